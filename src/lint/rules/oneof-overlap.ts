import { isObject } from '../../schema/json.ts';
import { append, resolve } from '../../schema/pointer.ts';
import type { LintFinding, LintRule } from '../rule.ts';

export const oneofOverlap: LintRule = {
  id: 'SCHEMA_ONEOF_OVERLAP',
  summary: 'No value matches two alternatives of a oneOf, which rejects it then.',
  severity: 'warning',
  *check({ document, inspection }): Generator<LintFinding> {
    for (const pointer of inspection.pointers) {
      const schema = resolve(document.root, pointer);
      if (!isObject(schema) || !Object.hasOwn(schema, 'oneOf')) continue;
      const found = inspection.overlap(pointer);
      if (found === undefined) continue;
      const [first, second] = found.branches;
      yield {
        pointer: append(pointer, 'oneOf'),
        message: `Alternatives ${first} and ${second} both match ${JSON.stringify(found.value)}, which oneOf rejects for that.`,
        hint: 'Use anyOf, or give each alternative a required property with a value of its own.',
        params: { branches: [first, second], value: found.value },
      };
    }
  },
};
