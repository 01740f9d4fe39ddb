/** Values that the authors of a document wrote down as examples, by the schema they belong to. */
import { isArray, isObject, type Json, type JsonObject, member } from '../../schema/json.ts';
import type { Shape } from './shape.ts';

export interface Given {
  readonly shape: Shape;
  readonly values: readonly Json[];
}

export function givenIn(shapes: readonly Shape[]): readonly Given[] {
  const found: Given[] = [];
  for (const shape of shapes) {
    const { schema } = shape.place;
    const values = isObject(schema) ? givenBy(schema) : [];
    if (values.length > 0) found.push({ shape, values });
  }
  return found;
}

const maxGiven = 8;

function givenBy(schema: JsonObject): readonly Json[] {
  const [examples, fallback, example] = [
    member(schema, 'examples'),
    member(schema, 'default'),
    member(schema, 'example'),
  ];
  if (examples === undefined && fallback === undefined && example === undefined) return [];
  const given = [...(isArray(examples) ? examples : []), fallback, example];
  return given.filter((value) => value !== undefined).slice(0, maxGiven);
}
