/** What a check says: one object that the CLI prints, HTTP returns and the registry stores beside the version. */
import type {
  Change,
  Direction,
  Finding,
  FormatPolicy,
  Level,
  Undecided,
  Verdict,
  Witness,
  World,
} from '../compat/report.ts';
import type { Json } from '../schema/json.ts';
import type { Pointer } from '../schema/pointer.ts';

export type FindingKind = 'schema' | 'lint' | 'policy' | 'compatibility' | 'reader' | 'lifecycle';

export interface CheckFinding {
  readonly kind: FindingKind;
  readonly rule: string;
  readonly severity: Finding['severity'];
  readonly message: string;
  readonly hint?: string;
  readonly params: Readonly<Record<string, Json>>;
  readonly nextPointer?: Pointer;
  readonly previousPointer?: Pointer;
  readonly instancePointer?: string;
  readonly effect?: Finding['effect'];
  readonly breaks?: Finding['breaks'];
  readonly witness?: Witness;
  readonly fixes?: Finding['fixes'];
  /** Of a break: the readers it breaks, as far as they are known. */
  readonly consumers?: readonly string[];
  /** Of a break: the readers that are known and do not read the place. */
  readonly unaffected?: readonly string[];
  /** Set where a catalog counts the breaks of some readers alone: why this one is no error. */
  readonly lowered?: string;
  /** Of a break: what the next major line is called. */
  readonly successor?: string;
  /** The schema it is about, as `URI#POINTER` (no URI in the document itself), where events may share it. */
  readonly origin?: string;
  /** The version it was found against. */
  readonly against?: number;
  readonly fingerprint: string;
  /** Set where a waiver lets it pass: then it no longer blocks. */
  readonly waiver?: { readonly id: string; readonly author: string; readonly reason: string; readonly expires: string };
  /**
   * The latest version has it too, so this change did not bring it. An error is marked only where the content is the same:
   * a new version would still be refused for it.
   */
  readonly preexisting?: true;
  /** Set where the catalog records an exception to the rule. */
  readonly exception?: string;
}

/** What a change does to one reader, beside what it does to the schema. */
export interface ReaderReport {
  readonly service: string;
  /** contract: named by the producer. declared: to the registry. file: in its own repository. seen: by what it validated. */
  readonly origin: 'contract' | 'declared' | 'file' | 'seen';
  readonly critical: boolean;
  /** What is known of it; everything: it is taken to read all. */
  readonly reading: 'everything' | 'fields' | 'schema' | 'samples';
  /** For level and world, against every version the level looks at. */
  readonly verdict: Verdict;
  readonly worlds: Readonly<Record<World, Readonly<Record<Direction, ReaderDirection>>>>;
  /** Places taken as read because what is read is tied to them, and by which keyword. */
  readonly ties?: readonly { readonly place: string; readonly keyword: string }[];
  /** Why all of the schema is taken as read. */
  readonly whole?: string;
  /** Why its break does not count. */
  readonly excused?: string;
}

export interface ReaderDirection {
  readonly verdict: Verdict;
  /** The version with which it breaks. */
  readonly against?: number;
  /** The pointers at which it breaks; empty where only several together show it. */
  readonly fields?: readonly string[];
  readonly witness?: Witness;
}

/** The worst of all compared versions, and which one it is. */
export interface MergedDirection {
  readonly verdict: Verdict;
  readonly against?: number;
  readonly witness?: Witness;
  readonly undecided?: readonly Undecided[];
}

export interface Report {
  readonly reportVersion: 1;
  readonly engine: { readonly name: 'herald'; readonly version: string; readonly budget: number };
  readonly catalog: string;
  readonly subject: string;
  readonly level: Level;
  readonly world: World;
  readonly formats: FormatPolicy;
  /** Of compatibility alone, for level and world, against every version the level looks at. */
  readonly verdict: Verdict;
  readonly worlds: Readonly<Record<World, Readonly<Record<Direction, MergedDirection>>>>;
  /** Versions compared with, newest first. */
  readonly compared: readonly number[];
  /** Versions of which no event is left, and why: their readers are asked, their events are not. */
  readonly leftOut?: readonly { readonly number: number; readonly because: string }[];
  readonly change: Change;
  /** `major.minor.patch` this version would get. */
  readonly label: string;
  /** What the latest version has; absent for a new subject. */
  readonly labelBefore?: string;
  /** The version with this very content, if the subject has it already. */
  readonly same?: number;
  /** SHA-256 of the canonical form. */
  readonly fingerprint: string;
  /** Readers that are known, by name; absent where none is. */
  readonly readers?: readonly ReaderReport[];
  readonly findings: readonly CheckFinding[];
  readonly gate: Gate;
}

/** Whether the version may enter, and if not, the fault it is refused with. */
export type Gate =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly fault: string; readonly because: string };
