/** A text that somebody tries against a subject: read as the latest version is, in its format and with what it refers to. */
import { readDefinition } from '../../check/definition.ts';
import type { SchemaDocument } from '../../schema/document.ts';
import { parseSchema } from '../../schema/parse.ts';
import type { Context } from '../context.ts';
import { loadBundle } from './bundle.ts';
import { type CheckInput, readable } from './check.ts';
import { loadReferences } from './definition.ts';
import type { SubjectKey } from './look-up.ts';

/** Of a subject that is not there yet: JSON Schema. */
export async function candidateOf(
  { store, limits }: Pick<Context, 'store' | 'limits'>,
  { catalog, subject }: SubjectKey,
  text: string,
): Promise<CheckInput> {
  const latest = await store.version(catalog, subject, 'latest');
  const format = latest?.schema.format ?? 'json';
  if (format === 'json') return { catalog, subject, source: { text } };
  const references = latest?.schema.attached?.references ?? [];
  return {
    catalog,
    subject,
    source: { text: '' },
    given: {
      definition: { format, text, references: await loadReferences(store, catalog, references, limits.bundle) },
      attached: references.length > 0 ? { references } : {},
    },
    references: references.map((one) => ({ catalog, subject: one.subject, number: one.version })),
  };
}

/** The candidate as fields are read from it; undefined where it cannot be read, which its check says. */
export async function candidateDocument(
  { store, limits }: Pick<Context, 'store' | 'limits'>,
  { source, given }: CheckInput,
): Promise<SchemaDocument | undefined> {
  if (given) {
    const read = readDefinition(given.definition, given.attached, { limits });
    return read.ok ? read.native.document : undefined;
  }
  const { documents: bundle } = await loadBundle(store, readable(source), limits.bundle);
  const parsed = parseSchema(source, { limits, bundle });
  return parsed.ok ? parsed.document : undefined;
}
