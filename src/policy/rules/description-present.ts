import { isObject, type Json, member } from '../../schema/json.ts';
import { inPlace, ownFields } from '../../schema/reach.ts';
import type { PolicyFinding, PolicyRule } from '../rule.ts';

export const descriptionPresent: PolicyRule = {
  id: 'description-present',
  summary: 'The event and its fields are described. Option fields: false asks for the event alone.',
  severity: 'warning',
  options: { fields: true },
  fault: 'POLICY_REFUSED',
  *check({ document, options }): Generator<PolicyFinding> {
    if (!isDescribed(document.root))
      yield { pointer: '', message: 'The event has no description.', hint: 'Say what has happened, in one sentence.' };
    if (options.fields === false) return;
    for (const field of ownFields(document))
      if (!inPlace(field, document).some(isDescribed))
        yield {
          pointer: field.place.pointer,
          message: `The field "${field.name}" has no description.`,
          params: { field: field.name },
        };
  },
};

function isDescribed(schema: Json): boolean {
  const description = isObject(schema) ? member(schema, 'description') : undefined;
  return typeof description === 'string' && description.trim() !== '';
}
