/** Which findings stood before: the latest version, judged as it was then, has them too. */
import { judge } from '../policy/ruleset.ts';
import { parseSubject } from '../schema/subject.ts';
import { policyFinding } from './finding.ts';
import type { PastVersion, Surroundings } from './input.ts';
import { lintFindings } from './lints.ts';
import type { CheckFinding } from './report.ts';

export interface Before {
  readonly subject: string;
  readonly latest: PastVersion;
  /** Whether the candidate is the latest version again. */
  readonly isLatest: boolean;
  /** What the latest version was judged under, and what the candidate is judged under. */
  readonly before: Surroundings;
  readonly now: Surroundings;
}

export function markStanding(findings: readonly CheckFinding[], given: Before): readonly CheckFinding[] {
  const { isLatest } = given;
  const stood = standingFingerprints(findings, given);
  return findings.map((finding) =>
    (finding.kind === 'lifecycle' && isLatest) ||
    (stood.has(finding.fingerprint) && (isLatest || finding.severity !== 'error'))
      ? { ...finding, standing: true }
      : finding,
  );
}

/** Asked only of what found something now: most versions have nothing that could have stood. */
function standingFingerprints(findings: readonly CheckFinding[], given: Before): ReadonlySet<string> {
  const { subject, latest, isLatest, before, now } = given;
  const kinds = new Set(findings.map(({ kind }) => kind));
  const sameRules = isLatest && before.catalog === now.catalog;
  const found: CheckFinding[] = [];
  if (kinds.has('policy') && !(sameRules && before.neighbours === now.neighbours)) {
    const { document, contract } = latest;
    // rules for new subjects had their say when it was one
    const judged = judge({ subject, name: parseSubject(subject), ...before, document, contract, previous: latest });
    found.push(...judged.map((finding) => policyFinding(subject, finding)));
  } else found.push(...findings.filter(({ kind }) => kind === 'policy'));
  if (kinds.has('lint') && !sameRules) found.push(...lintFindings(latest.document, subject, before.catalog));
  else found.push(...findings.filter(({ kind }) => kind === 'lint'));
  return new Set(found.map(({ fingerprint }) => fingerprint));
}
