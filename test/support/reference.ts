/**
 * The definitions, read literally and slowly: which values a 2020-12 schema accepts, and which of them its writers send in the
 * closed world. Written beside the engine, not from it; the fuzz suites compare the two.
 */
import { isArray, isObject, type Json, type JsonObject, member } from '../../src/schema/json.ts';

/** A schema object that applies, positively and successfully, at a location of the value. */
interface Applied {
  readonly at: string;
  readonly schema: JsonObject;
}

interface Accepted {
  readonly applied: readonly Applied[];
  readonly names: ReadonlySet<string>;
  readonly indices: ReadonlySet<number>;
}

type Outcome = Accepted | undefined;

interface Scope {
  readonly root: Json;
}

const nothing: Accepted = { applied: [], names: new Set(), indices: new Set() };

export function accepts(schema: Json, value: Json): boolean {
  return apply(schema, value, '', { root: schema }) !== undefined;
}

/** Membership in what a writer of `schema` sends when it sends only what is declared. */
export function writesClosed(schema: Json, value: Json): boolean {
  const outcome = apply(schema, value, '', { root: schema });
  if (outcome === undefined) return false;
  const byPlace = new Map<string, JsonObject[]>();
  for (const { at, schema: object } of outcome.applied) byPlace.set(at, [...(byPlace.get(at) ?? []), object]);
  return locations(value, '').every(([at, part]) => withinDeclared(part, byPlace.get(at) ?? []));
}

function withinDeclared(value: Json, schemas: readonly JsonObject[]): boolean {
  if (isObject(value)) {
    if (schemas.every((schema) => declared(schema).length === 0)) return true;
    const open = (keyword: string) => schemas.some((schema) => (member(schema, keyword) ?? false) !== false);
    if (open('additionalProperties') || open('unevaluatedProperties')) return true;
    return Object.keys(value).every((name) => schemas.some((schema) => declared(schema).some((test) => test(name))));
  }
  if (isArray(value)) {
    const tuples = schemas.flatMap(({ prefixItems }) => (isArray(prefixItems) ? [prefixItems.length] : []));
    const hasTail = (schema: JsonObject) => Object.hasOwn(schema, 'items') || Object.hasOwn(schema, 'unevaluatedItems');
    const openTuple = schemas.some((schema) => isArray(schema.prefixItems) && !hasTail(schema));
    return !openTuple || schemas.some(hasTail) || value.length <= Math.max(...tuples);
  }
  return true;
}

function declared(schema: JsonObject): readonly ((name: string) => boolean)[] {
  const { properties, patternProperties, required, dependentRequired } = schema;
  const dependent = isObject(dependentRequired) ? Object.entries(dependentRequired) : [];
  const names = [
    ...(isObject(properties) ? Object.keys(properties) : []),
    ...(isArray(required) ? required : []),
    ...dependent.flatMap(([name, list]) => [name, ...(isArray(list) ? list : [])]),
  ];
  const patterns = isObject(patternProperties) ? Object.keys(patternProperties) : [];
  return [
    ...names.map((declaredName) => (name: string) => name === declaredName),
    ...patterns.map((source) => (name: string) => new RegExp(source, 'u').test(name)),
  ];
}

function locations(value: Json, at: string): readonly (readonly [string, Json])[] {
  if (isArray(value)) return [[at, value], ...value.flatMap((item, index) => locations(item, `${at}/${index}`))];
  if (isObject(value)) {
    return [[at, value], ...Object.entries(value).flatMap(([name, part]) => locations(part, `${at}/${name}`))];
  }
  return [[at, value]];
}

function apply(schema: Json, value: Json, at: string, scope: Scope): Outcome {
  if (schema === true) return nothing;
  if (!isObject(schema)) return undefined;
  if (!assertions(schema, value)) return undefined;
  const parts: Accepted[] = [];
  const steps = [inPlace, onObject, onArray];
  for (const step of steps) {
    const outcome = step(schema, value, at, scope);
    if (outcome === undefined) return undefined;
    parts.push(outcome);
  }
  const rest = unevaluated(schema, value, at, scope, union(parts));
  if (rest === undefined) return undefined;
  return union([...parts, rest, { ...nothing, applied: [{ at, schema }] }]);
}

