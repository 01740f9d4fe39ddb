/** Where and why a schema rejects a value: the innermost keyword that fails, in document order. */
import { isArray, isObject, type Json, type JsonObject, member } from '../../schema/json.ts';
import { append, type Pointer, resolve } from '../../schema/pointer.ts';
import type { Constraint, Part, Shape, Step } from '../graph/shape.ts';
import type { Witness } from '../report.ts';
import type { Context } from './context.ts';
import { allHold, containsKey, holds } from './holds.ts';

export type Rejection = Witness['rejection'];

/** Schemas within one another that are looked into: what lies deeper is explained by the keyword that leads to it. */
const maxDepth = 300;

export function explain(
  context: Context,
  shape: Shape,
  value: Json,
  at: Pointer = '',
  depth = 0,
): Rejection | undefined {
  if (depth > maxDepth) return undefined;
  const { schema } = shape.place;
  if (schema === false) return { instancePointer: at, schemaPointer: shape.place.pointer, keyword: 'false schema' };
  for (const constraint of shape.constraints) {
    if (holds(context, constraint.lit, value) === false) return within(context, constraint, shape, value, at, depth);
  }
  return undefined;
}

function within(
  context: Context,
  constraint: Constraint,
  shape: Shape,
  value: Json,
  at: Pointer,
  depth: number,
): Rejection {
  for (const part of constraint.parts) {
    if (part.step.kind === 'key' && !(isObject(value) && Object.hasOwn(value, part.step.key))) continue;
    for (const [segments, inside] of instances(context, part.step, value)) {
      if (holds(context, part.shape.lit, inside) !== false) continue;
      const deeper = explain(context, part.shape, inside, append(at, ...segments), depth + 1);
      if (deeper !== undefined) return closed(part, constraint, deeper);
    }
  }
  const params = paramsOf(constraint, shape, value);
  const rejection = { instancePointer: at, schemaPointer: constraint.pointer, keyword: constraint.keyword };
  return params === undefined ? rejection : { ...rejection, params };
}

/** `additionalProperties: false` is a keyword that fails, not a schema that does. */
function closed(part: Part, constraint: Constraint, deeper: Rejection): Rejection {
  if (part.shape.place.schema !== false || deeper.keyword !== 'false schema') return deeper;
  const { instancePointer } = deeper;
  return { instancePointer, schemaPointer: part.shape.place.pointer, keyword: constraint.keyword };
}

/** The parts of `value` a subschema has to accept for its keyword to hold. */
function instances(
  context: Context,
  step: Step,
  value: Json,
): readonly (readonly [readonly (string | number)[], Json])[] {
  switch (step.kind) {
    case 'same':
      return step.must || (step.lends && holds(context, step.when, value) === true) ? [[[], value]] : [];
    case 'key':
      return isObject(value) && Object.hasOwn(value, step.key) ? [[[step.key], value[step.key] as Json]] : [];
    case 'keys':
      return keysOf(value, (key) => containsKey(context, step.keys, key) === true);
    case 'unevaluatedKeys':
      return keysOf(value, (key, object) =>
        step.but.every(
          (group) =>
            allHold(context, group.when, object) !== true ||
            (group.keys !== 'all' && containsKey(context, group.keys, key) === false),
        ),
      );
    case 'index':
      return isArray(value) && step.index < value.length ? [[[step.index], value[step.index] as Json]] : [];
    case 'indexes':
      return isArray(value) ? value.slice(step.from).map((each, index) => [[step.from + index], each] as const) : [];
    default:
      return [];
  }
}

function keysOf(
  value: Json,
  test: (key: string, object: JsonObject) => boolean,
): readonly (readonly [readonly string[], Json])[] {
  if (!isObject(value)) return [];
  return Object.keys(value)
    .filter((key) => test(key, value))
    .map((key) => [[key], value[key] as Json] as const);
}

/** What the keyword asked for. Never the value: it may be personal. */
function paramsOf(constraint: Constraint, shape: Shape, value: Json): Readonly<Record<string, Json>> | undefined {
  const { schema } = shape.place;
  if (!isObject(schema)) return undefined;
  if (constraint.keyword === 'required') {
    const missing = resolve(shape.place.resource.document.root, constraint.pointer);
    return typeof missing === 'string' ? { missingProperty: missing } : undefined;
  }
  if (constraint.keyword === 'dependentRequired' || constraint.keyword === 'dependencies') {
    const needed = resolve(shape.place.resource.document.root, constraint.pointer);
    const missing =
      isArray(needed) && isObject(value) ? needed.find((name) => !Object.hasOwn(value, String(name))) : undefined;
    return missing === undefined ? undefined : { missingProperty: missing };
  }
  const asked = member(schema, constraint.keyword);
  const small = asked !== undefined && constraint.parts.length === 0 && JSON.stringify(asked).length <= 1_000;
  return small ? { [constraint.keyword]: asked } : undefined;
}
