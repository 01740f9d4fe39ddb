/** Applies waivers: a waived finding stays in the report, says who let it pass, and blocks no more. */
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
