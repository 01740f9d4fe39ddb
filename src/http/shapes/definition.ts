/** Shapes of definitions of any format, and of what they use by name. */
import * as z from 'zod';
import { schemaFormats } from '../../schema/definition.ts';
import { freeText, subjectName, versionNumber } from './parameters.ts';

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

const maxReferences = 1_000;

/** `shop/money.proto=shop.money/2,shop/address.proto=shop.address` */
export const referencesInQuery = z
  .string()
  .transform((text) => text.split(','))
  .pipe(z.array(z.string().transform(referenceOf)).max(maxReferences))
  .meta({
    description:
      'What the text uses by name, as `NAME=SUBJECT/VERSION`, separated by commas; without a version the latest.',
    example: 'shop/money.proto=shop.money/2',
  });

function referenceOf(text: string, problems: z.RefinementCtx) {
  const [, name = '', subject = '', version] = /^([^=]+)=([^=/]+)(?:\/(\d+))?$/.exec(text) ?? [];
  const parsed = z
    .object({ name: z.string().min(1), subject: subjectName, version: versionNumber.optional() })
    .safeParse({ name, subject, ...(version !== undefined && { version }) });
  if (parsed.success) return parsed.data;
  problems.addIssue({ code: 'custom', message: 'is not NAME=SUBJECT/VERSION' });
  return z.NEVER;
}
