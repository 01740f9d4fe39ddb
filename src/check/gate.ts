/** Whether a version may enter. What is not proved compatible stays out; what a steward waived comes in. */
import type { Level, Verdict, World } from '../compat/report.ts';
import type { Stage } from '../lifecycle/stage.ts';
import type { CheckFinding, Gate } from './report.ts';
import { problemFaults } from './schema-rules.ts';
import { blocks } from './waive.ts';

export interface GateInput {
  readonly verdict: Verdict;
  /** False: the catalog counts the breaks of some readers alone, and of those none breaks. */
  readonly isRead?: boolean;
  readonly level: Level;
  readonly world: World;
  readonly findings: readonly CheckFinding[];
  /** Policy rule → the fault it is refused with. */
  readonly faults: ReadonlyMap<string, string>;
  readonly stage: Stage;
  readonly successor?: string;
  /** Why a blocking finding is not waived although the subject has a waiver. */
  readonly whyNotWaived?: (finding: CheckFinding) => string | undefined;
}

export function gate(input: GateInput): Gate {
  const blocking = input.findings.filter(blocks);
  const first = (kind: CheckFinding['kind']) => blocking.find((finding) => finding.kind === kind);
  const unread = first('schema');
  if (unread)
    return refuse(
      problemFaults[unread.rule] ?? 'SCHEMA_INVALID',
      `${unread.nextPointer || 'The document'} ${unread.message}`,
    );
  if (input.stage === 'retired')
    return refuse(
      'SUBJECT_RETIRED',
      `The subject is retired${input.successor === undefined ? '' : `; its successor is "${input.successor}"`}.`,
    );
  const policy = first('policy');
  if (policy) return refuse(input.faults.get(policy.rule) ?? 'POLICY_REFUSED', withWaiver(input, policy));
  const lint = first('lint');
  if (lint) return refuse('POLICY_REFUSED', withWaiver(input, lint));
  const reader = first('reader');
  if (reader) return refuse('INCOMPATIBLE', withWaiver(input, reader));
  return compatibilityGate(input, first('compatibility'));
}

function withWaiver({ whyNotWaived }: GateInput, finding: CheckFinding): string {
  const failure = whyNotWaived?.(finding);
  return failure === undefined ? finding.message : `${finding.message} ${failure}`;
}

/**
 * A verdict that is not compatible is let in only when every finding that blocks was waived, and there was one: an incompatible
 * verdict without a finding would be a hole.
 */
function compatibilityGate(input: GateInput, blocking: CheckFinding | undefined): Gate {
  const { verdict, level, world, findings } = input;
  if (verdict === 'compatible' || (input.isRead === false && !blocking)) return { allowed: true };
  const waived = findings.some(
    (finding) => finding.kind === 'compatibility' && finding.severity === 'error' && finding.waiver,
  );
  if (!blocking && waived) return { allowed: true };
  const because = blocking ? withWaiver(input, blocking) : '';
  return verdict === 'incompatible'
    ? refuse('INCOMPATIBLE', because || `It is incompatible at level ${level} in the ${world} world.`)
    : refuse('UNDECIDED', because || `Compatibility at level ${level} could not be proved.`);
}

function refuse(fault: string, because: string): Gate {
  return { allowed: false, fault, because };
}
