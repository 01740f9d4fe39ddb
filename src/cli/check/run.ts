/** The result of one `herald check`: what every output format renders. */
import type { CheckFinding, Report } from '../../check/report.ts';
import type { TextPosition } from '../../schema/scan.ts';
import type { TypeVerdicts } from '../type-level/verdict.ts';

/** One finding with its position in a source file. */
export interface Placed {
  readonly catalog: string;
  readonly subject: string;
  readonly file: string;
  readonly place: TextPosition;
  readonly finding: CheckFinding;
  /** Other events that have it for the same cause. */
  readonly alsoIn?: readonly AlsoIn[];
}

export interface AlsoIn {
  readonly catalog: string;
  readonly subject: string;
  readonly file: string;
  readonly fingerprint: string;
}

export interface CheckedFile {
  readonly catalog: string;
  readonly subject: string;
  readonly file: string;
  readonly report?: Report;
  /** Unchanged since the baseline, under unchanged rules: only rules about neighbours ran. */
  readonly settled?: true;
  /** Compared with what a registry holds: the labels of its report are those of versions. */
  readonly isRegistered?: true;
}

/** Whose rules checked the events of a catalog. */
export interface RulesSource {
  readonly catalog: string;
  /** A catalog.json, a baseline, a registry, or two of them: the stricter of both. */
  readonly from: string;
  /** Whether they are not simply those of the unchanged catalog.json: then the output says so. */
  readonly isChanged: boolean;
}

/** What became of a refused change that was proposed. */
export interface Proposed {
  readonly catalog: string;
  readonly subject: string;
  readonly state: 'open' | 'approved' | 'rejected' | 'refused';
  /** Who decided what, in words; where it is open, that a steward decides. */
  readonly outcome: string;
  /** The page where it is shown and decided; none where it was refused. */
  readonly page?: string;
}

/** What TypeScript code for one event meets, whose types changed. */
export interface TypesOfEvent extends TypeVerdicts {
  readonly catalog: string;
  readonly subject: string;
  readonly file: string;
}

export interface ChangedTypes {
  /** Whose types the code compiled with, in words. */
  readonly baseline: string;
  readonly events: readonly TypesOfEvent[];
  /** Changed events that the compiler was not asked about: there were too many. */
  readonly left: number;
}

export interface Run {
  /** What it was compared with, in words; undefined without a baseline. */
  readonly baseline: string | undefined;
  /** From the repository's root to the folder that `file`s are relative to: `services/orders/`, or empty. */
  readonly prefix: string;
  readonly files: readonly CheckedFile[];
  readonly findings: readonly Placed[];
  readonly rules: readonly RulesSource[];
  /** What was not checked, in words. */
  readonly notices?: readonly string[];
  readonly proposals?: readonly Proposed[];
  /** Where it was asked for; it decides about nothing else here. */
  readonly types?: ChangedTypes;
  /** Whether any verdict could not be reached. */
  readonly undecided: boolean;
}