function union(outcomes: readonly Accepted[]): Accepted {
  return {
    applied: outcomes.flatMap(({ applied }) => applied),
    names: new Set(outcomes.flatMap(({ names }) => [...names])),
    indices: new Set(outcomes.flatMap(({ indices }) => [...indices])),
  };
}

function all(outcomes: readonly Outcome[]): Outcome {
  const accepted = outcomes.filter((outcome) => outcome !== undefined);
  return accepted.length === outcomes.length ? union(accepted) : undefined;
}

function inPlace(schema: JsonObject, value: Json, at: string, scope: Scope): Outcome {
  const here = (sub: Json): Outcome => apply(sub, value, at, scope);
  const outcomes: Outcome[] = [];
  if (typeof schema.$ref === 'string') outcomes.push(here(target(schema.$ref, scope.root)));
  if (isArray(schema.allOf)) outcomes.push(...schema.allOf.map(here));
  for (const keyword of ['anyOf', 'oneOf']) {
    const branches = schema[keyword];
    if (!isArray(branches)) continue;
    const holding = branches.map(here).filter((outcome) => outcome !== undefined);
    const enough = keyword === 'anyOf' ? holding.length > 0 : holding.length === 1;
    outcomes.push(enough ? union(holding) : undefined);
  }
  if (schema.not !== undefined) outcomes.push(here(schema.not) === undefined ? nothing : undefined);
  if (schema.if !== undefined) {
    const condition = here(schema.if);
    const branch = condition === undefined ? schema.else : schema.then;
    outcomes.push(condition ?? nothing, branch === undefined ? nothing : here(branch));
  }
  if (isObject(schema.dependentSchemas) && isObject(value)) {
    for (const [name, sub] of Object.entries(schema.dependentSchemas)) {
      if (Object.hasOwn(value, name)) outcomes.push(here(sub));
    }
  }
  return all(outcomes);
}

function target(reference: string, root: Json): Json {
  let found: Json = root;
  for (const segment of reference.slice(1).split('/').slice(1)) {
    const next: Json | undefined = isArray(found)
      ? found[Number(segment)]
      : isObject(found)
        ? member(found, segment)
        : undefined;
    if (next === undefined) throw new Error(`the reference reader knows no ${reference}`);
    found = next;
  }
  return found;
}

function onObject(schema: JsonObject, value: Json, at: string, scope: Scope): Outcome {
  if (!isObject(value)) return nothing;
  const { properties = {}, patternProperties = {}, additionalProperties, propertyNames } = schema;
  const outcomes: Outcome[] = [];
  for (const [name, part] of Object.entries(value)) {
    const subs: Json[] = [];
    if (isObject(properties) && Object.hasOwn(properties, name)) subs.push(properties[name] as Json);
    for (const [source, sub] of Object.entries(patternProperties as JsonObject)) {
      if (new RegExp(source, 'u').test(name)) subs.push(sub);
    }
    if (subs.length === 0 && additionalProperties !== undefined) subs.push(additionalProperties);
    outcomes.push(child(subs, part, `${at}/${name}`, scope, { names: new Set(subs.length > 0 ? [name] : []) }));
    if (propertyNames !== undefined && apply(propertyNames, name, '', scope) === undefined) outcomes.push(undefined);
  }
  return all(outcomes);
}

function child(subs: readonly Json[], part: Json, at: string, scope: Scope, evaluated: Partial<Accepted>): Outcome {
  const outcome = all(subs.map((sub) => apply(sub, part, at, scope)));
  return outcome && { ...nothing, applied: outcome.applied, ...evaluated };
}

function onArray(schema: JsonObject, value: Json, at: string, scope: Scope): Outcome {
  if (!isArray(value)) return nothing;
  const { prefixItems = [], items, contains, minContains = 1, maxContains = Infinity } = schema;
  const outcomes: Outcome[] = value.map((item, index) => {
    const sub = isArray(prefixItems) && index < prefixItems.length ? prefixItems[index] : items;
    if (sub === undefined) return nothing;
    return child([sub], item, `${at}/${index}`, scope, { indices: new Set([index]) });
  });
  if (contains !== undefined) {
    const found = value.flatMap((item, index) => (apply(contains, item, '', scope) === undefined ? [] : [index]));
    const enough = found.length >= Number(minContains) && found.length <= Number(maxContains);
    outcomes.push(enough ? { ...nothing, indices: new Set(found) } : undefined);
  }
  return all(outcomes);
}

