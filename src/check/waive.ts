/** Applies waivers: a waived finding stays in the report with the name of whoever permitted it, and no longer blocks. */
import type { Waiver } from './input.ts';
import type { CheckFinding } from './report.ts';

export function waive(
  findings: readonly CheckFinding[],
  waivers: readonly Waiver[],
  subject: string,
  today: string,
): readonly CheckFinding[] {
  const valid = waivers.filter((waiver) => waiver.subject === subject && waiver.expires >= today);
  const byFingerprint = new Map(valid.map((waiver) => [waiver.fingerprint, waiver]));
  return findings.map((finding) => {
    const waiver = byFingerprint.get(finding.fingerprint);
    if (!waiver) return finding;
    const { id, author, reason, expires } = waiver;
    return { ...finding, waiver: { id, author, reason, expires } };
  });
}

export function blocks(finding: Pick<CheckFinding, 'severity' | 'waiver'>): boolean {
  return finding.severity === 'error' && finding.waiver === undefined;
}

/** Why a blocking finding is not waived although the subject has a waiver: it has expired, or is for another finding. */
export function whyNotWaived(
  { fingerprint }: CheckFinding,
  findings: readonly CheckFinding[],
  waivers: readonly Waiver[],
  { subject, today }: { readonly subject: string; readonly today: string },
): string | undefined {
  const given = waivers.filter((waiver) => waiver.subject === subject);
  const own = given
    .filter((waiver) => waiver.fingerprint === fingerprint)
    .toSorted(byExpiry)
    .at(-1);
  if (own) return `The waiver by ${own.author} expired on ${own.expires}.`;
  const found = new Set(findings.map((finding) => finding.fingerprint));
  const other = given.find((waiver) => waiver.expires >= today && !found.has(waiver.fingerprint));
  return other && `The waiver by ${other.author} is for another finding; this one is ${fingerprint}.`;
}

function byExpiry(left: Waiver, right: Waiver): number {
  return left.expires < right.expires ? -1 : left.expires > right.expires ? 1 : 0;
}
