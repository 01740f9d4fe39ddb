/**
 * Holds a mapping against events: every event of one side, mapped, must be valid on the other. Events made from the schemas try
 * their edges; recorded ones try what really happens. No proof in the logical sense: what is found is a counterexample or none.
 */
import type { FormatPolicy, World } from '../compat/report.ts';
import type { SchemaDocument } from '../schema/document.ts';
import type { Json } from '../schema/json.ts';
import { rejectionText } from '../schema/rejection-text.ts';
import { compileValidator, type EventValidator } from '../schema/validator.ts';
import { readMapping } from './expression.ts';
import { eventsOf } from './generate.ts';

export interface MappingSide {
  readonly document: SchemaDocument;
  readonly formats: FormatPolicy;
  readonly world: World;
  /** Events that really happened, payloads alone. */
  readonly recorded: readonly Json[];
}

/** JSONata: backward makes a payload of the old subject from one of its successor, forward the other way. */
export interface Expressions {
  readonly backward: string;
  readonly forward?: string;
}

export interface ProofTask {
  readonly expressions: Expressions;
  readonly old: MappingSide;
  readonly successor: MappingSide;
}

export type MappingDirection = 'backward' | 'forward';

/** An event that does not survive. Of a recorded one only its index in the list is given: its content may be personal. */
export type Failure = { readonly direction: MappingDirection; readonly problem: string } & (
  | { readonly event: Json; readonly mapped?: Json }
  | { readonly recorded: number }
);

export interface Proof {
  /** Why nothing could be tried: the expression, or an event that is none. */
  readonly problems: readonly { readonly at: string; readonly message: string }[];
  readonly generated: number;
  readonly recorded: number;
  /** How many events failed; of them the first few. */
  readonly failed: number;
  readonly failures: readonly Failure[];
}

/** Failures listed for each direction and kind. */
const maxFailuresPerKind = 3;

export async function prove({ expressions, old, successor }: ProofTask): Promise<Proof> {
  const validators = { old: validatorOf(old), successor: validatorOf(successor) };
  const problems = [
    ...recordedProblems('/recorded/subject', old, validators.old),
    ...recordedProblems('/recorded/successor', successor, validators.successor),
  ];
  if (expressions.forward === undefined && old.recorded.length > 0)
    problems.push({ at: '/recorded/subject', message: 'needs a forward mapping: nothing maps these events' });
  const backward = await tried('backward', expressions.backward, successor, validators.successor, validators.old);
  const forward =
    expressions.forward === undefined
      ? undefined
      : await tried('forward', expressions.forward, old, validators.old, validators.successor);
  const trials = [backward, ...(forward ? [forward] : [])];
  const sum = (count: (trial: Trial) => number) => trials.reduce((total, trial) => total + count(trial), 0);
  return {
    problems: [...problems, ...trials.flatMap((trial) => trial.problems)],
    generated: sum((trial) => trial.generated),
    recorded: sum((trial) => trial.recorded),
    failed: sum((trial) => trial.failed),
    failures: trials.flatMap((trial) => trial.failures),
  };
}

type Trial = Proof;

function validatorOf({ document, formats }: MappingSide): EventValidator {
  const compiled = compileValidator(document, { formats });
  if (!compiled.ok) throw new Error('a registered schema cannot be compiled into a validator');
  return compiled.validator;
}

function recordedProblems(at: string, { recorded }: MappingSide, validator: EventValidator) {
  return recorded.flatMap((event, index) => {
    const [first] = validator.validate(event);
    const place = `${at}/${index}`;
    return first
      ? [{ at: `${place}${first.instancePointer}`, message: `is no valid event: ${rejectionText(first)}` }]
      : [];
  });
}

async function tried(
  direction: MappingDirection,
  text: string,
  from: MappingSide,
  own: EventValidator,
  other: EventValidator,
): Promise<Trial> {
  const none: Trial = { problems: [], generated: 0, recorded: 0, failed: 0, failures: [] };
  const reading = readMapping(text);
  if (!reading.ok) {
    const position = reading.position === undefined ? '' : ` (at character ${reading.position})`;
    return { ...none, problems: [{ at: `/${direction}`, message: `${reading.message}${position}` }] };
  }
  const events = eventsOf(from.document, { ...from, accepts: (event) => own.validate(event).length === 0 });
  if (events.length === 0 && from.recorded.length === 0) {
    const message = 'no event could be made from the schema to try it on; send recorded ones';
    return { ...none, problems: [{ at: `/${direction}`, message }] };
  }
  const generated: Failure[] = [];
  const recorded: Failure[] = [];
  for (const event of events) {
    const mapped = await reading.map(event);
    const problem = mapped.ok ? rejectedBy(other, mapped.value) : `the expression ${mapped.message}`;
    if (problem !== undefined)
      generated.push({ direction, event, ...(mapped.ok && { mapped: mapped.value }), problem });
  }
  for (const [index, event] of from.recorded.entries()) {
    const mapped = await reading.map(event);
    const problem = mapped.ok ? rejectedBy(other, mapped.value) : `the expression fails (${mapped.code})`;
    if (problem !== undefined) recorded.push({ direction, recorded: index, problem });
  }
  return {
    problems: [],
    generated: events.length,
    recorded: from.recorded.length,
    failed: generated.length + recorded.length,
    failures: [...generated.slice(0, maxFailuresPerKind), ...recorded.slice(0, maxFailuresPerKind)],
  };
}

function rejectedBy(validator: EventValidator, value: Json): string | undefined {
  const [first] = validator.validate(value);
  return first && `what it makes is not valid at #${first.instancePointer}: ${rejectionText(first)}`;
}
