/** The client: look-up and validation inside other people's services. */

import { lru } from '../lru.ts';
import type { Catalog } from '../schema/catalog.ts';
import type { Contract } from '../schema/contract.ts';
import type { SchemaDocument } from '../schema/document.ts';
import { envelopeOf, splitEvent } from '../schema/envelope.ts';
import { bindingRejections, bindingsOf } from '../schema/envelope-binding.ts';
import { isRecord, type Json } from '../schema/json.ts';
import { type Abortable, abortable } from './abort.ts';
import { catalogFrom, type Rules } from './catalog.ts';
import { contractOf } from './contract.ts';
import { documentOf } from './documents.ts';
import { HeraldError } from './error.ts';
import { type EventValues, eventOf } from './event.ts';
import { type Heartbeat, heartbeatOf, type Role } from './heartbeat.ts';
import { type LookUp, lookUps, subjectPath } from './look-up.ts';
import {
  type ClientOptions,
  type CompileValidator,
  type GeneratedValidator,
  type Rejection,
  type Runtime,
  systemRuntime,
  type Validator,
} from './options.ts';
import { type Pins, pinsOf } from './pins.ts';
import { requester } from './request.ts';
import type { Schema, Version } from './versions.ts';

/** Whole-event types by subject, as the generated `events.ts` gives them; payload types by subject likewise. */
export type EventTypes = object;

type None = Record<never, never>;

/** The subjects of `Events`; any text where none were named. */
export type SubjectOf<Events extends EventTypes> = keyof Events extends never ? string : keyof Events & string;

export type EventOf<Events extends EventTypes, Subject> = Subject extends keyof Events ? Events[Subject] : unknown;

/** By `Payloads` in every envelope; without it where the envelope calls its payload so. */
export type PayloadOf<Events extends EventTypes, Payloads extends EventTypes, Subject> = Subject extends keyof Payloads
  ? Payloads[Subject]
  : EventOf<Events, Subject> extends { payload: infer Payload } | { data: infer Payload }
    ? Payload
    : unknown;

/** What a value was held against. Its schema is absent where only a generated validator was given. */
export type UsedVersion = Omit<Version, 'schema'> & Partial<Pick<Version, 'schema'>>;

export type ValidationResult<Payload = unknown> =
  | { readonly valid: true; readonly errors: readonly []; readonly payload: Payload; readonly version: UsedVersion }
  | { readonly valid: false; readonly errors: readonly Rejection[]; readonly version: UsedVersion };

export interface ParsedEvent<Subject, Event, Payload = unknown> {
  readonly subject: Subject;
  /** The whole event, as it came. */
  readonly event: Event;
  readonly payload: Payload;
  readonly version: UsedVersion;
  readonly id: string | undefined;
  readonly time: string | undefined;
  readonly correlation: string | undefined;
}

type AnyParsed<Events extends EventTypes, Payloads extends EventTypes> = keyof Events extends never
  ? ParsedEvent<string, unknown>
  : {
      [Subject in keyof Events]: ParsedEvent<Subject, Events[Subject], PayloadOf<Events, Payloads, Subject>>;
    }[keyof Events];

export interface ValidateOptions extends Abortable {
  /** Default: the pinned version, else the latest. */
  readonly version?: number;
  /** For the heartbeat. Default produce. */
  readonly role?: Role;
}

export interface ParseOptions extends Abortable {
  /** What the transport called the event (a NATS subject, a topic), for envelopes that do not carry their type. */
  readonly subject?: string;
}

/** One version's rules of whole events. They stand still: ask again for what is registered later. */
export interface EventRules {
  readonly catalog: Catalog;
  readonly subject: string;
  readonly version: UsedVersion;
  readonly contract: Contract;
  /** What is wrong with a payload; empty where it is valid. */
  payload(value: unknown): readonly Rejection[];
  /** What is wrong with the envelope, by its schema and by the contract. */
  envelope(event: unknown): readonly Rejection[];
  /** Counts one event for the heartbeat. */
  used(role: Role): void;
}

