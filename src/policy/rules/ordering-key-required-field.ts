import { lookUp } from '../field.ts';
import type { PolicyFinding, PolicyRule } from '../rule.ts';

export const orderingKeyRequiredField: PolicyRule = {
  id: 'ordering-key-required-field',
  summary: 'The ordering key points at a field that every event has.',
  severity: 'error',
  fault: 'POLICY_REFUSED',
  *check({ contract, document }): Generator<PolicyFinding> {
    const { orderingKey } = contract;
    if (orderingKey === undefined) return;
    const field = lookUp(document, orderingKey);
    const about = { pointer: '/x-contract/orderingKey', params: { orderingKey } };
    if (!field) yield { ...about, message: `The ordering key ${orderingKey} points at no field of the payload.` };
    else if (!field.required)
      yield {
        ...about,
        message: `The ordering key ${orderingKey} points at a field that events may leave out.`,
        hint: 'Require the field, and whatever it stands in.',
      };
  },
};
