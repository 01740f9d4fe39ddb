/** A schema in a few words, for a sentence about a condition that came or went. */
import { isArray, isObject, type Json, type JsonObject, member } from '../../schema/json.ts';
import type { Params } from './row.ts';
import { list, literal, types } from './words.ts';

const maxClauses = 4;

/** `"a" is required and "b" must be string`; undefined where few words do not say it. */
export function conditionText(schema: Json): string | undefined {
  if (schema === false) return 'no value is accepted';
  if (!isObject(schema)) return undefined;
  const clauses = clausesOf(schema);
  if (clauses.length === 0) return undefined;
  const shown = clauses.slice(0, maxClauses);
  const more = clauses.length > shown.length ? ` and ${clauses.length - shown.length} more` : '';
  return `${shown.join('; ')}${more}`;
}

/** What a finding about a condition says of it. */
export function conditionParams(schema: Json): Params {
  const condition = conditionText(schema);
  return condition === undefined ? {} : { condition };
}

type Clause = (value: Json) => string | undefined;

/** A row is a keyword and what it asks for; keywords without one are named. */
const clauses: Readonly<Record<string, Clause>> = {
  type: (value) => `must be ${types(isArray(value) ? value : [value])}`,
  const: (value) => `must be ${literal(value)}`,
  enum: (value) => `must be one of ${list(value)}`,
  required: (value) => `${list(value)} ${isArray(value) && value.length > 1 ? 'are' : 'is'} required`,
  pattern: (value) => `must match ${literal(value)}`,
  format: (value) => `must be a ${literal(value)}`,
  properties: (value) => (isObject(value) ? propertiesText(value) : undefined),
  anyOf: (value) => alternatives(value, 'one of its alternatives at least'),
  oneOf: (value) => alternatives(value, 'exactly one of its alternatives'),
  not: (value) => (conditionText(value) === undefined ? undefined : `must not satisfy: ${conditionText(value)}`),
  additionalProperties: (value) => (value === false ? 'no further property is accepted' : undefined),
};

/** What says nothing of its own, or only beside others. */
const silent = new Set(['title', 'description', '$comment', '$defs', 'definitions', 'examples', 'default', '$id']);

function clausesOf(schema: JsonObject): readonly string[] {
  return Object.entries(schema).flatMap(([keyword, value]) => {
    if (silent.has(keyword) || keyword.startsWith('x-')) return [];
    // every object has a type, and the clauses beside it say so
    if (keyword === 'type' && value === 'object' && Object.keys(schema).length > 1) return [];
    const clause = Object.hasOwn(clauses, keyword) ? clauses[keyword] : undefined;
    const text = clause?.(value);
    if (text !== undefined) return [text];
    return clause === undefined ? [`${keyword} ${literal(value)} holds`] : [`${keyword} holds`];
  });
}

function propertiesText(properties: JsonObject): string | undefined {
  const parts = Object.entries(properties).flatMap(([name, schema]) => {
    const text = conditionText(schema);
    return text === undefined ? [] : [`${literal(name)} ${text.startsWith('must') ? '' : 'has to satisfy: '}${text}`];
  });
  if (parts.length === 0) return undefined;
  return parts.length > maxClauses
    ? `${parts.slice(0, maxClauses).join('; ')} and ${parts.length - maxClauses} more`
    : parts.join('; ');
}

function alternatives(value: Json, fallback: string): string | undefined {
  if (!isArray(value)) return undefined;
  const names = value.map((schema) => (isObject(schema) ? onlyRequired(schema) : undefined));
  if (names.every((name) => name !== undefined)) return `one of ${list(names)} is required`;
  const texts = value.map((schema) => conditionText(schema));
  return texts.every((text) => text !== undefined) && value.length <= 3
    ? texts.map((text) => `(${text})`).join(' or ')
    : `${fallback} must match`;
}

function onlyRequired(schema: JsonObject): Json | undefined {
  const names = member(schema, 'required');
  return Object.keys(schema).length === 1 && isArray(names) && names.length === 1 ? names[0] : undefined;
}