export interface Client<Events extends EventTypes = None, Payloads extends EventTypes = None> {
  /** Content by schema id. Kept for ever. */
  schemaById(id: number, options?: Abortable): Promise<Schema>;
  /** Content by fingerprint (64 hex digits). Kept for ever. */
  schemaByFingerprint(fingerprint: string, options?: Abortable): Promise<Schema>;
  /** A version by its number. Kept for ever. */
  version(catalog: string, subject: SubjectOf<Events>, number: number, options?: Abortable): Promise<Version>;
  /** The latest version; at most `freshMs + staleMs` old while the registry answers. Of a retired subject: SUBJECT_RETIRED. */
  latest(catalog: string, subject: SubjectOf<Events>, options?: Abortable): Promise<Version>;
  /** Holds a payload against its schema. Throws only where there is no schema to hold it against. */
  validate<Subject extends SubjectOf<Events>>(
    catalog: string,
    subject: Subject,
    payload: unknown,
    options?: ValidateOptions,
  ): Promise<ValidationResult<PayloadOf<Events, Payloads, Subject>>>;
  /** Takes a whole event (its text or bytes) apart and validates it. Throws EVENT_INVALID or EVENT_UNROUTABLE. */
  parse(catalog: string, event: unknown, options?: ParseOptions): Promise<AnyParsed<Events, Payloads>>;
  /** A whole event around `payload`, validated. Throws EVENT_INVALID where something it needs is left out. */
  event<Subject extends SubjectOf<Events>>(
    catalog: string,
    subject: Subject,
    payload: PayloadOf<Events, Payloads, Subject>,
    values?: EventValues & Abortable,
  ): Promise<EventOf<Events, Subject>>;
  /** Subjects that are pinned, or else listed by the catalog's domains. */
  subjects(catalog: string, options?: Abortable): Promise<readonly string[]>;
  /** What events of this subject are held against, ready to be asked again and again without waiting. */
  rules(catalog: string, subject: string, options?: Abortable): Promise<EventRules>;
  /** Gives the registry pairs of payloads that were written as an event and as its successor: evidence of dual-writing. */
  reportPairs(
    catalog: string,
    subject: string,
    pairs: readonly { readonly old: unknown; readonly new: unknown }[],
    options?: Abortable,
  ): Promise<void>;
  /** Gives the registry the durable groups that read a subject on a bus, all of them: no subject retires while there is one. */
  reportReaders(
    catalog: string,
    subject: string,
    bus: string,
    groups: readonly string[],
    options?: Abortable,
  ): Promise<void>;
  /** Sends the heartbeat now. */
  flush(options?: Abortable): Promise<void>;
  /** Sends the last heartbeat and stops. Aborted, it stops all the same. */
  close(options?: Abortable): Promise<void>;
}

/**
 * @example
 * const herald = createClient({ url: 'http://127.0.0.1:8080', heartbeat: { service: 'billing' } });
 * const { valid, errors } = await herald.validate('choice-sherpa', 'session.created', { session_id: 'sess-1' });
 */