function unevaluated(schema: JsonObject, value: Json, at: string, scope: Scope, seen: Accepted): Outcome {
  const outcomes: Outcome[] = [];
  if (schema.unevaluatedProperties !== undefined && isObject(value)) {
    for (const [name, part] of Object.entries(value)) {
      if (seen.names.has(name)) continue;
      outcomes.push(child([schema.unevaluatedProperties], part, `${at}/${name}`, scope, { names: new Set([name]) }));
    }
  }
  if (schema.unevaluatedItems !== undefined && isArray(value)) {
    value.forEach((item, index) => {
      if (seen.indices.has(index)) return;
      const evaluated = { indices: new Set([index]) };
      outcomes.push(child([schema.unevaluatedItems as Json], item, `${at}/${index}`, scope, evaluated));
    });
  }
  return all(outcomes);
}

function assertions(schema: JsonObject, value: Json): boolean {
  const { type, enum: list, const: constant } = schema;
  if (typeof type === 'string' && !isOf(type, value)) return false;
  if (isArray(type) && !type.some((one) => isOf(String(one), value))) return false;
  if (isArray(list) && !list.some((one) => same(one, value))) return false;
  if (constant !== undefined && !same(constant, value)) return false;
  if (typeof value === 'number') return onNumber(schema, value);
  if (typeof value === 'string') return onString(schema, value);
  if (isArray(value)) return sizeOf(schema, 'Items', value.length) && (schema.uniqueItems !== true || distinct(value));
  if (isObject(value)) return sizeOf(schema, 'Properties', Object.keys(value).length) && hasRequired(schema, value);
  return true;
}

function isOf(type: string, value: Json): boolean {
  if (type === 'integer') return Number.isInteger(value);
  if (value === null) return type === 'null';
  if (isArray(value)) return type === 'array';
  return type === typeof value;
}

function onNumber(
  { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf }: JsonObject,
  value: number,
): boolean {
  if (typeof minimum === 'number' && value < minimum) return false;
  if (typeof maximum === 'number' && value > maximum) return false;
  if (typeof exclusiveMinimum === 'number' && value <= exclusiveMinimum) return false;
  if (typeof exclusiveMaximum === 'number' && value >= exclusiveMaximum) return false;
  // the fuzzed divisors and values are multiples of 1/4: their quotients are exact
  return typeof multipleOf !== 'number' || Number.isInteger(value / multipleOf);
}

function onString(schema: JsonObject, value: string): boolean {
  if (typeof schema.pattern === 'string' && !new RegExp(schema.pattern, 'u').test(value)) return false;
  return sizeOf(schema, 'Length', [...value].length);
}

function sizeOf(schema: JsonObject, what: string, size: number): boolean {
  return Number(schema[`min${what}`] ?? 0) <= size && size <= Number(schema[`max${what}`] ?? Infinity);
}

function hasRequired({ required, dependentRequired }: JsonObject, value: JsonObject): boolean {
  const has = (name: Json) => Object.hasOwn(value, String(name));
  if (isArray(required) && !required.every(has)) return false;
  if (!isObject(dependentRequired)) return true;
  return Object.entries(dependentRequired).every(([name, list]) => !has(name) || (isArray(list) && list.every(has)));
}

function distinct(items: readonly Json[]): boolean {
  return items.every((item, index) => !items.slice(0, index).some((other) => same(item, other)));
}

export function same(left: Json, right: Json): boolean {
  if (isArray(left)) {
    return (
      isArray(right) && left.length === right.length && left.every((item, index) => same(item, right[index] as Json))
    );
  }
  if (isObject(left)) {
    if (!isObject(right)) return false;
    const names = Object.keys(left);
    if (names.length !== Object.keys(right).length) return false;
    return names.every((name) => Object.hasOwn(right, name) && same(left[name] as Json, right[name] as Json));
  }
  return left === right;
}
