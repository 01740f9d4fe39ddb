/** Values of a schema that differ from one another: smallest and largest, empty and full, each choice, each member there and not. */
import { isArray, isObject, type Json, type JsonObject, member } from '../schema/json.ts';

export interface Means {
  /** The schema without combinators: one for each way through its branches. */
  plain(schema: Json): readonly JsonObject[];
  /** One value of a schema whose keywords do not say how to make one. */
  solve(schema: Json): Json | undefined;
}

/** Levels below which an object has only what it must have. */
const maxDepth = 6;
/** Variants of one part of an event; the event itself has as many as its parts together. */
const maxVariantsPerPart = 24;

export function variantsOf(schema: Json, means: Means, depth = 0): readonly Json[] {
  const all = means.plain(schema).flatMap((plain) => variantsOfPlain(plain, means, depth));
  return depth === 0 ? all : all.slice(0, maxVariantsPerPart);
}

function variantsOfPlain(schema: JsonObject, means: Means, depth: number): readonly Json[] {
  const constant = member(schema, 'const');
  if (constant !== undefined) return [constant];
  const choices = member(schema, 'enum');
  if (isArray(choices)) return choices.slice(0, maxVariantsPerPart);
  const examples = member(schema, 'examples');
  return [
    ...typesOf(schema).flatMap((type) => makers[type]?.(schema, means, depth) ?? []),
    ...(isArray(examples) ? examples : []),
  ];
}

type Maker = (schema: JsonObject, means: Means, depth: number) => readonly Json[];

/** A row is a type and how its values are made. */
const makers: Readonly<Record<string, Maker>> = {
  object: objects,
  array: arrays,
  string: strings,
  number: (schema) => numbers(schema, false),
  integer: (schema) => numbers(schema, true),
  boolean: () => [false, true],
  null: () => [null],
};

/** A row is a keyword that only says something about one type. */
const typeOfKeyword: readonly (readonly [string, string])[] = [
  ['properties', 'object'],
  ['required', 'object'],
  ['additionalProperties', 'object'],
  ['items', 'array'],
  ['prefixItems', 'array'],
  ['minLength', 'string'],
  ['pattern', 'string'],
  ['format', 'string'],
  ['minimum', 'number'],
  ['maximum', 'number'],
];

function typesOf(schema: JsonObject): readonly string[] {
  const stated = member(schema, 'type');
  if (typeof stated === 'string') return [stated];
  if (isArray(stated)) return stated.filter((type) => typeof type === 'string');
  const implied = typeOfKeyword.filter(([keyword]) => Object.hasOwn(schema, keyword)).map(([, type]) => type);
  return implied.length > 0 ? [...new Set(implied)] : ['string', 'number', 'boolean', 'object', 'array', 'null'];
}

function objects(schema: JsonObject, means: Means, depth: number): readonly Json[] {
  const stated = member(schema, 'properties');
  const properties = isObject(stated) ? stated : {};
  const listed = member(schema, 'required');
  const required = isArray(listed) ? listed.filter((name) => typeof name === 'string') : [];
  const names = depth >= maxDepth ? required : [...new Set([...required, ...Object.keys(properties)])];
  const values = new Map(
    names.map((name) => [name, variantsOf(member(properties, name) ?? true, means, depth + 1)] as const),
  );
  const possible = names.filter((name) => (values.get(name) ?? []).length > 0);
  const first = (chosen: readonly string[]) =>
    Object.fromEntries(chosen.map((name) => [name, values.get(name)?.[0] ?? null]));
  const full = first(possible);
  const minimal = first(required);
  const optional = possible.filter((name) => !required.includes(name));
  return [
    minimal,
    full,
    ...optional.map((name) => without(full, name)),
    ...optional.map((name) => ({ ...minimal, [name]: full[name] ?? null })),
    ...possible.flatMap((name) => (values.get(name) ?? []).slice(1).map((value) => ({ ...full, [name]: value }))),
    ...unnamed(schema, means, depth).map((value) => ({ ...full, key: value, 'another key': value })),
  ];
}

/** For maps: members under names that the schema does not state. */
function unnamed(schema: JsonObject, means: Means, depth: number): readonly Json[] {
  const additional = member(schema, 'additionalProperties');
  return isObject(additional) && depth < maxDepth ? variantsOf(additional, means, depth + 1).slice(0, 4) : [];
}

function without(object: Readonly<Record<string, Json>>, name: string): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([key]) => key !== name));
}

