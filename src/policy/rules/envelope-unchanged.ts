import { envelopeOf } from '../../schema/envelope.ts';
import { isObject, member } from '../../schema/json.ts';
import { append, segments } from '../../schema/pointer.ts';
import type { PolicyFinding, PolicyRule } from '../rule.ts';

const carried = ['id', 'type', 'version', 'domain', 'time', 'producer', 'correlation', 'causation', 'trace'] as const;

export const envelopeUnchanged: PolicyRule = {
  id: 'envelope-unchanged',
  summary: 'The schema describes the payload: it does not restate what the envelope carries.',
  severity: 'warning',
  fault: 'POLICY_REFUSED',
  *check({ document, catalog }): Generator<PolicyFinding> {
    const properties = isObject(document.root) ? member(document.root, 'properties') : undefined;
    if (!isObject(properties)) return;
    const { at } = envelopeOf(catalog);
    const restated = carried.flatMap((place) => {
      const name = segments(at[place] ?? '').at(-1);
      return name !== undefined && Object.hasOwn(properties, name) ? [{ name, place }] : [];
    });
    const slot = segments(at.payload).at(-1);
    const whole = slot !== undefined && Object.hasOwn(properties, slot) && restated.length > 1;
    if (whole)
      yield {
        pointer: '',
        message: `The schema describes the whole event, "${slot}" included; the envelope is the catalog's.`,
        hint: `Register the schema of "${slot}" alone.`,
        params: { slot },
      };
    else
      for (const { name, place } of restated)
        yield {
          pointer: append('/properties', name),
          message: `"${name}" restates the ${place} that the envelope carries at ${at[place]}.`,
          params: { field: name, place },
        };
  },
};
