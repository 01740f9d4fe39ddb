/**
 * What a subject and its contract say of the envelope: an event whose payload is fine may still claim a sender, a level or a line
 * that are not its own. The registry, the client, generated validators and the event runtime all take the rules from here.
 */
import type { Catalog, EnvelopePointers } from './catalog.ts';
import type { Contract } from './contract.ts';
import { envelopeOf, fieldAt, levelOf, tenantIn, wireName } from './envelope.ts';
import { isObject, type Json, type JsonObject, member } from './json.ts';
import { type Pointer, resolve } from './pointer.ts';
import type { Rejection } from './rejection.ts';
import { parseSubject } from './subject.ts';

/** A rule is the keyword of the rejections it gives. */
export type BindingRule =
  | 'envelope-type'
  | 'envelope-version'
  | 'envelope-domain'
  | 'envelope-producer'
  | 'envelope-classification'
  | 'envelope-tenant';

/** One place of the envelope and what must stand there. */
export interface Binding {
  readonly rule: BindingRule;
  readonly pointer: Pointer;
  /** Whether an event without the place is refused too. Otherwise the envelope's own schema decides. */
  readonly required: boolean;
  /** What must stand there, as a schema; of places that must agree, the other one. */
  readonly demand: { readonly schema: JsonObject } | { readonly same: Pointer };
  /** For people: the value that belongs there. */
  readonly expected: Json;
}

interface Subject {
  readonly catalog: Catalog;
  readonly subject: string;
  readonly contract: Contract;
  readonly at: EnvelopePointers;
  readonly envelope: JsonObject;
}

type Rule = (of: Subject) => Binding | undefined;

/** A row is one rule: undefined where the envelope has no such place or the contract says nothing of it. */
const rules: readonly Rule[] = [typeRule, versionRule, domainRule, producerRule, classificationRule, tenantRule];

export function bindingsOf(catalog: Catalog, subject: string, contract: Contract): readonly Binding[] {
  const { at, schema: envelope } = envelopeOf(catalog);
  const of = { catalog, subject, contract, at, envelope };
  return rules.flatMap((rule) => rule(of) ?? []);
}

/** What is wrong with `event` by these bindings. Names and lines of the contract appear in it, values of the event do not. */
export function bindingRejections(bindings: readonly Binding[], event: Json): readonly Rejection[] {
  return bindings.filter((binding) => !holds(binding, event)).map(rejected);
}

function holds({ pointer, required, demand }: Binding, event: Json): boolean {
  const value = resolve(event, pointer);
  if (value === undefined) return !required;
  if ('schema' in demand) return fits(demand.schema, value);
  const other = resolve(event, demand.same);
  return typeof value !== 'string' || typeof other !== 'string' || value === other;
}

function rejected({ rule, pointer, expected }: Binding): Rejection {
  return { instancePointer: pointer, schemaPointer: '', keyword: rule, params: { expected } };
}

/** The few keywords that demands are written in. */
function fits(schema: JsonObject, value: Json): boolean {
  const { const: wanted, pattern, not, anyOf } = schema;
  if (Array.isArray(anyOf)) return anyOf.some((branch) => isObject(branch) && fits(branch, value));
  if (isObject(not)) return !fits(not, value);
  if (typeof pattern === 'string') return typeof value === 'string' && new RegExp(pattern, 'u').test(value);
  return value === wanted;
}

/** One spelling of the type is on the wire: who switches over types would miss the other. */
function typeRule({ catalog, subject, contract, at }: Subject): Binding | undefined {
  if (at.type === undefined) return undefined;
  return exactly('envelope-type', at.type, wireName(catalog, subject, contract).type, true);
}

/** `2`, `"2"`, `"v2"` and `"2.1.0"` are line 2; a number is the line itself. */
function versionRule({ catalog, subject, contract, at, envelope }: Subject): Binding | undefined {
  if (at.version === undefined) return undefined;
  const { line } = wireName(catalog, subject, contract);
  const words = { type: 'string', pattern: `^v?${line}(?:\\.\\d+){0,2}$` };
  const type = typesOf(fieldAt(envelope, at.version)?.schema);
  if (type === 'number') return exactly('envelope-version', at.version, line, false);
  const schema = type === 'string' ? words : { anyOf: [{ const: line }, words] };
  return { rule: 'envelope-version', pointer: at.version, required: false, demand: { schema }, expected: line };
}

function typesOf(schema: Json | undefined): 'number' | 'string' | 'either' {
  const type = isObject(schema) ? member(schema, 'type') : undefined;
  if (type === 'integer' || type === 'number') return 'number';
  return type === 'string' ? 'string' : 'either';
}

function domainRule({ subject, at }: Subject): Binding | undefined {
  const domain = parseSubject(subject)?.domain;
  if (at.domain === undefined || domain === undefined) return undefined;
  return exactly('envelope-domain', at.domain, domain, false);
}

/**
 * A service's name must be the contract's producer. A URI, as CloudEvents' `source`, is the producer's own affair as long as it
 * does not end in the name of another service of the catalog.
 */
function producerRule({ catalog, contract, at, envelope }: Subject): Binding | undefined {
  const { producer } = contract;
  if (at.producer === undefined || producer === undefined) return undefined;
  if (!isUri(fieldAt(envelope, at.producer)?.schema)) return exactly('envelope-producer', at.producer, producer, false);
  const owners = Object.values(catalog.domains).map(({ owner }) => owner);
  const others = [...new Set([...Object.keys(catalog.services), ...owners])].filter((name) => name !== producer).sort();
  if (others.length === 0) return undefined;
  const schema = { not: { type: 'string', pattern: `(?:^|[/:])(?:${others.map(escaped).join('|')})/?$` } };
  return {
    rule: 'envelope-producer',
    pointer: at.producer,
    required: false,
    demand: { schema },
    expected: producer,
  };
}

function isUri(schema: Json | undefined): boolean {
  const format = isObject(schema) ? member(schema, 'format') : undefined;
  return typeof format === 'string' && /^(?:uri|iri)(?:-reference)?$/.test(format);
}

function escaped(name: string): string {
  return name.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
}

function classificationRule({ catalog, subject, contract, at }: Subject): Binding | undefined {
  const level = levelOf(catalog, subject, contract);
  if (at.classification === undefined || level === undefined) return undefined;
  return exactly('envelope-classification', at.classification, level, false);
}

/** A payload that names a tenant under the envelope's own word for it belongs to that tenant. */
function tenantRule({ at }: Subject): Binding | undefined {
  const inside = tenantIn(at);
  if (at.tenant === undefined || inside === undefined) return undefined;
  return {
    rule: 'envelope-tenant',
    pointer: inside,
    required: false,
    demand: { same: at.tenant },
    expected: at.tenant,
  };
}

function exactly(rule: BindingRule, pointer: Pointer, value: Json, required: boolean): Binding {
  return { rule, pointer, required, demand: { schema: { const: value } }, expected: value };
}