export function createClient<Events extends EventTypes = None, Payloads extends EventTypes = None>(
  options: ClientOptions,
): Client<Events, Payloads> {
  if (options.url === undefined && options.lock === undefined)
    throw new HeraldError('USAGE_INVALID', 'A client needs `url`, or `lock` with `schemas` or `validators`.');
  const runtime = { ...systemRuntime, ...options.runtime };
  const pins = pinsOf(options);
  const request = requester(options, runtime);
  const lookUp = lookUps(options, pins, request, runtime);
  const heartbeat = heartbeatOf(options, request, runtime);
  const made = { rules: new WeakMap<UsedVersion, EventRules>(), catalogs: new WeakMap<Rules, Catalog>() };
  const tools: Tools = { pins, lookUp, heartbeat, ...validators(options, pins, lookUp), ...made };
  return {
    schemaById: (id, how = {}) => abortable(how, () => lookUp.schema(String(id))),
    schemaByFingerprint: (fingerprint, how = {}) => abortable(how, () => lookUp.schema(fingerprint)),
    version: (catalog, subject, number, how = {}) => abortable(how, () => lookUp.version(catalog, subject, number)),
    latest: (catalog, subject, how = {}) => abortable(how, () => lookUp.latest(catalog, subject)),
    validate: (catalog, subject, payload, how = {}) =>
      abortable(how, () => validate(tools, catalog, subject, payload as Json, how)) as Promise<
        ValidationResult<PayloadOf<Events, Payloads, typeof subject>>
      >,
    parse: (catalog, event, how = {}) =>
      abortable(how, () => parse(tools, catalog, event, how)) as Promise<AnyParsed<Events, Payloads>>,
    event: (catalog, subject, payload, values = {}) =>
      abortable(values, () => built(tools, catalog, subject, payload, values, runtime)) as Promise<
        EventOf<Events, typeof subject>
      >,
    subjects: (catalog, how = {}) => abortable(how, () => subjectsOf(tools, catalog)),
    rules: (catalog, subject, how = {}) =>
      abortable(how, async () => rulesOf(tools, catalog, await versionInUse(tools, catalog, subject))),
    reportPairs: (catalog, subject, pairs, how = {}) =>
      abortable(how, async () => {
        await request({ method: 'POST', path: `${subjectPath(catalog, subject)}/deprecation/pairs`, body: { pairs } });
      }),
    reportReaders: (catalog, subject, bus, groups, how = {}) =>
      abortable(how, async () => {
        const path = `${subjectPath(catalog, subject)}/readers/${encodeURIComponent(bus)}`;
        await request({ method: 'PUT', path, body: { groups } });
      }),
    flush: (how = {}) => abortable(how, heartbeat.flush),
    close: (how = {}) => {
      const closing = heartbeat.close();
      closing.catch(() => {}); // told to whoever waits, if anybody does
      return abortable(how, () => closing);
    },
  };
}

interface Tools {
  readonly pins: Pins;
  readonly lookUp: LookUp;
  readonly heartbeat: Heartbeat;
  validatorOf(version: UsedVersion): Promise<Validator>;
  /** The generated validator that was given of a pinned version. */
  given(version: UsedVersion): GeneratedValidator | undefined;
  /** The same, where it is made already. */
  readonly ready: WeakMap<UsedVersion, Validator>;
  envelopeOf(catalog: Catalog): Promise<Validator>;
  readonly rules: WeakMap<UsedVersion, EventRules>;
  /** Catalogs as they were answered → the same with their defaults. */
  readonly catalogs: WeakMap<Rules, Catalog>;
}

async function built(
  tools: Tools,
  catalog: string,
  subject: string,
  payload: unknown,
  values: EventValues,
  runtime: Runtime,
): Promise<Json> {
  const rules = await rulesOf(tools, catalog, await versionInUse(tools, catalog, subject));
  const event = eventOf(rules, payload, values, runtime);
  refuse(rules.payload(payload), `The payload is not a valid ${subject}.`, { catalog, subject });
  refuse(rules.envelope(event), `The envelope is not valid in ${catalog}.`, { catalog, subject });
  return event;
}

const maxValidators = 500;

function formatsIn({ formats }: { readonly formats?: unknown }): 'annotate' | 'assert' {
  return formats === 'annotate' ? 'annotate' : 'assert';
}

