/**
 * The closed world: may a writer built on this schema send this value? It may if the schema accepts it and every object in it holds
 * only declared names. A name is declared by any schema that applies to that object successfully; an object for which none declares
 * a name is free-form, and a schema that says what further properties look like opens the object it applies to.
 */
import { isArray, isObject, type Json, type JsonObject } from '../../schema/json.ts';
import { TRUE } from '../graph/node.ts';
import { partsOf } from '../graph/parts.ts';
import type { Shape, Step } from '../graph/shape.ts';
import type { Context, Truth } from './context.ts';
import { all, allHold, containsKey, holds } from './holds.ts';

export function writes(context: Context, shape: Shape, value: Json): Truth {
  const accepted = holds(context, shape.lit, value);
  if (accepted === false) return false;
  const declared = declares(context, [shape], value);
  return declared === false ? false : accepted === undefined ? undefined : declared;
}

/** The closed-world rule alone, for a value to which `shapes` apply. */
export function declares(context: Context, shapes: readonly Shape[], value: Json): Truth {
  if (typeof value !== 'object' || value === null) return true;
  const applied = applying(context, shapes, value);
  if (applied === undefined) return undefined;
  if (isArray(value)) {
    if (!fitsTuples(applied, value.length)) return false;
    return all(value.keys(), (index) =>
      declares(context, itemShapes(context, applied, value, index), value[index] as Json),
    );
  }
  if (!isObject(value)) return true;
  const own = declaredNames(context, applied, value);
  if (own === false) return false;
  const inside = all(Object.keys(value), (key) => {
    const below = keyShapes(context, applied, value, key);
    return below === undefined ? undefined : declares(context, below, value[key] as Json);
  });
  return inside === false ? false : own === undefined ? undefined : inside;
}

/** `shapes` and every schema in place below them whose conditions hold; undefined where a condition is unknown. */
export function applying(context: Context, shapes: readonly Shape[], value: Json): readonly Shape[] | undefined {
  const applied = new Set<Shape>(shapes);
  for (const shape of applied) {
    for (const { step, shape: inside } of partsOf(shape).inPlace) {
      if (step.kind !== 'same' || applied.has(inside)) continue;
      const truth = step.when === TRUE ? true : holds(context, step.when, value);
      if (truth === undefined) return undefined;
      if (truth) applied.add(inside);
    }
  }
  return [...applied];
}

function fitsTuples(applied: readonly Shape[], length: number): boolean {
  if (applied.some((shape) => shape.tail)) return true;
  const tuples = applied.flatMap((shape) => (shape.tuple === undefined ? [] : [shape.tuple]));
  return tuples.length === 0 || length <= Math.max(...tuples);
}

function declaredNames(context: Context, applied: readonly Shape[], value: JsonObject): Truth {
  if (applied.some((shape) => shape.open)) return true;
  if (applied.every((shape) => shape.declared.names.length + shape.declared.patterns.length === 0)) return true;
  return all(Object.keys(value), (key) => {
    let result: Truth = false;
    for (const shape of applied) {
      const inside = containsKey(context, shape.declared, key);
      if (inside === true) return true;
      if (inside === undefined) result = undefined;
    }
    return result;
  });
}

/** The schemas that apply to the property `key`. */
function keyShapes(
  context: Context,
  applied: readonly Shape[],
  value: JsonObject,
  key: string,
): readonly Shape[] | undefined {
  const found = new Set<Shape>();
  for (const parts of applied.map(partsOf)) {
    for (const { shape } of parts.byKey.get(key) ?? []) found.add(shape);
    for (const { step, shape } of parts.rest) {
      const inside = reaches(context, step, value, key);
      if (inside === undefined) return undefined;
      if (inside) found.add(shape);
    }
  }
  return [...found];
}

function reaches(context: Context, step: Step, value: JsonObject, key: string): Truth {
  if (step.kind === 'keys') return containsKey(context, step.keys, key);
  if (step.kind !== 'unevaluatedKeys') return false;
  return all(step.but, (group) => {
    const covers = group.keys === 'all' ? true : containsKey(context, group.keys, key);
    if (covers === false) return true;
    const when = allHold(context, group.when, value);
    return when === undefined || covers === undefined ? undefined : !when;
  });
}

function itemShapes(
  context: Context,
  applied: readonly Shape[],
  value: readonly Json[],
  index: number,
): readonly Shape[] {
  const found = new Set<Shape>();
  for (const { step, shape } of applied.flatMap((each) => partsOf(each).rest)) {
    if (step.kind === 'index' && step.index === index) found.add(shape);
    else if (step.kind === 'indexes' && index >= step.from) found.add(shape);
    else if (step.kind === 'unevaluatedItems') {
      const evaluated = step.but.some(
        (group) =>
          allHold(context, group.when, value) !== false &&
          (index < group.prefix ||
            (group.matching !== undefined && holds(context, group.matching, value[index] as Json) === true)),
      );
      if (!evaluated) found.add(shape);
    }
  }
  return [...found];
}
