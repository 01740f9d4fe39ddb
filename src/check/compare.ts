/** Two versions of one event, each in the format it was given in → the comparison that every format gives. */
import { compareDocuments, type DocumentOptions } from '../compat/compare.ts';
import { type Comparison, defaultBudget, engineVersion, reportVersion } from '../compat/report.ts';
import type { FormatComparison } from '../compat/stated.ts';
import type { Limits } from '../schema/limits.ts';
import { compareNative, type Native, readDefinition } from './definition.ts';
import type { PastVersion } from './input.ts';

/** What of a version it is compared by. */
export type Side = Pick<PastVersion, 'document' | 'definition' | 'fingerprint'>;

export type SidesOptions = DocumentOptions & { readonly limits: Limits };

export function compareSides(previous: Side, next: Side, { limits, ...options }: SidesOptions): Comparison {
  const [was, is] = [nativeOf(previous, limits), nativeOf(next, limits)];
  if (was.format === 'json' && is.format === 'json') return compareDocuments(was.document, is.document, options);
  const { formats = 'assert' } = options;
  return {
    reportVersion,
    engine: { name: 'herald', version: engineVersion, budget: defaultBudget },
    previous: headOf(was, previous),
    next: headOf(is, next),
    formats,
    ignore: [],
    ...compareRead(was, is, options),
  };
}

function headOf({ format, document }: Native, { fingerprint }: Side): Comparison['next'] {
  return { dialect: document.dialect, fingerprint, ...(format !== 'json' && { format }) };
}

/** JSON Schemas by what they accept, the others by the rules of their format. */
export function compareRead(previous: Native, next: Native, options: DocumentOptions): FormatComparison {
  if (previous.format === 'json' && next.format === 'json')
    return compareDocuments(previous.document, next.document, options);
  const { level = 'FULL_TRANSITIVE', world = 'closed' } = options;
  return compareNative(previous, next, { level, world });
}

/** A JSON Schema that refers to others by name is read with them. */
export function nativeOf({ definition, document }: Pick<Side, 'document' | 'definition'>, limits: Limits): Native {
  if (definition === undefined) return { format: 'json', document };
  const read = readDefinition(definition, {}, { limits, dialect: document.dialect });
  if (!read.ok) throw new Error('what was registered can be read');
  return read.native;
}
