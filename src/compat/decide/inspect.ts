/** Questions about one schema instead of two: what it accepts at each place, and whether anything can stand there at all. */
import type { SchemaDocument } from '../../schema/document.ts';
import type { Json } from '../../schema/json.ts';
import type { Pointer } from '../../schema/pointer.ts';
import { type Context, createContext } from '../evaluate/context.ts';
import { holds } from '../evaluate/holds.ts';
import { Exhausted, within } from '../evaluate/meter.ts';
import { not, or } from '../graph/connective.ts';
import type { Lit } from '../graph/node.ts';
import { buildGraph } from '../graph/prepare.ts';
import type { Constraint, Shape } from '../graph/shape.ts';
import { openPool } from '../language/pool.ts';
import type { FormatPolicy } from '../report.ts';
import { answer } from '../solve/goal.ts';
import { createSolver, type Outcome, type Solver } from '../solve/solver.ts';

export interface Overlap {
  /** Matches both alternatives, and all that is demanded beside the union. */
  readonly value: Json;
  readonly branches: readonly [number, number];
}

/** Every answer is certain: where the budget or the theories end, there is none. */
export interface Inspection {
  /** Schemas of the document itself that events can meet, by pointer; parents before children. */
  readonly pointers: readonly Pointer[];
  /** The keywords that contradict each other where no value satisfies the schema; undefined where one does, or it is not known. */
  contradiction(pointer: Pointer): readonly string[] | undefined;
  /** A value that matches two alternatives of the `oneOf` in the schema at `pointer`. */
  overlap(pointer: Pointer): Overlap | undefined;
  /** Whether the schema at `pointer` accepts `value`; undefined where that is not known. */
  accepts(pointer: Pointer, value: Json): boolean | undefined;
  /** Whether every string matches the pattern. */
  isEmptyPattern(source: string): boolean;
}

/** Steps for all questions about one document, and for one of them: a tenth of what one direction of a comparison may take. */
const budget = 20_000;
const perQuestion = 2_000;

interface State {
  readonly context: Context;
  readonly solver: Solver;
  readonly shapes: ReadonlyMap<Pointer, Shape>;
}

export function inspect(document: SchemaDocument, formats: FormatPolicy): Inspection {
  let state: State | undefined;
  const ready = () => {
    state ??= open(document, formats);
    return state;
  };
  return {
    get pointers() {
      return attempt(() => [...ready().shapes.keys()]) ?? [];
    },
    contradiction: (pointer) => attempt(() => contradiction(ready(), pointer)),
    overlap: (pointer) => attempt(() => overlap(ready(), pointer)),
    accepts: (pointer, value) => attempt(() => accepts(ready(), pointer, value)),
    isEmptyPattern: (source) => attempt(() => isEmptyPattern(ready(), source)) ?? false,
  };
}

/** What fails here costs an answer and nothing else: a lint may be silent, never wrong. */
function attempt<R>(work: () => R): R | undefined {
  try {
    return work();
  } catch (error) {
    if (error instanceof RangeError || error instanceof Exhausted) return undefined;
    throw error;
  }
}

function open(document: SchemaDocument, formats: FormatPolicy): State {
  const anything: SchemaDocument = { root: true, dialect: '2020-12', bundle: new Map() };
  const graph = buildGraph(anything, document, { formats, ignore: new Set() });
  const context = createContext(graph.arena, openPool());
  const sound = graph.problems.length === 0;
  return {
    context,
    solver: createSolver(context, budget, graph.hints),
    shapes: sound ? shapesOf(graph.next, document) : new Map(),
  };
}

function shapesOf(root: Shape, document: SchemaDocument): ReadonlyMap<Pointer, Shape> {
  const found = new Map<Pointer, Shape>();
  const seen = new Set([root]);
  for (const shape of seen) {
    const { resource, pointer } = shape.place;
    if (resource.document === document && !found.has(pointer)) found.set(pointer, shape);
    for (const { parts } of shape.constraints) for (const part of parts) seen.add(part.shape);
  }
  return found;
}

function ask({ solver }: State, lits: readonly Lit[]): Outcome {
  return answer(solver, { lits, writers: [] }, perQuestion);
}

/** A smallest set of constraints that no value satisfies, by leaving out one after the other. */
function contradiction(state: State, pointer: Pointer): readonly string[] | undefined {
  const shape = state.shapes.get(pointer);
  if (shape === undefined || ask(state, [shape.lit]).kind !== 'unsat') return undefined;
  let core: readonly Constraint[] = shape.constraints;
  for (const each of shape.constraints) {
    const rest = core.filter((other) => other !== each);
    const lits = rest.map(({ lit }) => lit);
    if (lits.length > 0 && ask(state, lits).kind === 'unsat') core = rest;
  }
  return [...new Set(core.map(({ keyword }) => keyword))].sort();
}

function overlap(state: State, pointer: Pointer): Overlap | undefined {
  const shape = state.shapes.get(pointer);
  const union = shape?.constraints.find(({ keyword }) => keyword === 'oneOf');
  if (shape === undefined || union === undefined) return undefined;
  const { arena } = state.context;
  const beside = shape.constraints.filter((constraint) => constraint !== union).map(({ lit }) => lit);
  const branches = union.parts.map((part) => part.shape.lit);
  const outcome = ask(state, [...beside, or(arena, branches), not(arena, union.lit)]);
  if (outcome.kind !== 'sat') return undefined;
  const { value } = outcome;
  const holdsHere = (lit: Lit) => holds(state.context, lit, value) === true;
  const [first, second] = branches.flatMap((lit, index) => (holdsHere(lit) ? [index] : []));
  if (first === undefined || second === undefined || !beside.every(holdsHere)) return undefined;
  return { value, branches: [first, second] };
}

function accepts({ context, shapes }: State, pointer: Pointer, value: Json): boolean | undefined {
  const shape = shapes.get(pointer);
  return shape === undefined ? undefined : within(context.meter, perQuestion, () => holds(context, shape.lit, value));
}

function isEmptyPattern({ context: { pool } }: State, source: string): boolean {
  const definition = pool.pattern(source);
  return definition.kind === 'exact' && pool.relation(pool.all, definition.language) === 'equal';
}