/** Validators by content: compiled once, the least recently used forgotten first. */
function validators(
  options: ClientOptions,
  pins: Pins,
  lookUp: LookUp,
): Pick<Tools, 'validatorOf' | 'envelopeOf' | 'ready' | 'given'> {
  const ready = new WeakMap<UsedVersion, Validator>();
  const made = lru<Promise<Validator>>(maxValidators);
  let loading: Promise<CompileValidator> | undefined;
  const compile = async (document: SchemaDocument, { formats }: { readonly formats?: unknown }) => {
    loading ??= options.compile ? Promise.resolve(options.compile) : loadDefault();
    return (await loading)(document, { formats: formatsIn({ formats }) });
  };
  const kept = (key: string, make: () => Promise<Validator>) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const promise = make();
    made.set(key, promise, 1);
    promise.catch(() => made.delete(key));
    return promise;
  };
  const rulesFor = async (version: UsedVersion): Promise<Rules> => {
    // what is pinned with its document needs no registry: then only a catalog that was given can say how formats count
    const isGiven = pins.version(version.catalog, version.subject)?.content === version;
    const given = options.catalogs?.[version.catalog];
    return isGiven ? (isRecord(given) ? given : {}) : lookUp.catalog(version.catalog);
  };
  const given = (version: UsedVersion): GeneratedValidator | undefined => {
    const isPinned = pins.version(version.catalog, version.subject)?.number === version.number;
    return isPinned ? options.validators?.[`${version.catalog}/${version.subject}`] : undefined;
  };
  const validatorFor = async (version: UsedVersion): Promise<Validator> => {
    const made = given(version);
    if (made !== undefined) return { validate: made.problems };
    // what formats count for is the catalog's to say, and may change while the schema stays
    const rules = await rulesFor(version);
    return kept(`${version.catalog} ${version.fingerprint} ${formatsIn(rules)}`, async () => {
      const { schema = true, dialect } = version;
      return compile(await documentOf(schema, dialect, lookUp), rules);
    });
  };
  return {
    ready,
    given,
    async validatorOf(version) {
      const validator = await validatorFor(version);
      ready.set(version, validator);
      return validator;
    },
    envelopeOf: (catalog) => {
      const { schema } = envelopeOf(catalog);
      return kept(`envelope ${formatsIn(catalog)} ${JSON.stringify(schema)}`, async () =>
        compile(await documentOf(schema, undefined, lookUp), catalog),
      );
    },
  };
}

async function loadDefault(): Promise<CompileValidator> {
  try {
    return (await import('./default-validator.ts')).compile;
  } catch (cause) {
    throw new HeraldError(
      'VALIDATOR_UNAVAILABLE',
      'The default validator cannot be loaded here: pass one as `compile`.',
      { cause },
    );
  }
}

async function versionInUse(tools: Tools, catalog: string, subject: string, number?: number): Promise<UsedVersion> {
  const { pins, lookUp } = tools;
  const pinned = pins.version(catalog, subject);
  const wanted = number ?? pinned?.number;
  if (wanted === undefined) return lookUp.latest(catalog, subject);
  // with a generated validator nothing more has to be known of a pinned version
  if (pinned?.number === wanted && pinned.content === undefined && tools.given(pinned.alone) !== undefined)
    return pinned.alone;
  return lookUp.version(catalog, subject, wanted);
}

async function validate(
  tools: Tools,
  catalog: string,
  subject: string,
  payload: Json,
  how: ValidateOptions,
): Promise<ValidationResult> {
  // what is at hand is not awaited: a turn of the event loop costs more than the validation
  const number = how.version ?? tools.pins.version(catalog, subject)?.number;
  const version = tools.lookUp.known(catalog, subject, number) ?? (await versionInUse(tools, catalog, subject, number));
  const validator = tools.ready.get(version) ?? (await tools.validatorOf(version));
  const errors = validator.validate(payload);
  tools.heartbeat.count(version.catalog, version.subject, version.number, how.role ?? 'produce');
  return errors.length === 0 ? { valid: true, errors: [], payload, version } : { valid: false, errors, version };
}

