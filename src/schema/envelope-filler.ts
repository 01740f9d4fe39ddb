/** Fills a catalog's envelope. What follows from subject and contract is made once; an event adds what is its own. */
import type { Catalog } from './catalog.ts';
import type { Contract } from './contract.ts';
import { envelopeOf, fieldAt, levelOf, wireName } from './envelope.ts';
import { isObject, type Json, type JsonObject, member } from './json.ts';
import { type Pointer, resolve, segments } from './pointer.ts';
import { parseSubject } from './subject.ts';

/** What an event adds. */
export interface EnvelopeValues {
  readonly id: string;
  /** RFC 3339. */
  readonly time: string;
  readonly service: string;
  readonly payload: Json;
  readonly tenant?: string | undefined;
  readonly correlation: string;
  readonly causation?: string | undefined;
  readonly traceparent: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly key: string | undefined;
  readonly more: JsonObject;
}

export type EnvelopeFiller = (values: EnvelopeValues) => JsonObject;

type Draft = { [name: string]: Json };

/** The filler of one subject. `label` is the version's, such as 1.2.0. */
export function envelopeFiller(
  catalog: Catalog,
  subject: string,
  contract: Contract,
  label: string | undefined,
): EnvelopeFiller {
  const { schema, at } = envelopeOf(catalog);
  const put = (pointer: Pointer | undefined) => {
    const path = pointer === undefined ? [] : segments(pointer);
    return (draft: Draft, value: Json | undefined) => {
      if (path.length > 0 && value !== undefined) set(draft, path, value);
    };
  };
  const fixed = JSON.stringify(fixedPart(catalog, subject, contract, label));
  const producer = producerForm(fieldAt(schema, at.producer ?? '')?.schema);
  const takesTraceparent = accepts(
    fieldAt(schema, at.trace ?? '')?.schema,
    `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`,
  );
  const [id, time, tenant, correlation, trace, span, key, payload] = (
    ['id', 'time', 'tenant', 'correlation', 'trace', 'span', 'key', 'payload'] as const
  ).map((name) => put(at[name])) as [Put, Put, Put, Put, Put, Put, Put, Put];
  const sender = put(at.producer);
  const causation = put(at.causation);
  const causationSchema = fieldAt(schema, at.causation ?? '')?.schema;
  return (values) => {
    const draft = JSON.parse(fixed) as Draft;
    merge(draft, values.more);
    id(draft, values.id);
    time(draft, values.time);
    sender(draft, producer(values.service));
    tenant(draft, values.tenant);
    correlation(draft, values.correlation);
    // an event without a UUID cannot be named where a UUID is asked for
    if (values.causation !== undefined && accepts(causationSchema, values.causation))
      causation(draft, values.causation);
    trace(draft, takesTraceparent ? values.traceparent : values.traceId);
    span(draft, values.spanId);
    key(draft, values.key);
    payload(draft, values.payload);
    return draft;
  };
}

type Put = (draft: Draft, value: Json | undefined) => void;

/** What every event of the subject says alike: its name, line, domain, level, and members with one possible value. */
function fixedPart(catalog: Catalog, subject: string, contract: Contract, label: string | undefined): JsonObject {
  const { schema, at } = envelopeOf(catalog);
  const { type, line } = wireName(catalog, subject, contract);
  const draft: Draft = {};
  for (const [name, value] of onlyValues(schema)) draft[name] = value;
  const rows: readonly (readonly [Pointer | undefined, Json | undefined])[] = [
    [at.type, type],
    [at.version, versionFor(fieldAt(schema, at.version ?? '')?.schema, line, label)],
    [at.domain, parseSubject(subject)?.domain],
    [at.classification, levelOf(catalog, subject, contract)],
    [at.aggregate, contract.aggregate?.toLowerCase()],
  ];
  for (const [pointer, value] of rows)
    if (pointer !== undefined && value !== undefined) set(draft, segments(pointer), value);
  return draft;
}

function onlyValues(schema: JsonObject): readonly (readonly [string, Json])[] {
  const properties = member(schema, 'properties');
  if (!isObject(properties)) return [];
  return Object.entries(properties).flatMap(([name, property]) =>
    isObject(property) && property.const !== undefined ? [[name, property.const] as const] : [],
  );
}

/** A number is the line; a string is the version's label, where it is of that line. */
function versionFor(schema: Json | undefined, line: number, label: string | undefined): Json {
  const type = isObject(schema) ? member(schema, 'type') : undefined;
  if (type === 'integer' || type === 'number') return line;
  return label?.startsWith(`${line}.`) ? label : `${line}.0.0`;
}

function producerForm(schema: Json | undefined): (service: string) => string {
  const format = isObject(schema) ? member(schema, 'format') : undefined;
  if (format === 'uri' || format === 'iri') return (service) => `urn:service:${encodeURIComponent(service)}`;
  if (format === 'uri-reference' || format === 'iri-reference')
    return (service) => `/services/${encodeURIComponent(service)}`;
  return (service) => service;
}

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Whether a field takes a text, as far as its pattern and the format of UUIDs say; the whole event is validated anyway. */
function accepts(schema: Json | undefined, text: string): boolean {
  if (!isObject(schema)) return true;
  const { pattern, format } = schema;
  if (format === 'uuid') return uuid.test(text);
  if (typeof pattern === 'string') return new RegExp(pattern, 'u').test(text);
  // without a pattern a trace id is the shorter and the usual spelling
  return !text.startsWith('00-');
}

function set(draft: Draft, path: readonly string[], value: Json): void {
  let around = draft;
  for (const name of path.slice(0, -1)) {
    const inside = Object.hasOwn(around, name) ? around[name] : undefined;
    const next: Draft = isObject(inside) ? (inside as Draft) : {};
    if (next !== inside) define(around, name, next);
    around = next;
  }
  define(around, path.at(-1)!, value);
}

/** A member may be called `__proto__`, which assignment would take for something else. */
function define(draft: Draft, name: string, value: Json): void {
  if (name !== '__proto__') draft[name] = value;
  else Object.defineProperty(draft, name, { value, enumerable: true, configurable: true, writable: true });
}

function merge(draft: Draft, more: JsonObject): void {
  for (const [name, value] of Object.entries(more)) {
    const known = Object.hasOwn(draft, name) ? draft[name] : undefined;
    if (isObject(known) && isObject(value)) merge(known as Draft, value);
    else define(draft, name, isObject(value) ? structuredClone(value) : value);
  }
}

/** The payload's value at the contract's ordering key, as text; undefined where it states none or the payload has none. */
export function orderingKeyOf(contract: Contract, payload: Json): string | undefined {
  const value = contract.orderingKey === undefined ? undefined : resolve(payload, contract.orderingKey);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
    ? String(value)
    : undefined;
}
