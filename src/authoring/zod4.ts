/** Zod 4 schemas: what in them has no JSON Schema, and their JSON Schema through their own copy of Zod. */
import * as z from 'zod';
import { below, checks, flagged, type Inexpressible, kinds, type Refusal } from './inexpressible.ts';
import { anyUuid, dateTimeEnd, emoji, type Precision, urlPattern, uuidVersion } from './text-patterns.ts';

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
  const refused = statedChecks(def).flatMap((check): Refusal[] => {
    if (check !== def && check.check === 'custom') return [checks.refine];
    if (check.check === 'overwrite') return [checks.overwrite];
    if (check.check === 'property') return [checks.property];
    return check.check === 'string_format' ? ofFormat(check) : flagged(check.pattern) ? [checks.flags] : [];
  });
  return [...refused, ...ofInput(def)];
}

function ofFormat(check: Definition): Refusal[] {
  if (check.format === 'jwt') return [checks.jwt];
  if (check.format === 'emoji') return [];
  if (check.format === 'url') return isUnspeakableUrl(check) ? [checks.hostname] : [];
  if (typeof check.fn === 'function' && !(check.pattern instanceof RegExp)) return [checks.format];
  return flagged(check.pattern) ? [checks.flags] : [];
}

function isUnspeakableUrl({ protocol, hostname }: Definition): boolean {
  if (protocol === undefined && hostname === undefined) return false;
  return urlPattern(regExp(protocol), regExp(hostname)) === undefined;
}

function regExp(value: unknown): RegExp | undefined {
  return value instanceof RegExp ? value : undefined;
}

/** What the wire carries is not all that such a schema asks for. */
function ofInput(def: Definition): Refusal[] {
  if (def.coerce === true) return [checks.coerce];
  if (def.type !== 'pipe' || !isZod4(def.in) || !isZod4(def.out)) return [];
  const [from, to] = [definitionOf(def.in), definitionOf(def.out)];
  // a codec, of which what is on the wire counts; the one of z.stringbool() takes a few words and no other text
  if (typeof def.transform === 'function')
    return from.type === 'string' && to.type === 'boolean' ? [checks.stringbool] : [];
  const isFree = ['transform', 'any', 'unknown'].includes(String(to.type)) || from.type === 'transform';
  return isFree ? [] : [checks.pipe];
}

/** Checks of a schema; one that is a format itself, such as `z.email()`, is the first. */
function statedChecks(def: Definition): readonly Definition[] {
  return [def, ...(Array.isArray(def.checks) ? def.checks.filter(isZod4).map(definitionOf) : [])];
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
    normalise(given.zodSchema, given.jsonSchema);
  };
  const params = { io: 'input', target: 'draft-2020-12', override };
  return { schema: convert(schema, own, params), lost };
}

function convert(schema: Zod4Schema, own: ToJsonSchema | undefined, params: object): object {
  if (own) return own(schema as never, params as never);
  const method = (schema as { toJSONSchema?: (params: object) => object }).toJSONSchema;
  if (typeof method === 'function') return method.call(schema, params);
  // by its traits, so that a schema of another copy of Zod 4 is one too
  if (!(schema instanceof z.core.$ZodType)) throw new TypeError('the payload is no schema of Zod 4');
  return z.toJSONSchema(schema, params);
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
function normalise(schema: Zod4Schema, json: Record<string, unknown>): void {
  if (json.type === 'integer') {
    if (json.minimum === Number.MIN_SAFE_INTEGER) delete json.minimum;
    if (json.maximum === Number.MAX_SAFE_INTEGER) delete json.maximum;
  }
  if (JSON.stringify(json.propertyNames) === '{"type":"string"}') delete json.propertyNames;
  if (json.type === 'string') formatInsteadOfPattern(schema, definitionOf(schema), json);
}

function formatInsteadOfPattern(schema: Zod4Schema, def: Definition, json: Record<string, unknown>): void {
  const formats = checkSchemas(schema).filter(({ check }) => isStandard(check));
  const emojis = statedChecks(def).filter((check) => check.format === 'emoji');
  if (formats.length === 0 && emojis.length === 0) return;
  if (formats[0] !== undefined) json.format = standardFormats.get(formats[0].check.format); // a .regex after it makes Zod forget the format
  const own = new Set(
    [...formats.filter(({ of, check }) => isOwnPattern(of, check)).map(({ check }) => check), ...emojis].map(
      (check) => regExp(check.pattern)?.source,
    ),
  );
  const kept = patternsOf(json).filter((source) => !own.has(source));
  const added = [...formats.flatMap(({ check }) => patternBeside(check) ?? []), ...emojis.map(() => emoji)];
  delete json.pattern;
  if (Array.isArray(json.allOf) && json.allOf.every((branch) => Object.keys(branch).join() === 'pattern'))
    delete json.allOf;
  const patterns = [...new Set([...kept, ...added])];
  if (patterns.length === 1) json.pattern = patterns[0];
  else if (patterns.length > 1) json.allOf = patterns.map((pattern) => ({ pattern }));
}

function isStandard(check: Definition): boolean {
  return (
    check.check === 'string_format' &&
    standardFormats.has(check.format) &&
    check.local !== true && // a date-time without offset is none in JSON Schema: there the pattern is the meaning
    check.precision !== -1
  );
}

interface StatedCheck {
  readonly of: Zod4Schema;
  readonly check: Definition;
}

function checkSchemas(schema: Zod4Schema): readonly StatedCheck[] {
  const def = definitionOf(schema);
  const more = Array.isArray(def.checks) ? def.checks.filter(isZod4) : [];
  return [schema, ...more].map((of) => ({ of, check: definitionOf(of) }));
}

/** Whether Zod chose the pattern: a new schema of the same class without parameters has the same. */
function isOwnPattern({ _zod }: Zod4Schema, check: Definition): boolean {
  const { constr } = _zod as { readonly constr?: unknown };
  const isTold = check.format === 'email' && typeof constr === 'function';
  if (!isTold) return true;
  const { pattern: _, checks: __, ...rest } = check;
  const fresh: unknown = Reflect.construct(constr, [rest]);
  return isZod4(fresh) && regExp(definitionOf(fresh).pattern)?.source === regExp(check.pattern)?.source;
}

/** What a format of Zod asks for beyond the one of JSON Schema. */
function patternBeside(check: Definition): string | undefined {
  if (check.format === 'datetime') return dateTimeEnd(check.precision as Precision, check.offset === true);
  if (check.format === 'uuid') return typeof check.version === 'string' ? uuidVersion(check.version) : anyUuid;
  if (check.format !== 'url' || (check.protocol === undefined && check.hostname === undefined)) return undefined;
  return urlPattern(regExp(check.protocol), regExp(check.hostname));
}

function patternsOf(json: Record<string, unknown>): readonly string[] {
  const branches = Array.isArray(json.allOf) ? json.allOf : [];
  return [json, ...branches].flatMap((at) => (typeof at?.pattern === 'string' ? [at.pattern] : []));
}
