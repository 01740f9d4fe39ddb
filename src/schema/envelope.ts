/**
 * A catalog's envelope: what every event of it carries around the payload. Taking a whole event apart, and putting an example
 * of one together.
 */
import type { Catalog, EnvelopePointers } from './catalog.ts';
import { cloudEventsPointers, cloudEventsSchema } from './cloudevents.ts';
import type { Contract } from './contract.ts';
import type { SchemaProblem } from './document.ts';
import { isObject, type Json, type JsonObject, member } from './json.ts';
import { append, type Pointer, resolve, segments } from './pointer.ts';
import { sample } from './sample.ts';
import { parseSubject } from './subject.ts';

export interface Envelope {
  readonly schema: JsonObject;
  readonly at: EnvelopePointers;
}

export function envelopeOf(catalog: Catalog): Envelope {
  const { envelope } = catalog;
  return envelope === 'cloudevents-1.0' ? { schema: cloudEventsSchema, at: cloudEventsPointers } : envelope;
}

/** What a whole event says about itself. Strings stand at their places or not at all; nothing here has been validated. */
export interface SplitEvent {
  /** Subjects the event may belong to, the likeliest first; the first one that is registered is it. */
  readonly subjects: readonly [string, ...string[]];
  readonly payload: Json;
  readonly id?: string;
  readonly type?: string;
  readonly time?: string;
  readonly producer?: string;
  readonly tenant?: string;
  readonly correlation?: string;
  readonly causation?: string;
  readonly trace?: string;
}

export type Splitting =
  | { readonly ok: true; readonly event: SplitEvent }
  | { readonly ok: false; readonly problem: SchemaProblem };

export interface SplitOptions {
  /** Contracts with a `type` of their own: what the wire says → the subjects that say so. */
  readonly wireTypes?: ReadonlyMap<string, readonly string[]>;
  /** The name the transport carries (a NATS subject, a topic), for envelopes without a type. */
  readonly transportName?: string;
}

/** Takes `event` apart at the places its catalog states. A version that is no number, or no type at all, is a problem. */
export function splitEvent(catalog: Catalog, event: Json, options: SplitOptions = {}): Splitting {
  const { at } = envelopeOf(catalog);
  if (!isObject(event)) return unroutable('', 'An event is a JSON object.');
  const payload = resolve(event, at.payload);
  if (payload === undefined) return unroutable(at.payload, `The event has no payload at ${at.payload}.`);
  const type = at.type === undefined ? options.transportName : resolve(event, at.type);
  if (at.type === undefined && type === undefined)
    return unroutable('', `Events of ${catalog.name} do not carry their type: name the subject they were sent under.`);
  if (typeof type !== 'string' || parseSubject(type) === undefined)
    return unroutable(at.type ?? '', `There is no event type at ${at.type}.`);
  const version = at.version === undefined ? undefined : resolve(event, at.version);
  const line = version === undefined ? undefined : majorOf(version);
  if (version !== undefined && line === undefined)
    return unroutable(at.version ?? '', `The version at ${at.version} is neither a number nor like "1.2.0".`);
  // what the transport calls it is its subject, if there is one of this name; the version may then contradict it
  const named = at.type === undefined ? [type] : [];
  const subjects = [
    ...new Set([...named, ...(options.wireTypes?.get(type) ?? []), ...candidates(catalog, type, line)]),
  ];
  const first = subjects[0]!; // candidates() gives at least one
  return { ok: true, event: { subjects: [first, ...subjects.slice(1)], payload, type, ...texts(event, at) } };
}

function unroutable(pointer: Pointer, message: string): Splitting {
  return { ok: false, problem: { rule: 'EVENT_UNROUTABLE', pointer, message } };
}

/** The major line a version value means: `2`, `"2"`, `"v2"` and `"2.1.0"` are line 2. */
function majorOf(version: Json): number | undefined {
  if (typeof version === 'number') return Number.isInteger(version) && version > 0 ? version : undefined;
  const match = typeof version === 'string' ? /^v?([1-9]\d{0,5})(\.\d+){0,2}$/.exec(version) : null;
  return match ? Number(match[1]) : undefined;
}

/**
 * What a type on the wire may mean. Its own suffix wins over the envelope's version; line 1 may be spelt with and without
 * suffix, and recorded exceptions do so even where the grammar demands one.
 */
function candidates(catalog: Catalog, wire: string, line: number | undefined): string[] {
  const name = parseSubject(wire)!; // the caller has parsed it
  if (catalog.names.major === 'none') return [wire];
  if (name.suffixed) return name.major === 1 ? [wire, name.type] : [wire];
  const spelt = `${wire}.v${line ?? 1}`;
  if (line !== undefined && line > 1) return [spelt];
  return catalog.names.major === 'required' ? [spelt, wire] : [wire, spelt];
}

const textFields = ['id', 'time', 'producer', 'tenant', 'correlation', 'causation', 'trace'] as const;

function texts(event: JsonObject, at: EnvelopePointers): Partial<Record<(typeof textFields)[number], string>> {
  const found: Partial<Record<(typeof textFields)[number], string>> = {};
  for (const place of textFields) {
    const pointer = at[place];
    const value = pointer === undefined ? undefined : resolve(event, pointer);
    if (typeof value === 'string') found[place] = value;
  }
  return found;
}

