import { parseSubject } from '../../schema/subject.ts';
import { fieldTypes } from '../field-types.ts';
import type { PolicyFinding, PolicyRule } from '../rule.ts';

export const fieldTypeConsistent: PolicyRule = {
  id: 'field-type-consistent',
  summary:
    'A field name means the same type in every event of the catalog; another major line of the event may differ.',
  severity: 'warning',
  aboutNeighbours: true,
  aboutFieldsElsewhere: true,
  fault: 'POLICY_REFUSED',
  *check({ document, neighbours, subject, name: own }): Generator<PolicyFinding> {
    const isOther = (other: string) => other !== subject && parseSubject(other)?.type !== own?.type;
    for (const { name, pointer, type } of fieldTypes(document)) {
      const stated = [...(neighbours.fields.get(name) ?? [])];
      if (stated.every(([other]) => other === type)) continue;
      // nothing to report where another event has the same type; asked first, which avoids looking at every subject
      if (stated.some(([other, subjects]) => other === type && subjects.some(isOther))) continue;
      const elsewhere = stated.flatMap(([other, subjects]) => {
        const example = subjects.filter(isOther).toSorted()[0];
        return example === undefined ? [] : [{ other, example }];
      });
      const [first] = elsewhere.toSorted((left, right) => (left.other < right.other ? -1 : 1));
      if (!first) continue;
      const { other, example } = first;
      yield {
        pointer,
        message: `"${name}" is ${type} here and ${other} in ${example}.`,
        params: { field: name, type, other, subject: example },
      };
    }
  },
};
