/** A text that somebody tries against a subject: read as the latest version is, in its format and with what it refers to. */
import type { Context } from '../context.ts';
import type { CheckInput } from './check.ts';
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
