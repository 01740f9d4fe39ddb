import type { CheckFinding } from '../check/report.ts';
import { canonicalize, sha256 } from '../schema/canonical.ts';
import type { Placed } from './checking.ts';
import type { Collection } from './source/workspace.ts';

/** A waiver that has expired, or that excuses nothing any more, is a finding itself: permissions do not pile up. */
export function waiverFindings(collection: Collection, findings: readonly Placed[], today: string): Placed[] {
  const used = new Set(findings.flatMap(({ finding }) => (finding.waiver ? [finding.waiver.id] : [])));
  return collection.waivers
    .filter((waiver) => !used.has(waiver.id))
    .map((waiver) => {
      const expired = waiver.expires < today;
      const finding: CheckFinding = {
        kind: 'lifecycle',
        rule: expired ? 'WAIVER_EXPIRED' : 'WAIVER_UNUSED',
        severity: 'warning',
        message: expired
          ? `The waiver for "${waiver.subject}" by ${waiver.author} expired on ${waiver.expires}.`
          : `The waiver for "${waiver.subject}" by ${waiver.author} excuses nothing; remove it.`,
        params: { expires: waiver.expires },
        fingerprint: sha256(canonicalize(['WAIVER', waiver.subject, waiver.fingerprint])),
      };
      return {
        catalog: collection.catalog.name,
        subject: waiver.subject,
        file: waiver.file,
        place: { line: waiver.line, column: 1 },
        finding,
      };
    });
}
