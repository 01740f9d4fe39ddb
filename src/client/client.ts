/** The client: look-up and validation inside other people's services. */

import { lru } from '../lru.ts';
import type { Catalog } from '../schema/catalog.ts';
import type { Contract } from '../schema/contract.ts';
import type { SchemaDocument } from '../schema/document.ts';
import { envelopeOf, splitEvent } from '../schema/envelope.ts';
import { bindingRejections, bindingsOf } from '../schema/envelope-binding.ts';
import type { Json } from '../schema/json.ts';
import { contractOf } from './contract.ts';
import { documentOf } from './documents.ts';
import { HeraldError } from './error.ts';
import { type Heartbeat, heartbeatOf, type Role } from './heartbeat.ts';
import { type LookUp, lookUps, subjectPath } from './look-up.ts';
import { type ClientOptions, type CompileValidator, type Rejection, systemRuntime, type Validator } from './options.ts';
import { type Pins, pinsOf } from './pins.ts';
import { isRecord, requester } from './request.ts';
import type { Schema, Version } from './versions.ts';

/** Whole-event types by subject, as the generated `events.ts` gives them. */
export type EventTypes = object;

export interface ValidationResult {
  readonly valid: boolean;
  readonly errors: readonly Rejection[];
  /** What it was held against. */
  readonly version: Version;
}

export interface ParsedEvent<Subject, Event> {
  readonly subject: Subject;
  /** The whole event, as it came. */
  readonly event: Event;
  readonly payload: Event extends { payload: infer Payload } | { data: infer Payload } ? Payload : unknown;
  readonly version: Version;
  readonly id: string | undefined;
  readonly time: string | undefined;
  readonly correlation: string | undefined;
}

type AnyParsed<Events extends EventTypes> = keyof Events extends never
  ? ParsedEvent<string, unknown>
  : { [Subject in keyof Events]: ParsedEvent<Subject, Events[Subject]> }[keyof Events];

export interface ValidateOptions {
  /** Default: the pinned version, else the latest. */
  readonly version?: number;
  /** For the heartbeat. Default produce. */
  readonly role?: Role;
}

export interface ParseOptions {
  /** What the transport called the event (a NATS subject, a topic), for envelopes that do not carry their type. */
  readonly subject?: string;
}

/** One version's rules of whole events. They stand still: ask again for what is registered later. */
export interface EventRules {
  readonly catalog: Catalog;
  readonly subject: string;
  readonly version: Version;
  readonly contract: Contract;
  /** What is wrong with a payload; empty where it is valid. */
  payload(value: unknown): readonly Rejection[];
  /** What is wrong with the envelope, by its schema and by the contract. */
  envelope(event: unknown): readonly Rejection[];
  /** Counts one event for the heartbeat. */
  used(role: Role): void;
}

export interface Client<Events extends EventTypes = Record<never, never>> {
  /** Content by schema id. Kept for ever. */
  schemaById(id: number): Promise<Schema>;
  /** Content by fingerprint (64 hex digits). Kept for ever. */
  schemaByFingerprint(fingerprint: string): Promise<Schema>;
  /** A version by its number. Kept for ever. */
  version(catalog: string, subject: string, number: number): Promise<Version>;
  /** The latest version; at most `freshMs + staleMs` old while the registry answers. Of a retired subject: SUBJECT_RETIRED. */
  latest(catalog: string, subject: string): Promise<Version>;
  /** Holds a payload against its schema. Throws only where there is no schema to hold it against. */
  validate(catalog: string, subject: string, payload: unknown, options?: ValidateOptions): Promise<ValidationResult>;
  /** Takes a whole event (or its text) apart and validates its payload. Throws EVENT_INVALID or EVENT_UNROUTABLE. */
  parse(catalog: string, event: unknown, options?: ParseOptions): Promise<AnyParsed<Events>>;
  /** Subjects that are pinned, or else listed by the catalog's domains. */
  subjects(catalog: string): Promise<readonly string[]>;
  /** What events of this subject are held against, ready to be asked again and again without waiting. */
  rules(catalog: string, subject: string): Promise<EventRules>;
  /** Gives the registry pairs of payloads that were written as an event and as its successor: evidence of dual-writing. */
  reportPairs(
    catalog: string,
    subject: string,
    pairs: readonly { readonly old: unknown; readonly new: unknown }[],
  ): Promise<void>;
  /** Sends the heartbeat now. */
  flush(): Promise<void>;
  /** Sends the last heartbeat and stops. */
  close(): Promise<void>;
}

/**
 * @example
 * const herald = createClient({ url: 'http://127.0.0.1:8080', heartbeat: { service: 'billing' } });
 * const { valid, errors } = await herald.validate('choice-sherpa', 'session.created', { session_id: 'sess-1' });
 */
export function createClient<Events extends EventTypes = Record<never, never>>(options: ClientOptions): Client<Events> {
  const runtime = { ...systemRuntime, ...options.runtime };
  const pins = pinsOf(options);
  const request = requester(options, runtime);
  const lookUp = lookUps(options, pins, request, runtime);
  const heartbeat = heartbeatOf(options, request, runtime);
  const made = { rules: new WeakMap<Version, EventRules>(), catalogs: new WeakMap<Rules, Catalog>() };
  const tools: Tools = { pins, lookUp, heartbeat, ...validators(options, pins, lookUp), ...made };
  return {
    schemaById: (id) => lookUp.schema(String(id)),
    schemaByFingerprint: (fingerprint) => lookUp.schema(fingerprint),
    version: lookUp.version,
    latest: lookUp.latest,
    validate: (catalog, subject, payload, how = {}) => validate(tools, catalog, subject, payload as Json, how),
    parse: (catalog, event, how = {}) => parse(tools, catalog, event, how) as Promise<AnyParsed<Events>>,
    subjects: async (catalog) => {
      const pinned = pins.subjects(catalog);
      if (pinned.length > 0) return pinned;
      const { domains } = await catalogRules(tools, catalog);
      return Object.values(domains).flatMap(({ subjects = [] }) => subjects);
    },
    rules: async (catalog, subject) => rulesOf(tools, catalog, await versionInUse(tools, catalog, subject)),
    reportPairs: async (catalog, subject, pairs) => {
      await request({ method: 'POST', path: `${subjectPath(catalog, subject)}/deprecation/pairs`, body: { pairs } });
    },
    flush: heartbeat.flush,
    close: heartbeat.close,
  };
}

