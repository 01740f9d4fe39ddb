/** What requests say: schemas to register or look up, versions, pages. */

import type { Given } from '../check/input.ts';
import type { Reads } from '../registry/ports.ts';
import { loadReferences } from '../registry/versions/definition.ts';
import type { Attached, Definition, NamedReference, SchemaFormat } from '../schema/definition.ts';
import { isArray, isObject, type Json, type JsonObject, member } from '../schema/json.ts';
import type { Asked } from './deps.ts';
import { ConfluentError, refusals } from './error.ts';
import { defaultContext, encodeSubject, inContext, qualifiedOf } from './subject-name.ts';

/** The name with its context, and as the registry calls it. */
export interface Named {
  readonly shown: string;
  readonly name: string;
}

export function subjectOf(asked: Asked, given = asked.params.subject ?? ''): Named {
  const shown = inContext(asked.contextName, given);
  const name = encodeSubject(shown);
  if (name === undefined || qualifiedOf(shown).subject === '') throw refusals.invalidSubject(given);
  return { shown, name };
}

export const maxInteger = 2_147_483_647;

/** `latest` in any case, and -1, which plugins send for it. */
export function versionOf(text: string): number | 'latest' {
  if (/^latest$/i.test(text) || text === '-1') return 'latest';
  const number = /^\d{1,10}$/.test(text) ? Number(text) : 0;
  if (number < 1 || number > maxInteger) throw refusals.invalidVersion(text);
  return number;
}

export function flag({ query }: Asked, name: string): boolean {
  return query.get(name)?.toLowerCase() === 'true';
}

/** The part of a list that `offset` and `limit` ask for; a negative limit is none. */
export function paged<T>({ query }: Asked, values: readonly T[]): readonly T[] {
  const offset = Math.max(0, Number.parseInt(query.get('offset') ?? '0', 10) || 0);
  const limit = Number.parseInt(query.get('limit') ?? '-1', 10);
  return Number.isNaN(limit) || limit < 0 ? values.slice(offset) : values.slice(offset, offset + limit);
}

export interface SchemaRequest {
  readonly format: SchemaFormat;
  readonly text: string;
  readonly references: readonly {
    readonly name: string;
    readonly subject: string;
    readonly version: number | 'latest';
  }[];
  readonly metadata?: JsonObject;
  readonly ruleSet?: JsonObject;
  readonly id?: number;
  readonly version?: number;
}

const formats: Readonly<Record<string, SchemaFormat>> = { AVRO: 'avro', JSON: 'json', PROTOBUF: 'protobuf' };

export function schemaRequest(body: unknown): SchemaRequest {
  if (!isObject(body as Json | undefined)) throw refusals.invalidSchema('the body is no JSON object with a "schema"');
  const given = body as JsonObject;
  const type = member(given, 'schemaType') ?? 'AVRO';
  const format =
    typeof type === 'string' && Object.hasOwn(formats, type.toUpperCase()) ? formats[type.toUpperCase()] : undefined;
  if (format === undefined)
    throw new ConfluentError(
      42201,
      `Invalid schema type ${JSON.stringify(type).slice(0, 100)}. Valid values are AVRO, JSON and PROTOBUF`,
    );
  const text = member(given, 'schema');
  if (typeof text !== 'string' || text.trim() === '')
    throw new ConfluentError(42201, 'Empty schema: "schema" holds the text of a schema');
  const metadata = objectOf(given, 'metadata');
  const ruleSet = objectOf(given, 'ruleSet');
  const id = positive(given, 'id');
  const version = positive(given, 'version');
  return {
    format,
    text,
    references: referencesOf(member(given, 'references')),
    ...(metadata && { metadata }),
    ...(ruleSet && { ruleSet: checkedRules(ruleSet) }),
    ...(id !== undefined && { id }),
    ...(version !== undefined && { version }),
  };
}

