/** A witness reads best where its fields hold what their authors gave as examples of them. */
import { isObject, type Json } from '../../schema/json.ts';
import { maskOf } from '../graph/node.ts';
import { partsOf } from '../graph/parts.ts';
import type { Shape } from '../graph/shape.ts';

/** Fields tried for one witness. */
const maxFields = 12;
/** Examples tried for one field. */
const maxExamples = 2;

type Given = ReadonlyMap<Shape, readonly Json[]>;

interface Field {
  readonly path: readonly string[];
  readonly value: Json;
  readonly examples: readonly Json[];
}

/** `value` with examples in its plain fields, as far as it `still` proves what it proved. */
export function withExamples(shape: Shape, value: Json, given: Given, still: (candidate: Json) => boolean): Json {
  if (given.size === 0) return value;
  let kept = value;
  for (const field of fieldsOf([shape], value, given, []).slice(0, maxFields)) {
    const fitting = field.examples.filter((example) => maskOf(example) === maskOf(field.value));
    if (fitting.includes(field.value)) continue;
    const better = fitting
      .slice(0, maxExamples)
      .map((example) => replaced(kept, field.path, example))
      .find(still);
    kept = better ?? kept;
  }
  return kept;
}

function fieldsOf(shapes: readonly Shape[], value: Json, given: Given, path: readonly string[]): readonly Field[] {
  const all = inPlace(shapes);
  if (!isObject(value)) {
    const examples = all.flatMap((shape) => given.get(shape) ?? []);
    return typeof value === 'object' || examples.length === 0 ? [] : [{ path, value, examples }];
  }
  return Object.entries(value).flatMap(([key, part]) => {
    const below = all.flatMap((shape) => (partsOf(shape).byKey.get(key) ?? []).map((each) => each.shape));
    return below.length === 0 ? [] : fieldsOf(below, part, given, [...path, key]);
  });
}

/** `shapes` and what applies wherever they do. */
function inPlace(shapes: readonly Shape[]): readonly Shape[] {
  const found = new Set(shapes);
  for (const shape of found)
    for (const { step, shape: inside } of partsOf(shape).inPlace)
      if (step.kind === 'same' && step.must) found.add(inside);
  return [...found];
}

function replaced(value: Json, [key, ...rest]: readonly string[], by: Json): Json {
  if (key === undefined || !isObject(value)) return by;
  const entries = Object.entries(value);
  return Object.fromEntries(entries.map(([name, part]) => [name, name === key ? replaced(part, rest, by) : part]));
}
