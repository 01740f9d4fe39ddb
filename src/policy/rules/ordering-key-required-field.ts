import { isArray, isObject, member } from '../../schema/json.ts';
import { type Field, lookUp } from '../field.ts';
import type { PolicyFinding, PolicyRule } from '../rule.ts';

export const orderingKeyRequiredField: PolicyRule = {
  id: 'ordering-key-required-field',
  summary: 'The ordering key points at a field that every event has, with one plain value.',
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
        hint: 'Require the field, and every object that contains it.',
      };
    else {
      const unfit = unfitTypes(field);
      if (unfit.length > 0)
        yield {
          ...about,
          message: `The ordering key ${orderingKey} may be ${unfit.join(' or ')}: no stream can be ordered by that.`,
          params: { orderingKey, types: unfit },
        };
    }
  },
};

function unfitTypes({ places }: Field): string[] {
  const stated = new Set<unknown>();
  for (const { schema } of places) {
    const type = isObject(schema) ? member(schema, 'type') : undefined;
    for (const one of isArray(type) ? type : [type]) stated.add(one);
  }
  return ['array', 'null', 'object'].filter((type) => stated.has(type));
}
