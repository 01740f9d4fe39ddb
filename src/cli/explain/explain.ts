/** What a finding, a rule or a fault means: one answer, from the tables that checks themselves use. */
import { problemFaults } from '../../check/schema-rules.ts';
import type { Example } from '../../compat/finding/row.ts';
import { catalogue, isRuleId, table } from '../../compat/finding/table.ts';
import { faults, isFaultCode } from '../../errors.ts';
import { lintRules } from '../../lint/rules/index.ts';
import { policyRules } from '../../policy/rules/index.ts';
import { ownFindings } from './own-findings.ts';

export interface Explanation {
  readonly id: string;
  readonly meaning: string;
  readonly effect: string;
  readonly example?: Example;
  readonly remedy: string;
}

const effects = {
  narrows: 'Narrows: events that were accepted are rejected now. Stored events break (backward).',
  widens: 'Widens: events are accepted that were not before. Running consumers break (forward).',
  replaces: 'Replaces: some events are rejected now, others accepted. Stored events and running consumers break.',
  none: 'Changes no accepted event, so it breaks nobody.',
  undecided: 'Undecided: what it does could not be proved, and what is not proved is not let in.',
} as const;

const settings =
  'A catalog sets its severity, for all subjects or some, in "rules", and records exceptions with their reason in "exceptions".';

export function explain(id: string): Explanation | undefined {
  if (isRuleId(id)) {
    const { meaning, effect, example, hint } = table[id];
    const remedy =
      hint ??
      'Take the edit back; where it is meant, publish the event under its next major line and deprecate this one.';
    return { id, meaning, effect: effects[effect], remedy, ...(example && { example }) };
  }
  const rule = policyRules.find((one) => one.id === id) ?? lintRules.find((one) => one.id === id);
  if (rule)
    return {
      id,
      meaning: rule.summary,
      effect: ruleEffect(rule.severity),
      remedy: `Do as the message and its hint say. ${settings}`,
    };
  if (Object.hasOwn(ownFindings, id)) return { id, ...ownFindings[id]! };
  const fault = Object.hasOwn(problemFaults, id) ? problemFaults[id] : id;
  if (fault === undefined || !isFaultCode(fault)) return undefined;
  return {
    id,
    meaning: faults[fault].title,
    effect: 'The request, or the document, is refused.',
    remedy: 'Mend what the message names, at the place it names.',
  };
}

function ruleEffect(severity: 'error' | 'warning' | 'info' | 'off'): string {
  return {
    error: 'An error where the catalog says nothing else: it refuses the version.',
    warning: 'A warning where the catalog says nothing else.',
    info: 'Information where the catalog says nothing else.',
    off: 'Off where the catalog does not ask for it.',
  }[severity];
}

export function explainableIds(): readonly string[] {
  return [
    ...catalogue.map(({ id }) => id),
    ...policyRules.map(({ id }) => id),
    ...lintRules.map(({ id }) => id),
    ...Object.keys(ownFindings),
    ...Object.keys(problemFaults),
    ...Object.keys(faults),
  ];
}
