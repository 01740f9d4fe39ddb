/** Which readers a break concerns, and which it does not; and whether it counts by the policy of the catalog. */
import type { BreakPolicy } from '../../schema/level.ts';
import type { CheckFinding } from '../report.ts';
import type { Counting } from './counting.ts';
import { brokenFields, type Judged } from './verdict.ts';

/** A break with the readers it breaks and those it spares. */
export function withReaders(finding: CheckFinding, judged: readonly Judged[]): CheckFinding {
  if (finding.severity !== 'error' || finding.breaks === undefined) return finding;
  const broken = judged.filter((one) => concerns(finding, one));
  const spared = judged.filter((one) => !broken.includes(one) && !looksAt(finding, one));
  return {
    ...finding,
    ...(broken.length > 0 && { consumers: broken.map(nameOf) }),
    ...(spared.length > 0 && { unaffected: spared.map(nameOf) }),
  };
}

function nameOf({ report }: Judged): string {
  return report.service;
}

function concerns(finding: CheckFinding, judged: Judged): boolean {
  const { report } = judged;
  if (report.verdict === 'compatible') return false;
  const fields = brokenFields(report);
  if (fields.length === 0 || judged.part.reads === undefined || report.whole !== undefined)
    return looksAt(finding, judged);
  return fields.some((field) => touches(field, finding.instancePointer ?? ''));
}

/** Whether a reader may look at the place; of one that demands a schema of its own that cannot be told. */
function looksAt({ instancePointer = '' }: CheckFinding, { part, report }: Judged): boolean {
  const { reads, demands } = part;
  if (reads === undefined || demands.length > 0 || report.whole !== undefined) return true;
  const places = [...reads, ...(report.ties ?? []).map(({ place }) => place)];
  return places.some((place) => touches(place, instancePointer));
}

/** Whether one leads to or through the other; a star is any name. */
function touches(one: string, other: string): boolean {
  const [left, right] = [one.split('/'), other.split('/')];
  return left.every(
    (name, index) => index >= right.length || name === right[index] || name === '*' || right[index] === '*',
  );
}

/**
 * Errors at places that no reader who counts and breaks looks at become warnings. Without a reader that is known nothing is: that
 * nobody is declared does not say that nobody reads, and no change makes its own break count less by the readers it names. Who was
 * only seen may be critical as well: nobody said what it is.
 */
export function lowered(
  findings: readonly CheckFinding[],
  judged: readonly Judged[],
  counting: Counting,
): { readonly findings: readonly CheckFinding[]; readonly isRead: boolean } {
  const { policy } = counting;
  if (policy === 'any' || !judged.some(({ reader }) => reader.isKnown)) return { findings, isRead: true };
  const counted = judged.filter(
    ({ reader, report }) =>
      report.excused === undefined && (policy === 'declared-readers' || reader.critical || reader.origin === 'seen'),
  );
  const broken = counted.filter(({ report }) => report.verdict !== 'compatible');
  // who breaks at no place that an edit names breaks all the same
  const isUnplaced = (one: Judged) => !findings.some((finding) => isBreak(finding) && looksAt(finding, one));
  if (broken.some(isUnplaced)) return { findings, isRead: true };
  const because = reasonOf(policy, judged);
  const kept = findings.map((finding) =>
    isBreak(finding) && !broken.some((one) => looksAt(finding, one))
      ? { ...finding, severity: 'warning' as const, lowered: because }
      : finding,
  );
  return { findings: kept, isRead: broken.length > 0 };
}

/** Errors about documentation and classification break no reader, and stay what they are. */
function isBreak({ kind, severity, breaks, effect }: CheckFinding): boolean {
  if (kind !== 'compatibility' || severity !== 'error') return false;
  return effect === 'undecided' || (breaks !== undefined && breaks.closed.length + breaks.open.length > 0);
}

function reasonOf(policy: BreakPolicy, judged: readonly Judged[]): string {
  const excused = judged.flatMap(({ report }) =>
    report.excused === undefined ? [] : [`${report.service} is left out: ${report.excused}`],
  );
  const whose = policy === 'critical-readers' ? 'no critical reader' : 'no reader that is known';
  return [`${whose} breaks, and the catalog counts no other break`, ...excused].join('; ');
}
