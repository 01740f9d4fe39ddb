/** The decision: is there a value that the writer's schema allows and the reader's rejects? */
import type { SchemaDocument } from '../schema/document.ts';
import type { Json } from '../schema/json.ts';
import type { Pointer } from '../schema/pointer.ts';
import type { Direction, DirectionReport, FormatPolicy, Undecided, Witness, World } from './report.ts';

/** An independent validator's word on a witness. 'unavailable': it cannot judge this pair (a pattern it refuses, too deep). */
export type Confirm = (
  writer: SchemaDocument,
  reader: SchemaDocument,
  value: Json,
  formats: FormatPolicy,
) => 'confirmed' | 'disagrees' | 'unavailable';

export interface DecideOptions {
  readonly formats?: FormatPolicy;
  readonly ignore?: readonly Pointer[];
  /** Solver steps for one direction in one world. Default 200,000. */
  readonly budget?: number;
  readonly confirm?: Confirm;
}

/** One constraint of the reader that some event of the writer violates. */
export interface Violation {
  /** Of the keyword's value, in the reader's document (where it stands, not how it was reached through references). */
  readonly schemaPointer: Pointer;
  readonly keyword: string;
  /** Where in the event, `*` for any name or index. */
  readonly instancePath: string;
  readonly witness: Witness;
}

export interface Violations {
  readonly violations: readonly Violation[];
  /** Constraints that could not be decided. */
  readonly undecided: readonly Undecided[];
  /** False where the limit or the budget ended the enumeration. */
  readonly complete: boolean;
}

export type Side = 'previous' | 'next';

/**
 * Two documents prepared for comparison: one graph and its caches serve all four questions.
 * backward: the writer is `previous`, the reader `next`; forward: the other way round.
 */
export interface Pair {
  readonly previous: SchemaDocument;
  readonly next: SchemaDocument;
  decide(direction: Direction, world: World): DirectionReport;
  violations(direction: Direction, world: World, options: { readonly limit: number }): Violations;
  /** Whether `side` accepts `value`; undefined where that rests on something opaque. */
  accepts(side: Side, value: Json): boolean | undefined;
  /** Whether a writer of `side` may send `value` in `world`. */
  writes(side: Side, value: Json, world: World): boolean | undefined;
}

export function prepare(previous: SchemaDocument, next: SchemaDocument, _options: DecideOptions = {}): Pair {
  const notYet: Undecided = { reason: 'internal', detail: 'the decision procedure is not in place' };
  return {
    previous,
    next,
    decide: () => ({ verdict: 'undecided', undecided: [notYet], steps: 0 }),
    violations: () => ({ violations: [], undecided: [notYet], complete: false }),
    accepts: () => undefined,
    writes: () => undefined,
  };
}
