/** What the rules of a catalog found, as findings of a check. */
import type { AppliedFinding } from '../policy/ruleset.ts';
import { findingFingerprint } from './fingerprint.ts';
import type { CheckFinding } from './report.ts';

export function policyFinding(subject: string, finding: AppliedFinding): CheckFinding {
  const params = finding.params ?? {};
  return {
    kind: 'policy',
    rule: finding.rule,
    severity: finding.severity,
    message: finding.message,
    ...(finding.hint !== undefined && { hint: finding.hint }),
    params,
    nextPointer: finding.pointer,
    ...(finding.origin !== undefined && { origin: finding.origin }),
    ...(finding.exception !== undefined && { exception: finding.exception }),
    fingerprint: findingFingerprint(finding.rule, subject, finding.pointer, params),
  };
}
