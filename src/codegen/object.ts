/** What a schema says about objects: properties, required, patternProperties, additionalProperties, propertyNames. */
import { active } from '../schema/dialect.ts';
import { isArray, isObject, type Json, type JsonObject } from '../schema/json.ts';
import type { SchemaLocation } from '../schema/reference.ts';
import { intersect } from './algebra.ts';
import { docOf } from './doc.ts';
import { finiteStrings } from './finite.ts';
import { finiteNames } from './pattern/names.ts';
import type { Scope } from './scope.ts';
import { neverType, type ObjectType, type PatternMember, type Property, type Type, unknownType } from './type.ts';

type TypeOf = (path: readonly string[], schema: Json) => Type;

export const objectKeywords = [
  'properties',
  'required',
  'patternProperties',
  'additionalProperties',
  'unevaluatedProperties',
  'propertyNames',
  'minProperties',
  'maxProperties',
] as const;

export function objectType(scope: Scope, place: SchemaLocation, schema: JsonObject, typeOf: TypeOf): ObjectType {
  const { dialect } = place.resource;
  const byPattern = active(schema, 'patternProperties', dialect);
  const patterns = patternMembers(byPattern, typeOf);
  const exact = exactMembers(byPattern, typeOf);
  const rest = restOf(place, schema, typeOf);
  const stated = active(schema, 'properties', dialect);
  const listed = isObject(stated) ? Object.keys(stated) : [];
  const needed = requiredNames(active(schema, 'required', dialect));
  const names = new Set([...listed, ...exact.keys(), ...needed]);
  const naming = active(schema, 'propertyNames', dialect);
  const only = naming === undefined ? undefined : finiteStrings(scope, scope.child(place, ['propertyNames'], naming));
  if (only !== undefined) for (const name of only) names.add(name);
  const properties: Property[] = [];
  for (const name of names) {
    const own = isObject(stated) && Object.hasOwn(stated, name) ? (stated[name] as Json) : undefined;
    const named = exact.get(name);
    const listedType = own === undefined ? named : typeOf(['properties', name], own);
    const type = listedType === undefined ? unlisted(name, patterns, rest) : matching(name, listedType, patterns);
    properties.push({
      name,
      type: named === undefined ? type : intersect(type, named),
      required: needed.has(name),
      doc: own === undefined ? {} : docOf(own, dialect),
    });
  }
  const permitted =
    only === undefined ? properties : properties.filter(({ name, required }) => only.has(name) || required);
  return only === undefined
    ? { kind: 'object', properties: permitted, patterns, rest }
    : { kind: 'object', properties: permitted, patterns: [], rest: neverType };
}

function requiredNames(required: Json | undefined): ReadonlySet<string> {
  return new Set(isArray(required) ? required.filter((name) => typeof name === 'string') : []);
}

function patternMembers(stated: Json | undefined, typeOf: TypeOf): readonly PatternMember[] {
  if (!isObject(stated)) return [];
  const open = Object.entries(stated).filter(([source]) => finiteNames(source) === undefined);
  return open.map(([source, schema]) => {
    const type = typeOf(['patternProperties', source], schema);
    const prefix = literalPrefix(source);
    return prefix === undefined ? { source, type } : { source, prefix, type };
  });
}

/** A pattern that matches a few names is another way to write `properties`. */
function exactMembers(stated: Json | undefined, typeOf: TypeOf): ReadonlyMap<string, Type> {
  const found = new Map<string, Type>();
  if (!isObject(stated)) return found;
  for (const [source, schema] of Object.entries(stated)) {
    const names = finiteNames(source);
    if (names === undefined) continue;
    const type = typeOf(['patternProperties', source], schema);
    for (const name of names) found.set(name, intersect(found.get(name) ?? unknownType, type));
  }
  return found;
}

/** `^x-` matches exactly what begins with "x-". Everything that could mean more than itself is left alone. */
function literalPrefix(source: string): string | undefined {
  const match = /^\^((?:[A-Za-z0-9 _:@#%&=~<>,;'"!/-]|\\[.$/-])+)(?:\.\*\$?)?$/.exec(source);
  return match?.[1]?.replaceAll('\\', '');
}

/** Whether a name matches a pattern is only known here for prefixes; elsewhere it may or may not, and nothing is claimed. */
function matching(name: string, own: Type, patterns: readonly PatternMember[]): Type {
  return patterns
    .filter((pattern) => pattern.prefix !== undefined && name.startsWith(pattern.prefix))
    .reduce((type, pattern) => intersect(type, pattern.type), own);
}

function unlisted(name: string, patterns: readonly PatternMember[], rest: Type | 'open'): Type {
  const hit = patterns.some((pattern) => pattern.prefix !== undefined && name.startsWith(pattern.prefix));
  if (hit) return matching(name, unknownType, patterns);
  const maybe = patterns.some((pattern) => pattern.prefix === undefined);
  return maybe || rest === 'open' ? unknownType : rest;
}

function restOf(place: SchemaLocation, schema: JsonObject, typeOf: TypeOf): Type | 'open' {
  const { dialect } = place.resource;
  const additional = active(schema, 'additionalProperties', dialect);
  if (additional !== undefined) return typeOf(['additionalProperties'], additional);
  const unevaluated = active(schema, 'unevaluatedProperties', dialect);
  if (unevaluated === undefined) return 'open';
  // beside combinators it constrains only what no branch has seen, which an index signature cannot say
  const isAlone = !['allOf', 'anyOf', 'oneOf', 'if', '$ref', '$dynamicRef', 'dependentSchemas'].some((keyword) =>
    Object.hasOwn(schema, keyword),
  );
  return isAlone ? typeOf(['unevaluatedProperties'], unevaluated) : 'open';
}