/** What the wire calls `subject`, and the line its version field then states. */
export function wireName(catalog: Catalog, subject: string, contract: Contract = {}): { type: string; line: number } {
  const name = parseSubject(subject);
  if (contract.type !== undefined) return { type: contract.type, line: name?.major ?? 1 };
  const stated = envelopeOf(catalog).at.version !== undefined && catalog.names.major === 'optional';
  return { type: stated && name ? name.type : subject, line: name?.major ?? 1 };
}

/** An example of a whole event of `subject` around `payload`. Equal inputs give equal events. */
export function wrapEvent(catalog: Catalog, subject: string, payload: Json, contract: Contract = {}): Json {
  const { schema, at } = envelopeOf(catalog);
  const { type, line } = wireName(catalog, subject, contract);
  const domain = parseSubject(subject)?.domain;
  const versionSchema = at.version === undefined ? undefined : fieldAt(schema, at.version)?.schema;
  const version = acceptsInteger(versionSchema) ? line : String(line);
  const producer = contract.producer;
  const placed: readonly (readonly [Pointer | undefined, Json | undefined])[] = [
    [at.type, type],
    [at.version, version],
    [at.domain, domain],
    [at.classification, levelOf(catalog, subject, contract)],
    [at.tenant, tenantOf(at, payload)],
    [at.producer, at.producer !== undefined && catalog.envelope === 'cloudevents-1.0' ? undefined : producer],
    [at.payload, payload],
  ];
  return placed.reduce<Json>(
    (event, [pointer, value]) =>
      pointer === undefined || value === undefined ? event : withValue(event, pointer, value),
    sample(schema, schema),
  );
}

/** The level of the event as a whole: the contract's, else what its domain states. */
export function levelOf(catalog: Catalog, subject: string, contract: Contract): string | undefined {
  if (contract.classification !== undefined) return contract.classification;
  const domain = parseSubject(subject)?.domain;
  return domain !== undefined && Object.hasOwn(catalog.domains, domain)
    ? catalog.domains[domain]?.classification
    : undefined;
}

/** Where a payload names its tenant by the envelope's own word for it; undefined where the envelope has none. */
export function tenantIn(at: EnvelopePointers): Pointer | undefined {
  const name = at.tenant === undefined ? undefined : segments(at.tenant).at(-1);
  const inside = name === undefined ? undefined : append(at.payload, name);
  return inside === at.tenant ? undefined : inside;
}

function tenantOf(at: EnvelopePointers, payload: Json): string | undefined {
  const name = at.tenant === undefined ? undefined : segments(at.tenant).at(-1);
  const stated = name !== undefined && isObject(payload) ? member(payload, name) : undefined;
  return typeof stated === 'string' ? stated : undefined;
}

function acceptsInteger(schema: Json | undefined): boolean {
  const type = isObject(schema) ? member(schema, 'type') : undefined;
  return type === 'integer' || type === 'number';
}

export interface EnvelopeField {
  readonly schema: Json;
  /** Where it stands in the envelope's schema. */
  readonly pointer: Pointer;
  /** Whether every event carries it: required, and so is everything around it. */
  readonly required: boolean;
}

/** The subschema of the field that `instance` points at, through `properties` and local references. */
export function fieldAt(envelope: JsonObject, instance: Pointer): EnvelopeField | undefined {
  let pointer: Pointer = '';
  let required = true;
  for (const segment of segments(instance)) {
    const around = dereferenced(envelope, pointer);
    const properties = around && member(around.schema, 'properties');
    if (!around || !isObject(properties) || !Object.hasOwn(properties, segment)) return undefined;
    const stated = member(around.schema, 'required');
    required = required && Array.isArray(stated) && stated.includes(segment);
    pointer = append(around.pointer, 'properties', segment);
  }
  const found = dereferenced(envelope, pointer);
  const schema = found?.schema ?? resolve(envelope, pointer);
  return schema === undefined ? undefined : { schema, pointer: found?.pointer ?? pointer, required };
}

/** The object schema at `pointer` behind its local `$ref`s; undefined where they lead nowhere or in a circle. */
function dereferenced(root: JsonObject, pointer: Pointer): { schema: JsonObject; pointer: Pointer } | undefined {
  const seen = new Set<Pointer>();
  for (let at = pointer; !seen.has(at); ) {
    seen.add(at);
    const schema = resolve(root, at);
    if (!isObject(schema)) return undefined;
    const reference = member(schema, '$ref');
    if (typeof reference !== 'string') return { schema, pointer: at };
    if (!reference.startsWith('#')) return undefined;
    at = reference.slice(1);
  }
  return undefined;
}

/** `value` with `put` at `pointer`; objects on the way are made where they are missing. */
function withValue(value: Json, pointer: Pointer, put: Json): Json {
  const [first, ...rest] = segments(pointer);
  if (first === undefined) return put;
  const object = isObject(value) ? value : {};
  return { ...object, [first]: withValue(member(object, first) ?? {}, append('', ...rest), put) };
}
