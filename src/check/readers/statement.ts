/** What one party says that a service reads: the producer's contract, the service itself, a file, or nobody where it was only seen. */
import { prepare } from '../../compat/decide/decide.ts';
import type { FormatPolicy } from '../../compat/report.ts';
import type { SchemaDocument } from '../../schema/document.ts';
import type { Json } from '../../schema/json.ts';
import type { Limits } from '../../schema/limits.ts';
import { parseSchema } from '../../schema/parse.ts';
import type { Pointer } from '../../schema/pointer.ts';
import type { KnownReader } from '../input.ts';
import type { ReaderReport } from '../report.ts';

export interface Statement {
  readonly origin: ReaderReport['origin'];
  /** In the contract of the version before: a change does not take back what it says. */
  readonly isBefore: boolean;
  readonly critical: boolean;
  readonly reads?: readonly Pointer[];
  /** As it is stated. */
  readonly requires?: Json;
  /** The same as a schema; absent where it is none, or one that accepts everything. */
  readonly demand?: SchemaDocument;
  /** Why `requires` is no schema. */
  readonly problem?: string;
  /** Whether `requires` accepts everything, and so says nothing. */
  readonly isIdle: boolean;
  readonly samples: readonly Json[];
  readonly sampleNames?: readonly string[];
}

export interface StatedReading extends Omit<KnownReader, 'origin' | 'service'> {
  readonly origin: Statement['origin'];
}

export function statementOf(
  { requires, critical = false, samples = [], ...stated }: StatedReading,
  { limits, formats }: { readonly limits: Limits; readonly formats: FormatPolicy },
  isBefore = false,
): Statement {
  const said = { ...stated, isBefore, critical, samples, isIdle: false };
  if (requires === undefined) return said;
  const parsed = parseSchema({ value: requires }, { limits });
  if (!parsed.ok) {
    const [first] = parsed.problems;
    const problem = `${first?.pointer ? `${first.pointer} ` : ''}${first?.message ?? 'is no schema'}`;
    return { ...said, requires, problem };
  }
  const isIdle = acceptsEverything(parsed.document, formats);
  return { ...said, requires, isIdle, ...(!isIdle && { demand: parsed.document }) };
}

const anything: SchemaDocument = { root: true, dialect: '2020-12', bundle: new Map() };

export function acceptsEverything(document: SchemaDocument, formats: FormatPolicy): boolean {
  return prepare(anything, document, { formats }).decide('backward', 'open').verdict === 'compatible';
}

/** Whether it says what is read, beside the name of who reads: no samples and a schema that accepts everything say nothing. */
export function saysWhat({ reads, demand, samples }: Statement): boolean {
  return reads !== undefined || demand !== undefined || samples.length > 0;
}
