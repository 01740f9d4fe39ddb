/** What the catalogue knows of a finding, whichever two schemas it is about. */
import type { Json } from '../../schema/json.ts';
import type { Direction, Finding } from '../report.ts';
import type { Group, RuleId, RuleIn } from './ids.ts';

export type Params = Readonly<Record<string, Json>>;

/** The smallest pair that shows the finding. `lost`: accepted before, rejected now; `gained`: the reverse. Any validator can tell. */
export interface Example {
  readonly previous: Json;
  readonly next: Json;
  readonly lost?: Json;
  readonly gained?: Json;
  /** Where the finding is: in the next document, or in the previous one where the next has nothing to point at. */
  readonly at: string;
  /** Directions the example breaks when writers may send whatever their schema accepts. */
  readonly open: readonly Direction[];
  /** And when they send only what it declares. */
  readonly closed: readonly Direction[];
  readonly ignore?: readonly string[];
  readonly level?: 'BACKWARD';
}

export interface Row {
  readonly meaning: string;
  readonly effect: Finding['effect'];
  /** Its severity where it breaks no direction that is enforced. */
  readonly quiet: 'info' | 'warning';
  /** What the reversed edit is called; a reason where it has no one name. */
  readonly mirror: RuleId | { readonly none: string };
  /** Absent where no pair of small schemas shows it: `unshown` says why. */
  readonly example?: Example;
  readonly unshown?: string;
  /** One sentence that names both sides' values; `at` is the place in the event, in words. */
  readonly message: (params: Params, at: string) => string;
  /** A further sentence where the edit also breaks readers on the previous version. */
  readonly whenForward?: string;
  readonly hint?: string;
}

/** A row that undoes another: what it does, and its example, are that row's the other way round. */
export interface Mirror extends Pick<Row, 'meaning' | 'message' | 'hint'> {
  readonly mirrorOf: RuleId;
}

export type Rows<G extends Group> = Readonly<Record<RuleIn<G>, Row | Mirror>>;

export const backward: readonly Direction[] = ['backward'];
export const forward: readonly Direction[] = ['forward'];
export const both: readonly Direction[] = ['backward', 'forward'];
export const neither: readonly Direction[] = [];
