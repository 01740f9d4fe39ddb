/** A comparison's findings: what was edited, what each edit breaks, and what the verdict says beyond them. */
import { type Pair, reasonOf } from '../decide/decide.ts';
import { nth } from '../nth.ts';
import type { Finding } from '../report.ts';
import { attribute, type Verdicts } from './attribute.ts';
import type { Change } from './change.ts';
import { defaultNotes } from './diff/note.ts';
import { diff } from './diff.ts';
import { fixesOf } from './fix.ts';
import { withReintroduced } from './reintroduced.ts';
import { patternRelator, relator } from './relate.ts';
import { same } from './same.ts';
import type { DescribeOptions, Statement } from './statement.ts';
import { table } from './table.ts';
import { typeLevelBreak } from './type-level.ts';
import { aboutTheWhole, nothingSaid, remainders, undecidedStatements, verdictsAlone } from './whole.ts';
import { worded } from './wording.ts';

export type { DescribeOptions } from './statement.ts';

/** Findings in one report. */
const maxFindings = 500;
const maxChanges = 1_000;

/**
 * Everything worth saying about `pair`, sorted by place. A direction's verdict is incompatible exactly where some finding
 * breaks it, and undecided exactly where some finding leaves it open.
 */
export function describe(pair: Pair, options: DescribeOptions): readonly Finding[] {
  try {
    return described(pair, options);
  } catch (error) {
    // the verdicts stand whatever becomes of their description: a bug here may not hide a break
    return limited(bare(pair, options, error).map((each) => worded(pair, each, options, undefined)));
  }
}

function bare(pair: Pair, options: DescribeOptions, error: unknown): readonly Statement[] {
  const detail = `the edits could not be described: ${reasonOf(error).detail}`;
  const failed: Statement = { ...nothingSaid, rule: 'UNDECIDED_INTERNAL', params: { reason: 'internal', detail } };
  return [...verdictsAlone(options.worlds), ...undecidedStatements(pair, options.worlds), failed];
}

function described(pair: Pair, options: DescribeOptions): readonly Finding[] {
  const undecided = undecidedStatements(pair, options.worlds);
  if (undecided.length === 0 && isUntouched(pair)) return [];
  const settings = { formats: options.decide.formats ?? 'assert', budget: options.decide.budget };
  const changes = diff(pair.previous, pair.next, {
    ...(options.notes ?? defaultNotes),
    ignore: options.decide.ignore ?? [],
    relate: relator(options.prepare, settings),
    relatePatterns: patternRelator(),
    limit: maxChanges,
  });
  const verdicts = verdictsOf(options.worlds);
  const attribution = attribute(pair, changes, verdicts);
  const edits = changes.flatMap((change, index) => edited(change, nth(attribution.breaks, index)));
  const whole = aboutTheWhole(pair, changes, verdicts, options);
  // where no value comes or goes, an edit changed the words at most
  const isUnchanged = whole.some(({ rule }) => rule === 'VALUE_SET_UNCHANGED');
  const reported = isUnchanged ? edits.filter(({ rule }) => table[rule].effect === 'none') : edits;
  const statements: readonly Statement[] = [
    ...(options.between === undefined ? reported : withReintroduced(reported, options.between)),
    ...remainders(pair, attribution, options),
    ...whole,
    ...undecided,
  ];
  const fixes = fixesOf(pair, statements, options);
  const notes = statements.flatMap((statement) => typeLevelBreak(statement, options) ?? []);
  return limited([...statements, ...notes].map((each) => worded(pair, each, options, fixes.get(each))));
}

/** A further alternative that overlaps the others breaks by its overlap, which is a finding of its own. */
function edited(change: Change, breaks: Statement['breaks']): readonly Statement[] {
  const overlap = new Map([...breaks].filter(([broken]) => broken.endsWith('backward')));
  if (change.rule !== 'UNION_BRANCH_ADDED' || overlap.size === 0) return [{ ...change, change, breaks }];
  const rest = new Map([...breaks].filter(([broken]) => !overlap.has(broken)));
  const union = change.next.slice(0, change.next.lastIndexOf('/'));
  return [
    { ...change, change, breaks: rest },
    { ...change, rule: 'UNION_BECAME_AMBIGUOUS', next: union, change, breaks: overlap },
  ];
}

function isUntouched({ previous, next }: Pair): boolean {
  if (previous === next) return true;
  if (previous.dialect !== next.dialect || previous.bundle.size + next.bundle.size > 0) return false;
  return same(previous.root, next.root);
}

function verdictsOf({ open, closed }: DescribeOptions['worlds']): Verdicts {
  return {
    'open backward': open.backward.verdict,
    'open forward': open.forward.verdict,
    'closed backward': closed.backward.verdict,
    'closed forward': closed.forward.verdict,
  };
}

const weight: Readonly<Record<Finding['severity'], number>> = { error: 0, warning: 1, info: 2 };

/** The gravest ones where there are too many, by place in any case. */
function limited(findings: readonly Finding[]): readonly Finding[] {
  const kept =
    findings.length <= maxFindings
      ? [...findings]
      : [...findings].sort((left, right) => weight[left.severity] - weight[right.severity]).slice(0, maxFindings);
  const key = ({ nextPointer, previousPointer, rule, instancePointer, fingerprint }: Finding) =>
    [nextPointer, previousPointer, rule, instancePointer, fingerprint].join('\n');
  return kept
    .map((finding) => ({ finding, key: key(finding) }))
    .sort((left, right) => (left.key < right.key ? -1 : left.key > right.key ? 1 : 0))
    .map(({ finding }) => finding);
}
