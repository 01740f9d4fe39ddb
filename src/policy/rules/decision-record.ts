import type { PolicyFinding, PolicyRule } from '../rule.ts';

export const decisionRecord: PolicyRule = {
  id: 'decision-record',
  summary: 'A new subject names the decision record (ADR, RFC) that introduced it. Off unless the catalog asks.',
  severity: 'off',
  fault: 'POLICY_REFUSED',
  *check({ contract, previous, subject }): Generator<PolicyFinding> {
    if (previous !== undefined || contract.decision !== undefined) return;
    yield {
      pointer: '/x-contract',
      message: `"${subject}" is new and names no decision record.`,
      hint: 'State "decision" in x-contract, such as "ADR-0012".',
    };
  },
};
