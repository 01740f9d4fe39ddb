import { isArray, isObject, type Json, member } from '../../schema/json.ts';
import { append, type Pointer, resolve } from '../../schema/pointer.ts';
import type { LintFinding, LintRule } from '../rule.ts';

export const exampleInvalid: LintRule = {
  id: 'SCHEMA_EXAMPLE_INVALID',
  summary: 'Examples are valid under the schema that states them.',
  severity: 'warning',
  *check({ document, inspection }): Generator<LintFinding> {
    for (const pointer of inspection.pointers)
      for (const [at, value] of examples(resolve(document.root, pointer), pointer))
        if (inspection.accepts(pointer, value) === false)
          yield { pointer: at, message: 'The example is not valid under the schema that states it.', hint };
  },
};

const hint = 'Readers copy examples: correct it, or the schema.';

/** `example` is OpenAPI's. */
function examples(schema: Json | undefined, pointer: Pointer): readonly (readonly [Pointer, Json])[] {
  if (!isObject(schema)) return [];
  const list = member(schema, 'examples');
  const single = member(schema, 'example');
  return [
    ...(isArray(list) ? list.map((value, index) => [append(pointer, 'examples', index), value] as const) : []),
    ...(single === undefined ? [] : [[append(pointer, 'example'), single] as const]),
  ];
}
