/** Zod 4 schemas: what in them has no JSON Schema, and their JSON Schema through their own copy of Zod. */
import * as z from 'zod';
import { below, checks, flagged, type Inexpressible, kinds, type Refusal } from './inexpressible.ts';

/** What every Zod 4 schema has, of whichever copy: nothing else is asked of it. */
export interface Zod4Schema {
  readonly _zod: { readonly def: object };
}

export type ToJsonSchema = (schema: never, params?: never) => object;

export function isZod4(value: unknown): value is Zod4Schema {
  return typeof value === 'object' && value !== null && '_zod' in value;
}

type Definition = Readonly<Record<string, unknown>>;

function definitionOf(schema: Zod4Schema): Definition {
  return schema._zod.def as Definition;
}

/** Everything in `schema` that its JSON Schema could not say. Only what the wire carries counts: of a pipe, its input. */
export function inexpressible(schema: Zod4Schema): Inexpressible[] {
  const found: Inexpressible[] = [];
  const seen = new Set<Zod4Schema>();
  const visit = (at: Zod4Schema, path: string) => {
    if (seen.has(at)) return;
    seen.add(at);
    const def = definitionOf(at);
    const kind = String(def.type);
    const row = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
    if (row) found.push({ path, ...row });
    else for (const [segment, child] of children(def)) visit(child, segment === '' ? path : below(path, segment));
    found.push(...checked(at).map((check) => ({ path, ...check })));
  };
  visit(schema, '');
  return found;
}

function checked(schema: Zod4Schema): Refusal[] {
  const def = definitionOf(schema);
  const stated = Array.isArray(def.checks) ? def.checks.filter(isZod4).map(definitionOf) : [];
  return [def, ...stated].flatMap((check): Refusal[] => {
    if (check !== def && check.check === 'custom') return [checks.refine];
    if (check.check === 'overwrite') return [checks.overwrite];
    return flagged(check.pattern) ? [checks.flags] : [];
  });
}

function children(def: Definition): (readonly [string, Zod4Schema])[] {
  if (def.type === 'lazy' && typeof def.getter === 'function') return one('', def.getter());
  if (def.type === 'object') {
    const shape = Object.entries(def.shape as Readonly<Record<string, unknown>>);
    return [...shape.flatMap(([name, field]) => one(name, field)), ...one('*', def.catchall)];
  }
  if (def.type === 'tuple' && Array.isArray(def.items))
    return [...def.items.flatMap((item, index) => one(String(index), item)), ...one('*', def.rest)];
  const alternatives = Array.isArray(def.options) ? def.options.flatMap((option) => one('', option)) : [];
  return [
    ...alternatives,
    ...one('0', def.element),
    ...one('*', def.valueType),
    ...one('*', def.keyType),
    ...['innerType', 'left', 'right', 'in'].flatMap((name) => one('', def[name])),
  ];
}

function one(segment: string, child: unknown): (readonly [string, Zod4Schema])[] {
  return isZod4(child) ? [[segment, child]] : [];
}

/** Metadata keywords that got lost on the way, with the path Zod knows for them. */
export interface Lost {
  readonly keyword: string;
}

interface Override {
  readonly zodSchema: Zod4Schema;
  readonly jsonSchema: Record<string, unknown>;
}

/**
 * The JSON Schema (2020-12) of what `schema` accepts as input. Converted by the schema's own copy of Zod where it offers that:
 * a foreign copy does not see metadata kept in another one's registry (Zod 4.0), which is reported in `lost`.
 */
export function toJsonSchema(schema: Zod4Schema, own?: ToJsonSchema): { schema: object; lost: readonly Lost[] } {
  const lost: Lost[] = [];
  const override = (given: Override) => {
    for (const keyword of metadataKeywords(given.zodSchema))
      if (!Object.hasOwn(given.jsonSchema, keyword) && !Object.hasOwn(given.jsonSchema, '$ref')) lost.push({ keyword });
    normalise(definitionOf(given.zodSchema), given.jsonSchema);
  };
  const params = { io: 'input', target: 'draft-2020-12', override };
  return { schema: convert(schema, own, params), lost };
}

function convert(schema: Zod4Schema, own: ToJsonSchema | undefined, params: object): object {
  if (own) return own(schema as never, params as never);
  const method = (schema as { toJSONSchema?: (params: object) => object }).toJSONSchema;
  if (typeof method === 'function') return method.call(schema, params);
  return z.toJSONSchema(schema as unknown as z.ZodType, params as Parameters<typeof z.toJSONSchema>[1]);
}

/** `id` names a definition and is no keyword; defaults and examples of a transforming pipe belong to its output. */
const dropped = new Set(['id', 'default', 'examples']);

function metadataKeywords(schema: Zod4Schema): string[] {
  const meta = (schema as { meta?: () => object | undefined }).meta;
  const stated = typeof meta === 'function' ? meta.call(schema) : undefined;
  return stated ? Object.keys(stated).filter((keyword) => !dropped.has(keyword)) : [];
}

/**
 * Formats of Zod that JSON Schema has too, by Zod's name: they say what Zod's pattern beside them spells out, differently in
 * each release.
 */
const standardFormats: ReadonlyMap<unknown, string> = new Map([
  ['datetime', 'date-time'],
  ['date', 'date'],
  ['duration', 'duration'],
  ['email', 'email'],
  ['hostname', 'hostname'],
  ['ipv4', 'ipv4'],
  ['ipv6', 'ipv6'],
  ['uuid', 'uuid'],
  ['guid', 'uuid'],
  ['url', 'uri'],
]);

/** Takes away what a release of Zod adds by itself, so that an upgrade of Zod is no change of the contract. Zod hands the schema out to be changed. */
function normalise(def: Definition, json: Record<string, unknown>): void {
  if (json.type === 'integer') {
    if (json.minimum === Number.MIN_SAFE_INTEGER) delete json.minimum;
    if (json.maximum === Number.MAX_SAFE_INTEGER) delete json.maximum;
  }
  if (JSON.stringify(json.propertyNames) === '{"type":"string"}') delete json.propertyNames;
  if (json.type === 'string') formatInsteadOfPattern(def, json);
}

function formatInsteadOfPattern(def: Definition, json: Record<string, unknown>): void {
  const stated = Array.isArray(def.checks) ? def.checks.filter(isZod4).map(definitionOf) : [];
  const formats = [def, ...stated].filter(
    (check) =>
      check.check === 'string_format' &&
      standardFormats.has(check.format) &&
      check.local !== true && // a date-time without offset is none in JSON Schema: there the pattern is the meaning
      check.precision !== -1,
  );
  if (formats.length === 0) return;
  json.format = standardFormats.get(formats[0]?.format); // a .regex after it makes Zod forget the format
  const own = new Set<string | null | undefined>(
    formats.map((check) => (check.pattern instanceof RegExp ? check.pattern.source : undefined)),
  );
  if (own.has(patternOf(json))) delete json.pattern;
  if (!Array.isArray(json.allOf)) return;
  const kept = json.allOf.filter((branch) => !own.has(patternOf(branch)));
  if (kept.length === json.allOf.length) return;
  delete json.allOf;
  if (kept.length === 1 && json.pattern === undefined) json.pattern = patternOf(kept[0]);
  else if (kept.length > 0) json.allOf = kept;
}

/** `null` where there is none, so that it equals no format's pattern. */
function patternOf(json: { readonly pattern?: unknown }): string | null {
  return typeof json.pattern === 'string' ? json.pattern : null;
}
