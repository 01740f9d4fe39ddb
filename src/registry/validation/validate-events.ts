/** Holds whole events against their catalog's envelope and against the subject that the envelope names. */
import { Fault } from '../../errors.ts';
import type { Catalog } from '../../schema/catalog.ts';
import { envelopeOf, type SplitEvent, splitEvent } from '../../schema/envelope.ts';
import type { Json, JsonObject } from '../../schema/json.ts';
import { parseSchema } from '../../schema/parse.ts';
import { compileValidator, type EventValidator } from '../../schema/validator.ts';
import { inTurns } from '../turns.ts';
import { catalogOf } from '../versions/look-up.ts';
import type { Judge } from './judges.ts';
import {
  countUse,
  type Judgement,
  judgement,
  refuseForeign,
  type ValidationContext,
  type Witnessed,
} from './validate.ts';

export interface EventJudgement extends Judgement {
  readonly judge?: Judge;
}

export async function validateEvents(
  context: ValidationContext,
  input: { readonly catalog: string; readonly events: readonly Json[]; readonly transportName?: string },
  witnessed: Witnessed,
): Promise<readonly (EventJudgement | Fault)[]> {
  refuseForeign(context, witnessed, { catalog: input.catalog });
  const { rules } = await catalogOf(context.store, input.catalog);
  const envelope = envelopeValidator(rules);
  const wireTypes = await context.wireTypes.of(context.store, input.catalog);
  const seen = new Map<string, Promise<Judge | undefined>>();
  const options = { wireTypes, ...(input.transportName !== undefined && { transportName: input.transportName }) };
  const results = await inTurns(input.events, (event) =>
    one(context, rules, envelope, event, options, seen).catch(faultOnly),
  );
  for (const result of results)
    if (!(result instanceof Fault) && result.judge) countUse(context, result.judge, witnessed, 1);
  return results;
}

/** One event that names no subject does not spoil its batch; anything else does. */
function faultOnly(error: unknown): Fault {
  if (error instanceof Fault && error.status < 500) return error;
  throw error;
}

async function one(
  context: ValidationContext,
  rules: Catalog,
  envelope: EventValidator,
  event: Json,
  options: Parameters<typeof splitEvent>[2],
  seen: Map<string, Promise<Judge | undefined>>,
): Promise<EventJudgement> {
  const split = splitEvent(rules, event, options);
  if (!split.ok)
    throw new Fault('EVENT_UNROUTABLE', { pointer: split.problem.pointer }, { message: split.problem.message });
  const judge = await firstRegistered(context, rules.name, split.event, seen);
  const around = judgement(envelope, event);
  const inside = judgement(judge.validator, split.event.payload, envelopeOf(rules).at.payload);
  return { valid: around.valid && inside.valid, errors: [...around.errors, ...inside.errors], judge };
}

async function firstRegistered(
  context: ValidationContext,
  catalog: string,
  { subjects }: SplitEvent,
  seen: Map<string, Promise<Judge | undefined>>,
): Promise<Judge> {
  for (const subject of subjects) {
    const asked = seen.get(subject) ?? registered(context, catalog, subject);
    seen.set(subject, asked);
    const judge = await asked;
    if (judge) return judge;
  }
  throw new Fault(
    'SUBJECT_NOT_FOUND',
    { catalog, tried: [...subjects] },
    { message: `No registered subject fits the event: ${subjects.join(', ')}.` },
  );
}

async function registered(context: ValidationContext, catalog: string, subject: string): Promise<Judge | undefined> {
  try {
    return await context.judges.of(context, { catalog, subject, version: 'latest' });
  } catch (error) {
    if (error instanceof Fault && (error.code === 'SUBJECT_NOT_FOUND' || error.code === 'VERSION_NOT_FOUND'))
      return undefined;
    throw error;
  }
}

const compiledEnvelopes = new WeakMap<JsonObject, EventValidator>();

function envelopeValidator(rules: Catalog): EventValidator {
  const { schema } = envelopeOf(rules);
  const held = compiledEnvelopes.get(schema);
  if (held) return held;
  const parsed = parseSchema({ value: schema });
  const compiled = parsed.ok ? compileValidator(parsed.document, { formats: rules.formats }) : parsed;
  if (!compiled.ok)
    throw new Fault(
      'CATALOG_INVALID',
      { catalog: rules.name },
      { message: 'The catalog’s envelope is no usable schema.' },
    );
  compiledEnvelopes.set(schema, compiled.validator);
  return compiled.validator;
}