async function parse(
  tools: Tools,
  catalog: string,
  given: unknown,
  { subject: transportName }: ParseOptions,
): Promise<ParsedEvent<string, unknown>> {
  const event =
    typeof given === 'string' ? readText(given) : given instanceof Uint8Array ? readBytes(given) : (given as Json);
  const split = splitEvent(
    await catalogRules(tools, catalog),
    event,
    transportName === undefined ? {} : { transportName },
  );
  if (!split.ok) {
    const { message, pointer } = split.problem;
    throw new HeraldError('EVENT_UNROUTABLE', message, { details: { pointer } });
  }
  const { subjects, id, time, correlation, payload } = split.event;
  const rules = await rulesOf(tools, catalog, await firstRegistered(tools, catalog, subjects));
  const { subject, version } = rules;
  refuse(rules.envelope(event), `The envelope is not valid in ${catalog}.`, { catalog });
  refuse(rules.payload(payload), `The payload is not a valid ${subject}.`, { catalog, subject });
  tools.heartbeat.count(version.catalog, subject, version.number, 'consume');
  return { subject, event, payload, version, id, time, correlation };
}

async function subjectsOf(tools: Tools, catalog: string): Promise<readonly string[]> {
  const pinned = tools.pins.subjects(catalog);
  if (pinned.length > 0) return pinned;
  const { domains } = await catalogRules(tools, catalog);
  return Object.values(domains).flatMap(({ subjects = [] }) => subjects);
}

async function catalogRules(tools: Tools, catalog: string): Promise<Catalog> {
  const rules = await tools.lookUp.catalog(catalog);
  const whole = tools.catalogs.get(rules) ?? catalogFrom(rules, catalog);
  tools.catalogs.set(rules, whole);
  return whole;
}

async function rulesOf(tools: Tools, name: string, version: UsedVersion): Promise<EventRules> {
  const catalog = await catalogRules(tools, name);
  const known = tools.rules.get(version);
  if (known !== undefined && known.catalog === catalog) return known;
  const contract = contractOf(version);
  const around = await aroundOf(tools, catalog, version);
  const inside = await tools.validatorOf(version);
  const bindings = bindingsOf(catalog, version.subject, contract);
  const rules: EventRules = {
    catalog,
    subject: version.subject,
    version,
    contract,
    payload: (value) => inside.validate(value as Json),
    used: (role) => tools.heartbeat.count(version.catalog, version.subject, version.number, role),
    envelope: (event) => [...around.validate(event as Json), ...bindingRejections(bindings, event as Json)],
  };
  tools.rules.set(version, rules);
  return rules;
}

/** What is wrong with an envelope: by the generated validator of whole events where there is one, else compiled. */
async function aroundOf(tools: Tools, catalog: Catalog, version: UsedVersion): Promise<Validator> {
  const given = tools.given(version);
  const { at } = envelopeOf(catalog);
  if (given?.problemsOfEvent === undefined) return tools.envelopeOf(catalog);
  const isInside = ({ instancePointer }: Rejection) =>
    instancePointer === at.payload || instancePointer.startsWith(`${at.payload}/`);
  return { validate: (event) => (given.problemsOfEvent?.(event) ?? []).filter((problem) => !isInside(problem)) };
}

function refuse(errors: readonly Rejection[], message: string, details: Readonly<Record<string, unknown>>): void {
  if (errors.length > 0) throw new HeraldError('EVENT_INVALID', message, { details: { ...details, errors } });
}

/** UTF-8 (RFC 8259 §8.1); other bytes are no event. A Buffer of Node is one of these. */
function readBytes(bytes: Uint8Array): Json {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new HeraldError('EVENT_INVALID', 'The event is not UTF-8.', { cause });
  }
  return readText(text);
}

function readText(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new HeraldError('EVENT_INVALID', 'The event is not JSON.', { cause });
  }
}

async function firstRegistered(tools: Tools, catalog: string, subjects: readonly string[]): Promise<UsedVersion> {
  let missing: unknown;
  for (const subject of subjects) {
    try {
      return await versionInUse(tools, catalog, subject);
    } catch (error) {
      if (!(error instanceof HeraldError) || error.code !== 'SUBJECT_NOT_FOUND') throw error;
      missing ??= error;
    }
  }
  throw missing;
}
