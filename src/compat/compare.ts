/** Two documents → the whole comparison: both directions in both worlds, the verdict for level and world, and the findings. */
import { fingerprint } from '../schema/canonical.ts';
import type { SchemaDocument } from '../schema/document.ts';
import type { Confirm } from './confirm/confirmation.ts';
import { type Pair, prepare } from './decide/decide.ts';
import { describe } from './finding/describe.ts';
import { defaultNotes } from './finding/diff/note.ts';
import { changeOf } from './finding/label.ts';
import { naming } from './finding/unknown-reference.ts';
import {
  type CompareOptions,
  type Comparison,
  type Direction,
  type DirectionReport,
  defaultBudget,
  directions,
  engineVersion,
  type Level,
  reportVersion,
  type Verdict,
  type World,
  type WorldReport,
} from './report.ts';

/** What callers inside know beside the options everybody has. */
export interface DocumentOptions extends CompareOptions {
  readonly confirm?: Confirm;
  /** The latest version, where `previous` is an older one. */
  readonly between?: SchemaDocument;
  /** Classification levels from harmless to most sensitive. */
  readonly classifications?: readonly string[];
}

/** Both documents are parsed and within limits; nothing is thrown. */
export function compareDocuments(
  previous: SchemaDocument,
  next: SchemaDocument,
  options: DocumentOptions = {},
): Comparison {
  const {
    level = 'FULL_TRANSITIVE',
    world = 'closed',
    formats = 'assert',
    ignore = [],
    budget = defaultBudget,
  } = options;
  const pair = prepare(previous, next, {
    formats,
    ignore,
    budget,
    guard: true,
    ...(options.confirm && { confirm: options.confirm }),
  });
  const reports = worldReports(pair);
  const enforced = enforcedDirections(level);
  const verdict = worst(enforced.map((direction) => reports[world][direction].verdict));
  const decide = { formats, ignore, budget, ...(options.confirm && { confirm: options.confirm }) };
  const { between, classifications = defaultNotes.classifications } = options;
  const notes = { ...defaultNotes, classifications };
  const findings = describe(pair, {
    world,
    enforced,
    worlds: reports,
    decide,
    prepare,
    notes,
    ...(between && { between }),
  });
  return {
    reportVersion,
    engine: { name: 'herald', version: engineVersion, budget },
    previous: { dialect: previous.dialect, fingerprint: fingerprint(previous.root) },
    next: { dialect: next.dialect, fingerprint: fingerprint(next.root) },
    level,
    world,
    formats,
    ignore,
    verdict,
    worlds: reports,
    change: changeOf(pair, verdict, reports, findings),
    findings,
  };
}

/** The open world first: its proofs hold in the closed one, and most of its witnesses do. */
export function worldReports(pair: Pair): Comparison['worlds'] {
  const open = worldReport(pair, 'open');
  return { closed: worldReport(pair, 'closed'), open };
}

function worldReport(pair: Pair, world: World): WorldReport {
  return { backward: named(pair, pair.decide('backward', world)), forward: named(pair, pair.decide('forward', world)) };
}

function named({ previous, next }: Pair, report: DirectionReport): DirectionReport {
  if (report.undecided === undefined) return report;
  return { ...report, undecided: report.undecided.map((reason) => naming(reason, previous, next)) };
}

/** The directions a level enforces. */
export function enforcedDirections(level: Level): readonly Direction[] {
  if (level === 'NONE') return [];
  return directions.filter((way) => level.startsWith('FULL') || level.startsWith(way.toUpperCase()));
}

const rank: Readonly<Record<Verdict, number>> = { compatible: 0, undecided: 1, incompatible: 2 };

/** compatible < undecided < incompatible. */
export function worst(verdicts: readonly Verdict[]): Verdict {
  return verdicts.reduce((a, b) => (rank[b] > rank[a] ? b : a), 'compatible');
}
