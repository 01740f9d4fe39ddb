/** The decision: is there a value that the writer's schema allows and the reader's rejects? */
import type { SchemaDocument } from '../../schema/document.ts';
import type { Json } from '../../schema/json.ts';
import type { Pointer } from '../../schema/pointer.ts';
import type { Confirm } from '../confirm/confirmation.ts';
import { type Context, createContext } from '../evaluate/context.ts';
import { holds } from '../evaluate/holds.ts';
import { Exhausted, partsPerStep, within } from '../evaluate/meter.ts';
import { writes } from '../evaluate/writes.ts';
import { not } from '../graph/connective.ts';
import { buildGraph, type Graph } from '../graph/prepare.ts';
import type { Shape } from '../graph/shape.ts';
import { openPool } from '../language/pool.ts';
import {
  type Direction,
  type DirectionReport,
  defaultBudget,
  type FormatPolicy,
  type Undecided,
  type Witness,
  type World,
} from '../report.ts';
import { answer as answerGoal } from '../solve/goal.ts';
import { createSolver, type Solver, sat } from '../solve/solver.ts';
import { counterexample } from './guard.ts';
import { ignoredPlaces, withoutIgnored } from './ignored.ts';
import { withKnownReferences } from './known-references.ts';
import { type Asked, type Occurrences, occurrencesOf, type Probe, probe, probeBeyond, type Target } from './probe.ts';
import { type Case, findWitness } from './witness.ts';

export interface DecideOptions {
  readonly formats?: FormatPolicy;
  readonly ignore?: readonly Pointer[];
  /** Solver steps for one direction in one world. Default 200,000. */
  readonly budget?: number;
  readonly confirm?: Confirm;
  /** Whether values of the writer are shown to the reader after every proof. Default false. */
  readonly guard?: boolean;
}

export type Side = 'previous' | 'next';

/**
 * Two documents prepared for comparison: one graph and its caches serve all four questions.
 * backward: the writer is `previous`, the reader `next`; forward: the other way round.
 */
export interface Pair {
  readonly previous: SchemaDocument;
  readonly next: SchemaDocument;
  decide(direction: Direction, world: World): DirectionReport;
  /** An event that breaks the reader at one constraint; undefined: there is none, or none was found. */
  probe(direction: Direction, world: World, probe: Probe): Witness | undefined;
  /** An event that breaks the reader but violates none of `targets`. */
  probeBeyond(direction: Direction, world: World, targets: readonly Target[]): Witness | undefined;
  /** Whether `side` accepts `value`; undefined where that rests on something opaque. */
  accepts(side: Side, value: Json): boolean | undefined;
  /** Whether a writer of `side` may send `value` in `world`. */
  writes(side: Side, value: Json, world: World): boolean | undefined;
}

interface State {
  readonly graph: Graph;
  readonly context: Context;
  readonly solver: Solver;
  readonly options: DecideOptions & { readonly formats: FormatPolicy; readonly budget: number };
  readonly documents: Readonly<Record<Side, SchemaDocument>>;
  readonly answers: Map<string, DirectionReport>;
  readonly places: Map<Side, Occurrences>;
  /** Steps left for the questions about single edits, which together get as many as one direction. */
  readonly probing: { left: number };
}

export function prepare(before: SchemaDocument, after: SchemaDocument, options: DecideOptions = {}): Pair {
  const [previous, next] = [withKnownReferences(before), withKnownReferences(after)];
  const settled = {
    ...options,
    formats: options.formats ?? 'assert',
    budget: options.budget ?? defaultBudget,
  } as const;
  const documents = { previous, next };
  let state: State | undefined;
  // an answer must come even where building the graph fails
  const ready = (): State => {
    state ??= open(documents, settled);
    return state;
  };
  const shapeOf = (side: Side): Shape => ready().graph[side];
  return {
    previous,
    next,
    decide: (direction, world) => guarded(() => decide(ready(), direction, world)),
    probe: (direction, world, question) =>
      attempt(
        () => probing(ready(), () => probe(askedOf(ready(), direction, world), question)),
        () => undefined,
      ),
    probeBeyond: (direction, world, targets) =>
      attempt(
        () => probing(ready(), () => probeBeyond(askedOf(ready(), direction, world), targets)),
        () => undefined,
      ),
    accepts: (side, value) =>
      attempt(
        () => withinValueSteps(ready(), () => holds(ready().context, shapeOf(side).lit, value)),
        () => undefined,
      ),
    writes: (side, value, world) =>
      attempt(
        () =>
          withinValueSteps(ready(), () =>
            world === 'open'
              ? holds(ready().context, shapeOf(side).lit, value)
              : writes(ready().context, shapeOf(side), value),
          ),
        () => undefined,
      ),
  };
}

function open(documents: State['documents'], options: State['options']): State {
  const ignore = ignoredPlaces([documents.previous, documents.next], options.ignore ?? []);
  const compileOptions = { formats: options.formats, ignore };
  const graph = buildGraph(documents.previous, documents.next, compileOptions);
  const context = createContext(graph.arena, openPool());
  const solver = createSolver(context, options.budget, graph.hints);
  // the second voice knows nothing of ignored places
  const compared = {
    previous: withoutIgnored(documents.previous, ignore),
    next: withoutIgnored(documents.next, ignore),
  };
  const probing = { left: options.budget };
  return { graph, context, solver, options, documents: compared, answers: new Map(), places: new Map(), probing };
}

