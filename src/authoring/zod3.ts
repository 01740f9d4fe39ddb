/** Zod 3 schemas: what in them has no JSON Schema, and their JSON Schema (draft-07) through zod-to-json-schema. */
import { zodToJsonSchema } from 'zod-to-json-schema';
import { below, checks, flagged, type Inexpressible, kinds, type Refusal } from './inexpressible.ts';

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
  const kind = String(def.typeName).replace(/^Zod/, '').toLowerCase();
  return Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
}

function definitionOfEffect(effect: unknown): unknown {
  return typeof effect === 'object' && effect !== null && 'type' in effect ? effect.type : undefined;
}

interface Check {
  readonly kind?: unknown;
  readonly regex?: unknown;
}

const rewriting = new Set<unknown>(['trim', 'toLowerCase', 'toUpperCase']);

function checked(def: Definition): Refusal[] {
  const stated: readonly Check[] = Array.isArray(def.checks) ? def.checks : [];
  return stated.flatMap((check): Refusal[] => {
    if (rewriting.has(check.kind)) return [checks.overwrite];
    return flagged(check.regex) ? [checks.flags] : [];
  });
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
  });
}