interface Tools {
  readonly pins: Pins;
  readonly lookUp: LookUp;
  readonly heartbeat: Heartbeat;
  validatorOf(version: Version): Promise<Validator>;
  /** The same, where it is made already. */
  readonly ready: WeakMap<Version, Validator>;
  envelopeOf(rules: Rules): Promise<Validator>;
  readonly rules: WeakMap<Version, EventRules>;
  /** Catalogs as they were answered → the same with their defaults. */
  readonly catalogs: WeakMap<Rules, Catalog>;
}

const maxValidators = 500;

/** Validators by content: compiled once, the least recently used forgotten first. */
function validators(
  options: ClientOptions,
  pins: Pins,
  lookUp: LookUp,
): Pick<Tools, 'validatorOf' | 'envelopeOf' | 'ready'> {
  const ready = new WeakMap<Version, Validator>();
  const made = lru<Promise<Validator>>(maxValidators);
  let loading: Promise<CompileValidator> | undefined;
  const compile = async (document: SchemaDocument, rules: Rules) => {
    loading ??= options.compile ? Promise.resolve(options.compile) : loadDefault();
    return (await loading)(document, { formats: rules.formats === 'annotate' ? 'annotate' : 'assert' });
  };
  const kept = (key: string, make: () => Promise<Validator>) => {
    const known = made.get(key);
    if (known !== undefined) return known;
    const promise = make();
    made.set(key, promise, 1);
    promise.catch(() => made.delete(key));
    return promise;
  };
  const rulesFor = async (version: Version): Promise<Rules> => {
    // what is pinned with its document needs no registry: then only a catalog that was given can say how formats count
    const isGiven = pins.version(version.catalog, version.subject)?.content === version;
    const given = options.catalogs?.[version.catalog];
    return isGiven ? (isRecord(given) ? given : {}) : lookUp.catalog(version.catalog);
  };
  const validatorFor = (version: Version): Promise<Validator> => {
    const key = `${version.catalog}/${version.subject}`;
    const given = options.validators?.[key];
    const isPinned = pins.version(version.catalog, version.subject)?.number === version.number;
    if (given !== undefined && isPinned) return Promise.resolve({ validate: given.problems });
    return kept(`${version.catalog} ${version.fingerprint}`, async () => {
      const rules = await rulesFor(version);
      return compile(await documentOf(version.schema, version.dialect, lookUp), rules);
    });
  };
  return {
    ready,
    async validatorOf(version) {
      const validator = await validatorFor(version);
      ready.set(version, validator);
      return validator;
    },
    envelopeOf: (rules) => {
      const { schema } = envelopeOf(rules as unknown as Catalog);
      return kept(`envelope ${JSON.stringify(schema)}`, async () =>
        compile(await documentOf(schema, undefined, lookUp), rules),
      );
    },
  };
}

type Rules = Readonly<Record<string, unknown>>;

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

async function versionInUse(
  { pins, lookUp }: Tools,
  catalog: string,
  subject: string,
  number?: number,
): Promise<Version> {
  const wanted = number ?? pins.version(catalog, subject)?.number;
  return wanted === undefined ? lookUp.latest(catalog, subject) : lookUp.version(catalog, subject, wanted);
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
  return { valid: errors.length === 0, errors, version };
}

async function parse(
  tools: Tools,
  catalog: string,
  given: unknown,
  { subject: transportName }: ParseOptions,
): Promise<ParsedEvent<string, unknown>> {
  const event = typeof given === 'string' ? readText(given) : (given as Json);
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

async function catalogRules(tools: Tools, catalog: string): Promise<Catalog> {
  const rules = await tools.lookUp.catalog(catalog);
  if (!isRecord(rules.envelope) && rules.envelope !== 'cloudevents-1.0')
    throw new HeraldError('REGISTRY_ANSWER_INVALID', `The catalog ${catalog} states no envelope.`);
  // the registry checked the catalog when it was put there; one that was given may leave out what has a default
  const whole = tools.catalogs.get(rules) ?? ({ domains: {}, services: {}, ...rules } as unknown as Catalog);
  tools.catalogs.set(rules, whole);
  return whole;
}

async function rulesOf(tools: Tools, name: string, version: Version): Promise<EventRules> {
  const catalog = await catalogRules(tools, name);
  const known = tools.rules.get(version);
  if (known !== undefined && known.catalog === catalog) return known;
  const contract = contractOf(version);
  const around = await tools.envelopeOf(catalog as unknown as Rules);
  const inside = tools.ready.get(version) ?? (await tools.validatorOf(version));
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

function refuse(errors: readonly Rejection[], message: string, details: Readonly<Record<string, unknown>>): void {
  if (errors.length > 0) throw new HeraldError('EVENT_INVALID', message, { details: { ...details, errors } });
}

function readText(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new HeraldError('EVENT_INVALID', 'The event is not JSON.', { cause });
  }
}

async function firstRegistered(tools: Tools, catalog: string, subjects: readonly string[]): Promise<Version> {
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
