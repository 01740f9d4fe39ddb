/**
 * From edits that a format names itself to the report every format gives. JSON Schema's own edits take another way: there a solver
 * decides and findings describe; in Avro and Protobuf each rule that is broken is a finding.
 */
import { canonicalize, sha256 } from '../schema/canonical.ts';
import type { Json } from '../schema/json.ts';
import type { Pointer } from '../schema/pointer.ts';
import { enforcedDirections, worst } from './compare.ts';
import {
  type Change,
  type Comparison,
  type Direction,
  type DirectionReport,
  directions,
  type Finding,
  type Level,
  type Undecided,
  type Verdict,
  type Witness,
  type World,
  type WorldReport,
} from './report.ts';

/** What comparing two versions of any format gives. */
export type FormatComparison = Pick<Comparison, 'level' | 'world' | 'verdict' | 'worlds' | 'change' | 'findings'>;

export interface StatedEdit {
  readonly rule: string;
  readonly effect: Finding['effect'];
  /** Its severity where it breaks no direction that is enforced. */
  readonly quiet: 'info' | 'warning';
  readonly message: string;
  readonly hint?: string;
  readonly params: Readonly<Record<string, Json>>;
  readonly previousPointer: Pointer;
  readonly nextPointer: Pointer;
  readonly instancePointer: string;
  /** Directions it breaks, each with its proof where one can be shown. */
  readonly breaks: ReadonlyMap<Direction, Witness | undefined>;
  /** What may go wrong without counting as a break: shown where nothing is broken. */
  readonly example?: Witness;
  /** Directions it leaves open. */
  readonly undecided?: ReadonlyMap<Direction, Undecided>;
}

export interface StatedOptions {
  readonly level: Level;
  readonly world: World;
  /** Whether data is written and read the same way before and after, and whether the documents are the same. */
  readonly sameData: boolean;
  readonly sameDocument: boolean;
  /** Pairs of parts that were looked at, for one direction. */
  readonly steps: number;
}

const maxFindings = 500;

export function comparisonOf(edits: readonly StatedEdit[], options: StatedOptions): FormatComparison {
  const { level, world } = options;
  const report: WorldReport = {
    backward: directionReport(edits, 'backward', options.steps),
    forward: directionReport(edits, 'forward', options.steps),
  };
  const enforced = enforcedDirections(level);
  const verdict = worst(enforced.map((direction) => report[direction].verdict));
  const findings = limited(edits.map((edit) => findingOf(edit, enforced)));
  return {
    level,
    world,
    verdict,
    worlds: { closed: report, open: report },
    change: changeOf(verdict, options),
    findings,
  };
}

function directionReport(edits: readonly StatedEdit[], direction: Direction, steps: number): DirectionReport {
  const broken = edits.filter(({ breaks }) => breaks.has(direction));
  const open = edits.flatMap(({ undecided }) => undecided?.get(direction) ?? []);
  const witness = broken.map(({ breaks }) => breaks.get(direction)).find((each) => each !== undefined);
  if (broken.length > 0) return { verdict: 'incompatible', ...(witness && { witness }), steps };
  return open.length > 0 ? { verdict: 'undecided', undecided: open, steps } : { verdict: 'compatible', steps };
}

function changeOf(verdict: Verdict, { sameData, sameDocument }: StatedOptions): Change {
  if (verdict !== 'compatible') return 'major';
  if (!sameData) return 'minor';
  return sameDocument ? 'none' : 'patch';
}

function findingOf(edit: StatedEdit, enforced: readonly Direction[]): Finding {
  const { breaks, undecided, quiet, hint, example, ...stated } = edit;
  const broken = directions.filter((direction) => breaks.has(direction));
  const concerned = [...breaks.keys(), ...(undecided?.keys() ?? [])];
  const proofs = [...enforced, ...directions].map((direction) => breaks.get(direction));
  const witness = proofs.find((each) => each !== undefined) ?? example;
  return {
    ...stated,
    severity: concerned.some((direction) => enforced.includes(direction)) ? 'error' : quiet,
    breaks: { closed: broken, open: broken },
    ...(hint !== undefined && { hint }),
    ...(witness && { witness }),
    fingerprint: sha256(canonicalize([edit.rule, edit.instancePointer, edit.params])),
  };
}

const weight: Readonly<Record<Finding['severity'], number>> = { error: 0, warning: 1, info: 2 };

/** The gravest ones where there are too many, by place in any case. */
function limited(findings: readonly Finding[]): readonly Finding[] {
  const kept = findings.toSorted((left, right) => weight[left.severity] - weight[right.severity]).slice(0, maxFindings);
  const key = ({ nextPointer, previousPointer, rule, fingerprint }: Finding) =>
    [nextPointer, previousPointer, rule, fingerprint].join('\n');
  return kept.sort((left, right) => (key(left) < key(right) ? -1 : key(left) > key(right) ? 1 : 0));
}
