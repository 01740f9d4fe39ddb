import { fieldTypes } from '../neighbours.ts';
import type { PolicyFinding, PolicyRule } from '../rule.ts';

export const fieldTypeConsistent: PolicyRule = {
  id: 'field-type-consistent',
  summary: 'A field name means the same type in every event of the catalog.',
  severity: 'warning',
  fault: 'POLICY_REFUSED',
  *check({ document, neighbours }): Generator<PolicyFinding> {
    for (const { name, pointer, type } of fieldTypes(document)) {
      const elsewhere = neighbours.fields.get(name);
      if (!elsewhere || elsewhere.has(type)) continue;
      const [first] = [...elsewhere].toSorted(([left], [right]) => (left < right ? -1 : 1));
      if (!first) continue;
      const [other, subject] = first;
      yield {
        pointer,
        message: `"${name}" is ${type} here and ${other} in ${subject}.`,
        params: { field: name, type, other, subject },
      };
    }
  },
};
