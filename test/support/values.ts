/** Values of a schema and changed copies of them, to be held against what else was made of it. A validator decides which are valid. */
import fc from 'fast-check';
import type { SchemaDocument } from '../../src/schema/document.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../src/schema/json.ts';
import type { SchemaLocation } from '../../src/schema/reference.ts';
import { references } from '../../src/schema/reference.ts';

const formats: Readonly<Record<string, string>> = {
  uuid: '5f1cbb0c-6a39-4d0c-8a0e-1f0a4f4f2c11',
  'date-time': '2026-01-01T00:00:00Z',
  date: '2026-01-01',
  time: '00:00:00Z',
  email: 'someone@example.org',
  uri: 'https://example.org/',
  'uri-reference': '/a',
  hostname: 'example.org',
  ipv4: '127.0.0.1',
  ipv6: '::1',
};

interface Choice {
  /** Which branch, member of an enum and type of a list is taken. */
  readonly pick: number;
  /** Optional members too. */
  readonly full: boolean;
}

const maxDepth = 8;

/** A few values that may be valid: with and without what is optional, one for each of the first branches. */
export function candidates(document: SchemaDocument): readonly Json[] {
  const refs = references(document);
  const tries = [0, 1, 2, 3].flatMap((pick) => [true, false].map((full) => ({ pick, full })));
  const values = tries.map((choice) =>
    exampleOf(refs.root, choice, 0, (place, ref) => refs.resolve(place, ref), refs.descend),
  );
  return [...new Map(values.map((value) => [JSON.stringify(value), value])).values()];
}

type Resolve = (place: SchemaLocation, reference: string) => SchemaLocation | undefined;
type Descend = (place: SchemaLocation, path: readonly string[], schema: Json) => SchemaLocation;

function exampleOf(place: SchemaLocation, choice: Choice, depth: number, resolve: Resolve, descend: Descend): Json {
  const { schema } = place;
  if (!isObject(schema) || depth > maxDepth) return 'any';
  const below = (path: readonly string[], held: Json, how: Choice = choice) =>
    exampleOf(descend(place, path, held), how, depth + 1, resolve, descend);
  if (schema.const !== undefined) return schema.const;
  if (isArray(schema.enum)) return schema.enum[choice.pick % schema.enum.length]!;
  const target = typeof schema.$ref === 'string' ? resolve(place, schema.$ref) : undefined;
  const parts: Json[] = target === undefined ? [] : [exampleOf(target, choice, depth + 1, resolve, descend)];
  for (const keyword of ['anyOf', 'oneOf'] as const) {
    const branches = schema[keyword];
    if (!isArray(branches)) continue;
    const at = choice.pick % branches.length;
    parts.push(below([keyword, String(at)], branches[at]!));
  }
  if (isArray(schema.allOf)) schema.allOf.forEach((held, at) => void parts.push(below(['allOf', String(at)], held)));
  const own = plain(schema, choice, below);
  return [own, ...parts].reduce(both);
}

function both(a: Json, b: Json): Json {
  if (isObject(a) && isObject(b)) {
    const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
    const member = (name: string): Json => {
      const [left, right] = [a[name], b[name]];
      return left === undefined ? right! : right === undefined ? left : both(left, right);
    };
    return Object.fromEntries(names.map((name) => [name, member(name)]));
  }
  return a === 'any' || (isObject(b) && !isObject(a)) ? b : a;
}

type Below = (path: readonly string[], held: Json, how?: Choice) => Json;

function plain(schema: JsonObject, choice: Choice, below: Below): Json {
  const types = isArray(schema.type) ? schema.type : [schema.type];
  const stated = types[choice.pick % types.length];
  const type = stated ?? (isObject(schema.properties) || isArray(schema.required) ? 'object' : undefined);
  const number = (name: string, otherwise: number) => {
    const value = schema[name];
    return typeof value === 'number' ? value : otherwise;
  };
  switch (type) {
    case 'object':
      return objectOf(schema, choice, below);
    case 'array': {
      const list = isArray(schema.prefixItems) ? schema.prefixItems : isArray(schema.items) ? schema.items : [];
      const keyword = isArray(schema.prefixItems) ? 'prefixItems' : 'items';
      const first = list.map((held, at) => below([keyword, String(at)], held));
      const maxItems = Math.max(number('minItems', 0), choice.full ? first.length + 1 : 0);
      const more = Math.max(0, Math.min(maxItems, number('maxItems', 50)) - first.length);
      const items = schema.items;
      if (items === undefined || isArray(items)) return first;
      return [
        ...first,
        ...Array.from({ length: more }, (_, pick) => below(['items'], items, { ...choice, pick: choice.pick + pick })),
      ];
    }
    case 'string':
      return wordOf(schema, number('minLength', 0), number('maxLength', 1_000));
    case 'integer':
    case 'number':
      return Math.min(number('maximum', 1e9), Math.max(number('minimum', 1), number('exclusiveMinimum', 0) + 1));
    case 'boolean':
      return choice.pick % 2 === 0;
    case 'null':
      return null;
    default:
      return 'any';
  }
}

function objectOf(schema: JsonObject, choice: Choice, below: Below): Json {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const required = isArray(schema.required) ? schema.required.map(String) : [];
  const names = choice.full ? [...new Set([...Object.keys(properties), ...required])] : required;
  const members = names.map((name): [string, Json] => {
    const held = Object.hasOwn(properties, name) ? properties[name] : undefined;
    return [name, held === undefined ? 'any' : below(['properties', name], held)];
  });
  const rest = schema.additionalProperties;
  if (members.length === 0 && isObject(rest)) members.push(['key', below(['additionalProperties'], rest)]);
  return Object.fromEntries(members);
}

function wordOf(schema: JsonObject, minLength: number, maxLength: number): Json {
  const format = typeof schema.format === 'string' ? formats[schema.format] : undefined;
  if (format !== undefined) return format;
  if (typeof schema.pattern !== 'string') return 'example'.padEnd(Math.min(minLength, 10_000), 'x').slice(0, maxLength);
  const words = matching(schema.pattern);
  return words.find((word) => word.length >= minLength && word.length <= maxLength) ?? words[0] ?? '';
}

const matches = new Map<string, readonly string[]>();

function matching(pattern: string): readonly string[] {
  const known = matches.get(pattern);
  if (known !== undefined) return known;
  let words: readonly string[] = ['example'];
  try {
    words = fc.sample(fc.stringMatching(new RegExp(pattern, 'u')), { numRuns: 10, seed: 1 });
  } catch {
    // a pattern fast-check cannot read: the validator says whether the word fits
  }
  matches.set(pattern, words);
  return words;
}

/** Copies of `value` with one thing changed: a member left out or added, a value of another type. */
export function* changed(value: Json): Generator<Json> {
  if (isArray(value)) {
    for (const [at, item] of value.slice(0, 2).entries())
      for (const other of changed(item)) yield value.with(at, other) as Json;
    yield 'text';
  } else if (isObject(value)) {
    for (const name of Object.keys(value)) {
      const { [name]: held, ...rest } = value;
      yield rest;
      for (const other of changed(held!)) yield { ...value, [name]: other };
    }
    yield { ...value, unheardOf: 1 };
    yield [value];
  } else {
    yield typeof value === 'number' ? 'text' : 12;
    yield typeof value === 'boolean' ? 'text' : true;
    yield null;
    yield {};
    if (typeof value === 'string') yield `${value}_x`;
  }
}