/** Steps for looking at values, beside those of the search: a witness is made, evaluated and made smaller. */
const stepsForValues = 50_000;

function withinValueSteps<R>({ context }: State, work: () => R): R {
  return within(context.meter, stepsForValues, work);
}

/** One hard question may not take all that is left from the easy ones after it. */
const minProbes = 8;

function probing<R>(state: State, work: () => R | undefined): R | undefined {
  const { solver, context, probing: budget } = state;
  if (budget.left <= 0) return undefined;
  const before = context.meter.spent;
  solver.steps = 0;
  try {
    return within(context.meter, budget.left, work);
  } finally {
    budget.left -= Math.ceil((context.meter.spent - before) / partsPerStep);
  }
}

/** An exception is a bug of ours and no proof: the answer is undecided, never compatible. */
function attempt<R>(work: () => R, otherwise: (reason: Undecided) => R): R {
  try {
    return work();
  } catch (error) {
    return otherwise(reasonOf(error));
  }
}

/** Why an answer failed, in words that do not depend on the runtime. */
export function reasonOf(error: unknown): Undecided {
  if (error instanceof Exhausted) return { reason: 'budget', detail: error.message };
  if (error instanceof RangeError) return { reason: 'internal', detail: 'the schemas nest too deep for this process' };
  return { reason: 'internal', detail: error instanceof Error ? error.message : String(error) };
}

function guarded(work: () => DirectionReport): DirectionReport {
  return attempt(work, (reason) => ({ verdict: 'undecided', undecided: [reason], steps: 0 }));
}

export function caseOf(state: State, direction: Direction, world: World): Case {
  const [from, to] = direction === 'backward' ? (['previous', 'next'] as const) : (['next', 'previous'] as const);
  const { graph, context, options, documents } = state;
  return {
    context,
    writer: graph[from],
    reader: graph[to],
    world,
    confirm: options.confirm,
    given: graph.given,
    formats: options.formats,
    documents: { writer: documents[from], reader: documents[to] },
  };
}

function askedOf(state: State, direction: Direction, world: World): Asked {
  const places = (side: Side): Occurrences => {
    const known = state.places.get(side) ?? occurrencesOf(state.graph[side]);
    state.places.set(side, known);
    return known;
  };
  const [from, to] = direction === 'backward' ? (['previous', 'next'] as const) : (['next', 'previous'] as const);
  const question = caseOf(state, direction, world);
  const maxSteps = Math.ceil(state.options.budget / minProbes);
  return { question, solver: state.solver, maxSteps, writer: places(from), reader: places(to) };
}

function decide(state: State, direction: Direction, world: World): DirectionReport {
  const key = `${direction} ${world}`;
  const known = state.answers.get(key);
  if (known !== undefined) return known;
  const answer = inherited(state, direction, world) ?? searched(state, direction, world);
  state.answers.set(key, answer);
  return answer;
}

/** Closed-world writers send less: what holds in the open world holds, and a closed witness is an open one. */
function inherited(state: State, direction: Direction, world: World): DirectionReport | undefined {
  const other = state.answers.get(`${direction} ${world === 'open' ? 'closed' : 'open'}`);
  if (other === undefined || other.verdict === 'undecided') return undefined;
  if (world === 'open') return other.verdict === 'incompatible' ? { ...other, steps: 0 } : undefined;
  if (other.verdict === 'compatible') return { ...other, steps: 0 };
  const { writer } = caseOf(state, direction, world);
  const sent = other.witness !== undefined && writes(state.context, writer, other.witness.value) === true;
  return sent ? { ...other, steps: 0 } : undefined;
}

function searched(state: State, direction: Direction, world: World): DirectionReport {
  return within(state.context.meter, state.options.budget + stepsForValues, () => search(state, direction, world));
}

function search(state: State, direction: Direction, world: World): DirectionReport {
  const { solver, graph } = state;
  const question = caseOf(state, direction, world);
  solver.steps = 0;
  const { lit } = question.reader;
  const goal = {
    lits: [question.writer.lit, not(graph.arena, lit)],
    writers: world === 'closed' ? [{ shape: question.writer, certain: true }] : [],
  };
  const illFounded = graph.problems.length > 0;
  const outcome = illFounded ? undefined : answerGoal(solver, goal);
  const refuted =
    outcome?.kind === 'unsat' && state.options.guard === true ? counterexample(question, solver) : undefined;
  if (outcome?.kind === 'unsat' && refuted === undefined) return { verdict: 'compatible', steps: solver.steps };
  const found = findWitness(question, solver, goal, refuted === undefined ? outcome : sat(refuted));
  if ('witness' in found) return { verdict: 'incompatible', witness: found.witness, steps: solver.steps };
  const undecided = illFounded ? graph.problems : [found.undecided];
  return { verdict: 'undecided', undecided, steps: solver.steps };
}
