/** Marks findings that the latest version has too, under the rules and neighbours it was checked with. */
import { applyRules } from '../policy/ruleset.ts';
import { parseSubject } from '../schema/subject.ts';
import { policyFinding } from './finding.ts';
import type { PastVersion, Surroundings } from './input.ts';
import { lintFindings } from './lints.ts';
import type { CheckFinding } from './report.ts';

export interface Before {
  readonly subject: string;
  /** What the latest version is called. */
  readonly subjectBefore: string;
  readonly latest: PastVersion;
  /** Whether the candidate is the latest version again. */
  readonly isLatest: boolean;
  /** The rules and neighbours of the latest version, and those of the candidate. */
  readonly before: Surroundings;
  readonly now: Surroundings;
}

export function markPreexisting(findings: readonly CheckFinding[], given: Before): readonly CheckFinding[] {
  const { isLatest } = given;
  const known = preexistingFingerprints(findings, given);
  return findings.map((finding) =>
    (finding.kind === 'lifecycle' && isLatest) ||
    (known.has(finding.fingerprint) && (isLatest || finding.severity !== 'error'))
      ? { ...finding, preexisting: true }
      : finding,
  );
}

/** The latest version is checked again only for the kinds of rules that found something now. */
function preexistingFingerprints(findings: readonly CheckFinding[], given: Before): ReadonlySet<string> {
  const { subject, subjectBefore, latest, isLatest, before, now } = given;
  const kinds = new Set(findings.map(({ kind }) => kind));
  const sameRules = isLatest && subjectBefore === subject && before.catalog === now.catalog;
  const found: CheckFinding[] = [];
  if (kinds.has('policy') && !(sameRules && before.neighbours === now.neighbours)) {
    const { document, contract } = latest;
    // `previous` is set so that rules for new subjects do not report again
    const applied = applyRules({
      subject: subjectBefore,
      name: parseSubject(subjectBefore),
      ...before,
      document,
      contract,
      previous: latest,
    });
    found.push(...applied.map((finding) => policyFinding(subject, finding)));
  } else found.push(...findings.filter(({ kind }) => kind === 'policy'));
  if (kinds.has('lint') && !sameRules)
    found.push(...lintFindings(latest.document, subjectBefore, before.catalog, subject));
  else found.push(...findings.filter(({ kind }) => kind === 'lint'));
  return new Set(found.map(({ fingerprint }) => fingerprint));
}
