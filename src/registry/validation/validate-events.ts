/** Validates whole events against their catalog's envelope and against the subject that the envelope names. */
import { Fault } from '../../errors.ts';
import type { Catalog } from '../../schema/catalog.ts';
import { envelopeOf, type SplitEvent, splitEvent } from '../../schema/envelope.ts';
import { bindingRejections } from '../../schema/envelope-binding.ts';
import type { Json } from '../../schema/json.ts';
import { inTurns } from '../../turns.ts';
import { catalogOf } from '../versions/look-up.ts';
import {
  countUse,
  errorsOf,
  refuseForeign,
  type Validating,
  type Validation,
  type ValidationContext,
  validationOf,
} from './validate.ts';
import type { RegisteredValidator } from './validators.ts';
import type { VersionValidator } from './version-validators.ts';

export interface EventValidation extends Validation {
  readonly version?: VersionValidator;
}

export async function validateEvents(
  context: ValidationContext,
  input: { readonly catalog: string; readonly events: readonly Json[]; readonly transportName?: string },
  validating: Validating,
): Promise<readonly (EventValidation | Fault)[]> {
  refuseForeign(context, validating, { catalog: input.catalog });
  const record = await catalogOf(context.store, input.catalog);
  const { rules } = record;
  const envelope = context.envelopes.of(record);
  const wireTypes = await context.wireTypes.of(context.store, input.catalog);
  const seen = new Map<string, Promise<VersionValidator | undefined>>();
  const options = { wireTypes, ...(input.transportName !== undefined && { transportName: input.transportName }) };
  const routed = await inTurns(
    input.events,
    (event) => route(context, rules, event, options, seen).catch(faultOnly),
    context.caller.signal,
  );
  const inner = await innerValidations(context, routed, envelopeOf(rules).at.payload);
  const outer = await outerValidations(context, envelope, routed, input.events);
  const results = await inTurns(
    [...routed.entries()],
    ([index, result]) => {
      if (result instanceof Fault) return result;
      const bound = errorsOf(bindingRejections(result.version.bindings, input.events[index] ?? null));
      const [around, its] = [outer.get(result), inner.get(result)];
      if (!around || !its) throw new Error('an event was not validated');
      const errors = [...around.errors, ...bound, ...its.errors];
      return { valid: errors.length === 0, errors, version: result.version };
    },
    context.caller.signal,
  );
  for (const result of results) if (!(result instanceof Fault)) countUse(context, result.version, validating, 1);
  return results;
}

/** Of the events that belong to a version, what their envelope says. */
async function outerValidations(
  context: ValidationContext,
  envelope: RegisteredValidator,
  routed: readonly (Routed | Fault)[],
  events: readonly Json[],
): Promise<ReadonlyMap<Routed, Validation>> {
  const pairs = routed.flatMap((one, index) => (one instanceof Fault ? [] : [[one, events[index] ?? null] as const]));
  const payloads = { values: pairs.map(([, event]) => event) };
  const rejected = await envelope.validate(context.validations, payloads, context.caller);
  return new Map(pairs.map(([one], index) => [one, validationOf(rejected[index] ?? [])]));
}

/** What one version validates, it validates together. */
async function innerValidations(
  context: ValidationContext,
  routed: readonly (Routed | Fault)[],
  prefix: string,
): Promise<ReadonlyMap<Routed, Validation>> {
  const byVersion = new Map<VersionValidator, Routed[]>();
  for (const one of routed) {
    if (one instanceof Fault) continue;
    const events = byVersion.get(one.version);
    if (events) events.push(one);
    else byVersion.set(one.version, [one]);
  }
  const found = new Map<Routed, Validation>();
  for (const [{ validator }, events] of byVersion) {
    const payloads = { values: events.map(({ payload }) => payload) };
    const rejected = await validator.validate(context.validations, payloads, context.caller);
    for (const [index, rejections] of rejected.entries()) {
      const event = events[index];
      if (event) found.set(event, validationOf(rejections, prefix));
    }
  }
  return found;
}

/** An event that names no subject does not fail its batch; any other error does. */
function faultOnly(error: unknown): Fault {
  if (error instanceof Fault && error.status < 500) return error;
  throw error;
}

/** An event's payload, and the version it belongs to. */
interface Routed {
  readonly version: VersionValidator;
  readonly payload: Json;
}

async function route(
  context: ValidationContext,
  rules: Catalog,
  event: Json,
  options: Parameters<typeof splitEvent>[2],
  seen: Map<string, Promise<VersionValidator | undefined>>,
): Promise<Routed> {
  const split = splitEvent(rules, event, options);
  if (!split.ok)
    throw new Fault('EVENT_UNROUTABLE', { pointer: split.problem.pointer }, { message: split.problem.message });
  const version = await firstRegistered(context, rules.name, split.event, seen);
  return { version, payload: split.event.payload };
}

async function firstRegistered(
  context: ValidationContext,
  catalog: string,
  { subjects }: SplitEvent,
  seen: Map<string, Promise<VersionValidator | undefined>>,
): Promise<VersionValidator> {
  for (const subject of subjects) {
    const asked = seen.get(subject) ?? registered(context, catalog, subject);
    seen.set(subject, asked);
    const version = await asked;
    if (version) return version;
  }
  throw new Fault(
    'SUBJECT_NOT_FOUND',
    { catalog, tried: [...subjects] },
    { message: `No registered subject fits the event: ${subjects.join(', ')}.` },
  );
}

async function registered(
  context: ValidationContext,
  catalog: string,
  subject: string,
): Promise<VersionValidator | undefined> {
  try {
    return await context.versionValidators.of(context, { catalog, subject, version: 'latest' });
  } catch (error) {
    if (error instanceof Fault && (error.code === 'SUBJECT_NOT_FOUND' || error.code === 'VERSION_NOT_FOUND'))
      return undefined;
    throw error;
  }
}
