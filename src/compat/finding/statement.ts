/** A finding before it is worded: an edit with what it breaks, or a statement about the whole. */
import type { SchemaDocument } from '../../schema/document.ts';
import type { Pointer } from '../../schema/pointer.ts';
import type { DecideOptions } from '../decide/decide.ts';
import type { Direction, Witness, World, WorldReport } from '../report.ts';
import type { Broken } from './attribute.ts';
import type { Change } from './change.ts';
import type { NoteOptions } from './diff/note.ts';
import type { RuleId } from './ids.ts';
import type { Prepare } from './relate.ts';
import type { Params } from './row.ts';

export interface Statement {
  readonly rule: RuleId;
  readonly previous: Pointer;
  readonly next: Pointer;
  readonly instance: string;
  readonly params: Params;
  readonly breaks: ReadonlyMap<Broken, Witness>;
  /** Directions it leaves open. */
  readonly open?: ReadonlySet<Broken>;
  readonly change?: Change;
}

export interface DescribeOptions {
  readonly world: World;
  /** Directions the level enforces. */
  readonly enforced: readonly Direction[];
  readonly worlds: Readonly<Record<World, WorldReport>>;
  readonly decide: DecideOptions & { readonly budget: number };
  readonly prepare: Prepare;
  readonly notes?: NoteOptions;
  /** The latest version, where an earlier one is compared: what it lacks and both have came back. */
  readonly between?: SchemaDocument;
}

export const breaksNothing: ReadonlyMap<Broken, Witness> = new Map();

/** Whether it breaks, or leaves open, a direction that is enforced. */
export function blocks({ breaks, open }: Statement, { world, enforced }: DescribeOptions): boolean {
  return enforced.some((direction) => breaks.has(`${world} ${direction}`) || open?.has(`${world} ${direction}`));
}