function objectOf(given: JsonObject, name: string): JsonObject | undefined {
  const value = member(given, name);
  if (value === undefined || value === null) return undefined;
  if (!isObject(value)) throw new ConfluentError(42201, `"${name}" is no JSON object`);
  const kept = Object.entries(value).filter(([, each]) => each !== null);
  return Object.fromEntries(kept);
}

/** 0 and -1 are what clients send for "none". */
function positive(given: JsonObject, name: string): number | undefined {
  const value = member(given, name);
  return typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= maxInteger ? value : undefined;
}

function referencesOf(value: Json | undefined): SchemaRequest['references'] {
  if (value === undefined || value === null) return [];
  if (!isArray(value)) throw new ConfluentError(42201, '"references" is no list');
  return value.map((each) => {
    const name = isObject(each) ? member(each, 'name') : undefined;
    const subject = isObject(each) ? member(each, 'subject') : undefined;
    const version = isObject(each) ? member(each, 'version') : undefined;
    if (typeof name !== 'string' || typeof subject !== 'string' || typeof version !== 'number')
      throw new ConfluentError(42201, 'A reference has "name", "subject" and "version"');
    return { name, subject, version: versionOf(String(version)) };
  });
}

const kinds = ['TRANSFORM', 'CONDITION'];
const ruleModes = ['UPGRADE', 'DOWNGRADE', 'UPDOWN', 'WRITE', 'READ', 'WRITEREAD'];

function checkedRules(ruleSet: JsonObject): JsonObject {
  for (const [list, rules] of Object.entries(ruleSet)) {
    if (!isArray(rules)) continue;
    for (const rule of rules) {
      const name = isObject(rule) ? member(rule, 'name') : undefined;
      if (!isObject(rule) || typeof name !== 'string' || name === '')
        throw refusals.invalidRuleSet(`A rule of ${list} has no name`);
      if (rule.kind !== undefined && rule.kind !== null && !kinds.includes(String(rule.kind)))
        throw refusals.invalidRuleSet(`The rule '${name}' has a kind that is none of ${kinds.join(', ')}`);
      if (rule.mode !== undefined && rule.mode !== null && !ruleModes.includes(String(rule.mode)))
        throw refusals.invalidRuleSet(`The rule '${name}' has a mode that is none of ${ruleModes.join(', ')}`);
    }
  }
  return ruleSet;
}

/** The definition with what it refers to, pinned: `latest` is what is latest now. */
export async function givenOf(asked: Asked, reads: Reads, owner: Named, request: SchemaRequest): Promise<Given> {
  const references: NamedReference[] = [];
  for (const reference of request.references) references.push(await pinned(asked, reads, owner, reference));
  const attached: Attached = {
    ...(references.length > 0 && { references }),
    ...(request.metadata && { metadata: request.metadata }),
    ...(request.ruleSet && { ruleSet: request.ruleSet }),
  };
  const { limits } = asked.deps;
  const definition: Definition = {
    format: request.format,
    text: request.text,
    references: await loadReferences(reads, asked.catalog, references, limits.bundle),
  };
  // Confluent reads a JSON Schema that states no dialect as draft-07
  return { definition, attached, ...(request.format === 'json' && { dialect: 'draft-07' as const }) };
}

async function pinned(
  asked: Asked,
  reads: Reads,
  owner: Named,
  { name, subject, version }: SchemaRequest['references'][number],
): Promise<NamedReference> {
  const { context } = qualifiedOf(owner.shown);
  const shown = inContext(context === defaultContext ? asked.contextName : context, subject);
  const target = encodeSubject(shown);
  const [found] =
    target === undefined
      ? []
      : await reads.placed({ catalog: asked.catalog, subject: target, number: version, live: true });
  if (found === undefined)
    throw refusals.invalidSchema(
      `the reference '${name}' names subject '${subject}', version ${version === 'latest' ? -1 : version}, which is not registered: register it first`,
    );
  return { name, subject: found.subject, version: found.number };
}