function arrays(schema: JsonObject, means: Means, depth: number): readonly Json[] {
  if (depth >= maxDepth) return [[]];
  const prefix = member(schema, 'prefixItems');
  const places = isArray(prefix) ? prefix.map((place) => variantsOf(place, means, depth + 1)[0] ?? null) : [];
  const stated = member(schema, 'items');
  const items = isArray(stated) ? [] : variantsOf(stated ?? true, means, depth + 1);
  const fill = Math.max(0, sizeOf(schema, 'minItems', 0) - places.length);
  const padded = (value: Json) => [...places, ...Array.from({ length: Math.max(1, Math.min(fill, 20)) }, () => value)];
  return [
    places,
    ...(items.length > 1 ? [[...places, ...items.slice(0, Math.max(2, fill))]] : []),
    ...items.map(padded),
  ];
}

function sizeOf(schema: JsonObject, keyword: string, otherwise: number): number {
  const stated = member(schema, keyword);
  return typeof stated === 'number' ? stated : otherwise;
}

/** A row is a format and values of it that differ in what programs stumble over. */
const formats: Readonly<Record<string, readonly string[]>> = {
  uuid: ['5f1cbb0c-6a39-4d0c-8a0e-1f0a4f4f2c11', '00000000-0000-0000-0000-000000000000'],
  'date-time': ['2026-01-01T00:00:00Z', '1999-12-31T23:59:59.999+14:00', '2024-02-29T12:00:00.123456Z'],
  date: ['2026-01-01', '2024-02-29'],
  time: ['00:00:00Z', '23:59:59.999+01:00'],
  duration: ['P1D', 'PT0S'],
  email: ['someone@example.org', 'a+b@example.org'],
  uri: ['https://example.org/', 'urn:example:1'],
  'uri-reference': ['https://example.org/', '#', ''],
  hostname: ['example.org', 'a'],
  ipv4: ['192.0.2.1', '0.0.0.0'],
  ipv6: ['2001:db8::1', '::'],
  'json-pointer': ['', '/a~1b'],
};

const words = ['text', '', '0', 'true', ' two  words ', 'Zoë 😀', '"quoted" \\ and\nbroken'];
/** UTF-16 code units of the longest string that is tried: longer ones show nothing more. */
const maxStringLength = 1_000;

function strings(schema: JsonObject, means: Means): readonly Json[] {
  const format = member(schema, 'format');
  const known = typeof format === 'string' && Object.hasOwn(formats, format) ? (formats[format] ?? []) : [];
  if (member(schema, 'pattern') !== undefined || (typeof format === 'string' && known.length === 0)) {
    const value = means.solve({ ...schema, type: 'string' });
    return [...(value === undefined ? [] : [value]), ...known, ...words];
  }
  if (known.length > 0) return known;
  const minLength = sizeOf(schema, 'minLength', 0);
  const maxLength = Math.min(sizeOf(schema, 'maxLength', 40), maxStringLength);
  const fitting = words.filter((word) => [...word].length >= minLength && [...word].length <= maxLength);
  const edges = [minLength, maxLength]
    .filter((size) => size > 0)
    .map((size) => 'a'.repeat(Math.min(size, maxStringLength)));
  return [...new Set([...fitting, ...edges])];
}

function numbers(schema: JsonObject, whole: boolean): readonly Json[] {
  const above = member(schema, 'exclusiveMinimum');
  const below = member(schema, 'exclusiveMaximum');
  const step = sizeOf(schema, 'multipleOf', whole ? 1 : 0);
  const beside = step > 0 ? step : 0.5;
  const edges = [
    member(schema, 'minimum'),
    member(schema, 'maximum'),
    typeof above === 'number' ? above + beside : undefined,
    typeof below === 'number' ? below - beside : undefined,
  ].filter((edge) => typeof edge === 'number');
  const usual = whole ? [1, 0, -1, 2_147_483_648, 9_007_199_254_740_991] : [1, 0, -1, 0.5, 1e-7, 1e21];
  const all = [...usual, ...edges];
  const stepped = step > 0 ? [...all, ...all.map((value) => Math.round(value / step) * step)] : all;
  const [minimum, maximum] = [sizeOf(schema, 'minimum', -Infinity), sizeOf(schema, 'maximum', Infinity)];
  return [...new Set(stepped)].filter((value) => value >= minimum && value <= maximum);
}
