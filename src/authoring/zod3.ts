/** Zod 3 schemas: what in them has no JSON Schema, and their JSON Schema (draft-07) through zod-to-json-schema. */
import { zodToJsonSchema } from 'zod-to-json-schema';
import { below, checks, flagged, type Inexpressible, kinds, type Refusal } from './inexpressible.ts';
import { base64, dateTimeEnd, localDateTime, type Precision, timeOfDay } from './text-patterns.ts';

export interface Zod3Schema {
  readonly _def: object;
}

export function isZod3(value: unknown): value is Zod3Schema {
  if (typeof value !== 'object' || value === null || !('_def' in value) || '_zod' in value) return false;
  const def = value._def;
  return typeof def === 'object' && def !== null && 'typeName' in def && typeof def.typeName === 'string';
}

type Definition = Readonly<Record<string, unknown>>;

function definitionOf(schema: Zod3Schema): Definition {
  return schema._def as Definition;
}

export function inexpressible(schema: Zod3Schema): Inexpressible[] {
  const found: Inexpressible[] = [];
  const seen = new Set<Zod3Schema>();
  const visit = (at: Zod3Schema, path: string) => {
    if (seen.has(at)) return;
    seen.add(at);
    const def = definitionOf(at);
    const row = refusedKind(def);
    if (row) found.push({ path, ...row });
    else for (const [segment, child] of children(def)) visit(child, segment === '' ? path : below(path, segment));
    found.push(...checked(def).map((check) => ({ path, ...check })));
  };
  visit(schema, '');
  return found;
}

function refusedKind(def: Definition): Refusal | undefined {
  if (def.typeName === 'ZodEffects') {
    const effect = definitionOfEffect(def.effect);
    if (effect === 'refinement') return checks.refine;
    return effect === 'preprocess' ? kinds.transform : undefined; // the input of a transform is on the wire
  }
  if (def.typeName === 'ZodPipeline' && !isFree(def.out)) return checks.pipe;
  if (def.typeName === 'ZodIntersection' && [def.left, def.right].some(isStrict)) return checks.strict;
  const kind = String(def.typeName).replace(/^Zod/, '').toLowerCase();
  if (Object.hasOwn(kinds, kind)) return kinds[kind];
  return def.coerce === true ? checks.coerce : undefined;
}

function isFree(schema: unknown): boolean {
  return isZod3(schema) && ['ZodAny', 'ZodUnknown'].includes(String(definitionOf(schema).typeName));
}

function isStrict(schema: unknown): boolean {
  return isZod3(schema) && definitionOf(schema).unknownKeys === 'strict';
}

function definitionOfEffect(effect: unknown): unknown {
  return typeof effect === 'object' && effect !== null && 'type' in effect ? effect.type : undefined;
}

interface Check {
  readonly kind?: unknown;
  readonly regex?: unknown;
  readonly precision?: Precision;
  readonly offset?: boolean;
  readonly local?: boolean;
  readonly version?: unknown;
  readonly value?: unknown;
  readonly position?: number;
}

const rewriting = new Set<unknown>(['trim', 'toLowerCase', 'toUpperCase']);
const formats = new Set<unknown>(['email', 'uuid', 'url', 'ip', 'date', 'datetime', 'duration', 'time']);

function checksOf(def: Definition): readonly Check[] {
  return Array.isArray(def.checks) ? def.checks : [];
}

function checked(def: Definition): Refusal[] {
  const stated = checksOf(def);
  const refused = stated.flatMap((check): Refusal[] => {
    if (rewriting.has(check.kind)) return [checks.overwrite];
    if (check.kind === 'jwt') return [checks.jwt];
    return flagged(check.regex) ? [checks.flags] : [];
  });
  return stated.filter(({ kind }) => formats.has(kind)).length > 1 ? [...refused, checks.formats] : refused;
}

function children(def: Definition): (readonly [string, Zod3Schema])[] {
  if (def.typeName === 'ZodLazy' && typeof def.getter === 'function') return one('', def.getter());
  if (def.typeName === 'ZodObject' && typeof def.shape === 'function') {
    const shape: Readonly<Record<string, unknown>> = def.shape();
    // a catchall of ZodNever is how Zod 3 says "none"
    return [...Object.entries(shape).flatMap(([name, field]) => one(name, field)), ...one('*', def.catchall)];
  }
  if (def.typeName === 'ZodArray') return one('0', def.type);
  if (def.typeName === 'ZodTuple' && Array.isArray(def.items))
    return [...def.items.flatMap((item, index) => one(String(index), item)), ...one('*', def.rest)];
  const options = def.options instanceof Map ? [...def.options.values()] : def.options;
  return [
    ...(Array.isArray(options) ? options.flatMap((option) => one('', option)) : []),
    ...one('*', def.valueType),
    ...one('*', def.keyType),
    ...['innerType', 'left', 'right', 'in', 'schema', 'type'].flatMap((name) => one('', def[name])),
  ];
}

function one(segment: string, child: unknown): (readonly [string, Zod3Schema])[] {
  return isZod3(child) ? [[segment, child]] : [];
}

/** The JSON Schema of what `schema` accepts as input. An object that strips unknown keys accepts them: it stays open. */
export function toJsonSchema(schema: Zod3Schema): object {
  return zodToJsonSchema(schema as Parameters<typeof zodToJsonSchema>[0], {
    target: 'jsonSchema7',
    effectStrategy: 'input',
    pipeStrategy: 'input',
    removeAdditionalStrategy: 'strict',
    allowedAdditionalProperties: undefined,
    postProcess: (json, def) => (json === undefined ? json : corrected(json, def as Definition)),
  });
}

/** What the converter says otherwise than Zod 3 does. */
function corrected(json: object, def: Definition): object {
  if (def.typeName === 'ZodNumber') return { ...json, ...severalFactors(checksOf(def)) };
  if (def.typeName !== 'ZodString') return json;
  return checksOf(def).reduce<Record<string, unknown>>((made, check) => withCheck(made, check), { ...json });
}

/** The converter keeps the last one. */
function severalFactors(stated: readonly Check[]): object {
  const factors = stated.filter(({ kind }) => kind === 'multipleOf').map(({ value }) => value);
  return factors.length < 2 ? {} : { allOf: factors.map((multipleOf) => ({ multipleOf })) };
}

function withCheck(json: Record<string, unknown>, check: Check): Record<string, unknown> {
  const { format, ...rest } = json;
  switch (check.kind) {
    case 'time':
      return withPattern(rest, timeOfDay(check.precision));
    case 'datetime':
      return check.local
        ? withPattern(rest, localDateTime(check.precision, check.offset === true))
        : withPattern(json, dateTimeEnd(check.precision, check.offset === true));
    case 'cidr':
      return check.version === undefined ? eitherVersion(json) : json;
    case 'base64':
      return withPattern(json, base64);
    case 'includes':
      return check.position === undefined ? json : withPattern(json, `^[^]{${check.position},}${escaped(check.value)}`);
    default:
      return json;
  }
}

/** The converter asks for both versions of an address at once. */
function eitherVersion({ allOf, ...json }: Record<string, unknown>): Record<string, unknown> {
  return { ...json, anyOf: allOf };
}

function escaped(text: unknown): string {
  return String(text).replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}

function withPattern(json: Record<string, unknown>, pattern: string | undefined): Record<string, unknown> {
  if (pattern === undefined) return json;
  if (json.pattern === undefined) return { ...json, pattern };
  const more = Array.isArray(json.allOf) ? json.allOf : [];
  return { ...json, allOf: [...more, { pattern }] };
}
