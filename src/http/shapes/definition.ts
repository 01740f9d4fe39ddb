/** Shapes of definitions of any format, and of what they use by name. */
import * as z from 'zod';
import { schemaFormats } from '../../schema/definition.ts';
import { freeText, subjectName } from './parameters.ts';

export const schemaFormat = z.enum(schemaFormats).meta({ description: 'What the text is. Default `json`.' });

export const statedReference = z.strictObject({
  name: freeText(500).meta({ description: 'As the text uses it: the path of an import; in Avro any name.' }),
  subject: subjectName,
  version: z
    .int()
    .min(1)
    .max(999_999_999)
    .optional()
    .meta({ description: 'Absent: what the same request would register, else the latest version.' }),
});

const oneReference = String.raw`[^=,\x00-\x1f\x7f]{1,500}=[^=/,\x00-\x1f\x7f]{1,300}(?:/[1-9]\d{0,8})?`;

/** `shop/money.proto=shop.money/2,shop/address.proto=shop.address` */
export const referencesInQuery = z
  .string()
  .max(50_000)
  .regex(new RegExp(`^${oneReference}(?:,${oneReference})*$`), 'is not NAME=SUBJECT/VERSION, separated by commas')
  .meta({
    description:
      'What the text uses by name, as `NAME=SUBJECT/VERSION`, separated by commas; without a version the latest.',
    example: 'shop/money.proto=shop.money/2',
  });

/** Of a text that the shape takes. */
export function referencesIn(text: string) {
  return text.split(',').map((each) => {
    const [name = '', target = ''] = each.split('=');
    const [subject = '', version] = target.split('/');
    return { name, subject, ...(version !== undefined && { version: Number(version) }) };
  });
}
