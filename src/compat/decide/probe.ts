/**
 * Questions about one edit: is there an event that the writer may send and the reader rejects at this very constraint?
 * The constraint is found where it stands; the way to it through properties, items and alternatives becomes part of the goal.
 */
import { isArray, isObject, type Json, member } from '../../schema/json.ts';
import { append, type Pointer } from '../../schema/pointer.ts';
import { explain } from '../evaluate/explain.ts';
import { holds } from '../evaluate/holds.ts';
import type { Arena } from '../graph/arena.ts';
import { item, items, pprop, prop } from '../graph/atom.ts';
import { and, not } from '../graph/connective.ts';
import { keySet } from '../graph/keyset.ts';
import type { Lit } from '../graph/node.ts';
import type { Constraint, Part, Shape, Step } from '../graph/shape.ts';
import { nth } from '../nth.ts';
import type { Witness } from '../report.ts';
import { answer } from '../solve/goal.ts';
import type { Solver } from '../solve/solver.ts';
import { type Case, witnessOf } from './witness.ts';

export interface Target {
  /** A keyword or a subschema of the reader's document. */
  readonly pointer: Pointer;
  /** For `required` and bans on undeclared properties: the name in question. */
  readonly name?: string;
  /** For bans on undeclared properties: the pattern of the names in question. */
  readonly pattern?: string;
}

export interface Given {
  readonly of: 'writer' | 'reader';
  /** A subschema that accepts the value it stands for: the alternative of a union the event was written for. */
  readonly pointer: Pointer;
}

export interface Probe {
  readonly target: Target;
  readonly given: readonly Given[];
}

type Into = Extract<Step, { readonly kind: 'key' | 'keys' | 'index' | 'indexes' }>;

/** A literal about a part of the event, and the way there. */
interface Located {
  readonly steps: readonly Into[];
  readonly lit: Lit;
}

interface Occurrence extends Located {
  readonly shape: Shape;
  readonly constraint: Constraint | undefined;
  /** The outermost constraint that must hold and that this one only contributes to: a union, a condition. */
  readonly guard: Guard | undefined;
  /** Conditions under which it applies at all. */
  readonly when: readonly Located[];
}

interface Guard extends Located {
  readonly constraint: Constraint;
  readonly shape: Shape;
}

/** Where every subschema of one schema stands, by pointer; a definition at its first use. What is asked for is made of it. */
export type Occurrences = ReadonlyMap<Pointer, Visit>;

/** A subschema, and the way to it. */
interface Visit {
  readonly shape: Shape;
  /** Its place in the order in which all were met. */
  readonly index: number;
  readonly above: Visit | undefined;
  /** From there into the event. */
  readonly step: Into | undefined;
  readonly depth: number;
  readonly guard: { readonly at: Visit; readonly constraint: Constraint } | undefined;
  readonly when: readonly { readonly at: Visit; readonly lit: Lit }[];
  /** Another one with the same pointer, met before. */
  readonly before: Visit | undefined;
}

const conditional = new Set(['then', 'else', 'dependencies', 'dependentSchemas']);
/** Steps into the event: what lies deeper is not asked about, no event that deep is made. */
const maxSteps = 300;

const turning = new Set(['not', 'if']);

export function occurrencesOf(root: Shape): Occurrences {
  const visits = new Map<Pointer, Visit>();
  const seen = new Set<number>();
  const start = { shape: root, above: undefined, step: undefined, depth: 0, guard: undefined, when: [] };
  const waiting: Omit<Visit, 'index' | 'before'>[] = [start];
  for (let index = 0; index < waiting.length; index++) {
    const { shape, above, step, depth, guard, when } = nth(waiting, index);
    if (seen.has(shape.id) || depth > maxSteps) continue;
    seen.add(shape.id);
    const { pointer } = shape.place;
    const at: Visit = { shape, index, above, step, depth, guard, when, before: visits.get(pointer) };
    visits.set(pointer, at);
    for (const constraint of shape.constraints) {
      if (turning.has(constraint.keyword)) continue;
      for (const part of constraint.parts) {
        const inside = seen.has(part.shape.id) ? undefined : enter(at, constraint, part);
        if (inside !== undefined) waiting.push(inside);
      }
    }
  }
  return visits;
}

function enter(at: Visit, constraint: Constraint, { step, shape }: Part): Omit<Visit, 'index' | 'before'> | undefined {
  const { depth, guard, when } = at;
  const own = () => guard ?? { at, constraint };
  const into = (way: Into, held: Visit['guard']) => ({
    shape,
    above: at,
    step: way,
    depth: depth + 1,
    guard: held,
    when,
  });
  switch (step.kind) {
    case 'same': {
      const inPlace = { shape, above: at, step: undefined, depth };
      if (step.must) return { ...inPlace, guard, when };
      const conditions = conditional.has(constraint.keyword) ? [...when, { at, lit: step.when }] : when;
      return { ...inPlace, guard: own(), when: conditions };
    }
    case 'key':
    case 'keys':
    case 'index':
    case 'indexes':
      return into(step, guard);
    // what is left over depends on the neighbours: the keyword as a whole says whether it is violated
    case 'unevaluatedKeys':
      return into({ kind: 'keys', keys: keySet([], [], true) }, own());
    case 'unevaluatedItems':
      return into({ kind: 'indexes', from: 0 }, own());
    default:
      return undefined;
  }
}

function stepsTo(visit: Visit): readonly Into[] {
  const steps: Into[] = [];
  for (let at: Visit | undefined = visit; at !== undefined; at = at.above)
    if (at.step !== undefined) steps.push(at.step);
  return steps.reverse();
}

function occurrence(visit: Visit, constraint?: Constraint): Occurrence {
  const { shape, guard, when } = visit;
  return {
    shape,
    constraint,
    steps: stepsTo(visit),
    lit: constraint?.lit ?? shape.lit,
    guard: guard && {
      steps: stepsTo(guard.at),
      lit: guard.constraint.lit,
      constraint: guard.constraint,
      shape: guard.at.shape,
    },
    when: when.map(({ at, lit }) => ({ steps: stepsTo(at), lit })),
  };
}

function schemaAt(places: Occurrences, pointer: Pointer): Occurrence | undefined {
  const visit = places.get(pointer);
  return visit && occurrence(visit);
}

interface Held {
  readonly visit: Visit;
  readonly constraint: Constraint;
}

/** The constraints known as `key` where `pointer` is that of a keyword, or of a member of a keyword that lists. */
function constraintsAt(places: Occurrences, pointer: Pointer, key = pointer): readonly Held[] {
  const keyword = pointer.slice(0, Math.max(0, pointer.lastIndexOf('/')));
  const holders = [keyword, keyword.slice(0, Math.max(0, keyword.lastIndexOf('/')))];
  return [...new Set(holders)]
    .flatMap((holder) => visitsAt(places, holder))
    .sort((left, right) => left.index - right.index)
    .flatMap((visit) => (keysOf(visit.shape).get(key) ?? []).map((constraint) => ({ visit, constraint })));
}

/** By shape: an edit asks about one of thousands of its constraints. */
const keysByShape = new WeakMap<Shape, ReadonlyMap<string, readonly Constraint[]>>();

/** Constraints by their own pointer, by that of their keyword, and by the name they require. */
function keysOf(shape: Shape): ReadonlyMap<string, readonly Constraint[]> {
  const known = keysByShape.get(shape);
  if (known !== undefined) return known;
  const keys = new Map<string, Constraint[]>();
  const add = (key: string, constraint: Constraint) => {
    const list = keys.get(key);
    if (list === undefined) keys.set(key, [constraint]);
    else list.push(constraint);
  };
  for (const constraint of shape.constraints) {
    const { pointer, keyword } = constraint;
    add(pointer, constraint);
    const whole = `${shape.place.pointer}/${keyword}`;
    // it begins with that
    if (whole.length < pointer.length) add(whole, constraint);
    const name = requiredName(constraint, shape);
    if (name !== undefined) add(named(whole, name), constraint);
  }
  keysByShape.set(shape, keys);
  return keys;
}

function visitsAt(places: Occurrences, pointer: Pointer): readonly Visit[] {
  const found: Visit[] = [];
  for (let at = places.get(pointer); at !== undefined; at = at.before) found.push(at);
  return found;
}

/** That `lit` holds of every value the steps lead to. */
function wrap(arena: Arena, steps: readonly Into[], lit: Lit): Lit {
  return steps.reduceRight((inner, step) => wrapOne(arena, step, inner), lit);
}

function wrapOne(arena: Arena, step: Into, lit: Lit): Lit {
  switch (step.kind) {
    case 'key':
      return prop(arena, step.key, lit);
    case 'keys':
      return pprop(arena, step.keys, lit);
    case 'index':
      return item(arena, step.index, lit);
    case 'indexes':
      return items(arena, step.from, lit);
  }
}

function wrapped(arena: Arena, { steps, lit }: Located): Lit {
  return wrap(arena, steps, lit);
}

export interface Asked {
  readonly question: Case;
  readonly solver: Solver;
  /** Steps for one goal. */
  readonly maxSteps: number;
  readonly writer: Occurrences;
  readonly reader: Occurrences;
}

/** A witness against `probe.target`; undefined where there is none, or none was found. */
export function probe(asked: Asked, { target, given }: Probe): Witness | undefined {
  const { arena } = asked.question.context;
  for (const occurrence of find(asked.reader, target)) {
    const failing = failingAt(arena, occurrence, target);
    const guard = occurrence.guard ?? occurrence;
    const inPlace = inContext(asked, occurrence, failing, given);
    if (inPlace === undefined) continue;
    const lits = [not(arena, wrapped(arena, guard)), ...inPlace];
    // where a guard or what has to hold outside of one fails, the reader rejects: that need not be asked for again
    const witness = ask(asked, lits, occurrence);
    if (witness !== undefined) return witness;
  }
  return undefined;
}

/** A witness that violates none of `targets`; undefined where they explain every break, or none was found. */
export function probeBeyond(asked: Asked, targets: readonly Target[]): Witness | undefined {
  const { arena } = asked.question.context;
  const holding = targets.flatMap((target) =>
    find(asked.reader, target).map((found) => wrapped(arena, mended(arena, found, target))),
  );
  return ask(asked, [not(arena, asked.question.reader.lit), ...holding], undefined);
}

/** What holds once the edit is taken as mended. */
function mended(arena: Arena, found: Occurrence, target: Target): Located {
  return found.guard ?? failingAt(arena, found, target);
}

function ask(
  { question, solver, maxSteps }: Asked,
  lits: readonly Lit[],
  about: Occurrence | undefined,
): Witness | undefined {
  const writers = question.world === 'closed' ? [{ shape: question.writer, certain: true }] : [];
  const base = question.writer.lit;
  const goal = { lits: [base, ...lits], writers, base };
  const outcome = answer(solver, goal, maxSteps);
  if (outcome.kind !== 'sat') return undefined;
  const witness = witnessOf(question, outcome.value, lits);
  return witness === undefined || about === undefined
    ? witness
    : { ...witness, rejection: explained(question, witness, about) };
}

function find(places: Occurrences, { pointer, name }: Target): readonly Occurrence[] {
  const about = name === undefined ? [] : constraintsAt(places, pointer, named(pointer, name));
  const constraints = about.length > 0 ? about : constraintsAt(places, pointer);
  if (constraints.length > 0) {
    const isAbout = ({ constraint, visit }: Held) =>
      name === undefined || (requiredName(constraint, visit.shape) ?? name) === name;
    return constraints.filter(isAbout).map(({ visit, constraint }) => occurrence(visit, constraint));
  }
  const schema = schemaAt(places, pointer);
  return schema === undefined ? [] : [schema];
}

/** No pointer holds a line break that is not part of a name; one after the keyword is ours. */
function named(keyword: Pointer, name: string): string {
  return `${keyword}\n${name}`;
}

function requiredName({ keyword, pointer }: Constraint, { place }: Shape): string | undefined {
  if (keyword !== 'required') return undefined;
  const names = isObject(place.schema) ? member(place.schema, 'required') : undefined;
  const name = isArray(names) ? names[Number(pointer.slice(pointer.lastIndexOf('/') + 1))] : undefined;
  return typeof name === 'string' ? name : undefined;
}

/** What has to fail; a ban on undeclared properties only for the names in question. */
function failingAt(arena: Arena, { steps, lit, constraint }: Occurrence, { name, pattern }: Target): Located {
  const [part] = constraint?.parts ?? [];
  if (constraint?.keyword === 'required' || part === undefined) return { steps, lit };
  if (name !== undefined) return { steps, lit: prop(arena, name, part.shape.lit) };
  return { steps, lit: pattern === undefined ? lit : pprop(arena, keySet([], [pattern]), part.shape.lit) };
}

/** The constraint fails for a value that the given alternatives accept, under the conditions it applies in. */
function inContext(
  { question, reader, writer }: Asked,
  { when }: Occurrence,
  failing: Located,
  given: readonly Given[],
): readonly Lit[] | undefined {
  const { arena } = question.context;
  const assumed: Located[] = [...when];
  for (const { of, pointer } of given) {
    const found = schemaAt(of === 'writer' ? writer : reader, pointer);
    if (found === undefined) return undefined;
    assumed.push(found);
  }
  const depth = assumed.reduce((least, { steps }) => Math.min(least, steps.length), failing.steps.length);
  // all of them are ways to the same value, or to one inside it
  const common = failing.steps.slice(0, depth);
  const within = (located: Located) => wrap(arena, located.steps.slice(depth), located.lit);
  const all = [...assumed.map(within), not(arena, within(failing))];
  return [not(arena, wrap(arena, common, not(arena, and(arena, all))))];
}

/** Where and why, for the constraint asked about: the reader may reject the event elsewhere too. */
function explained({ context }: Case, { value, rejection }: Witness, about: Occurrence): Witness['rejection'] {
  const { constraint, shape, steps, lit } = about.guard ?? about;
  const pointer = constraint?.pointer ?? shape.place.pointer;
  if (rejection.schemaPointer === pointer || rejection.schemaPointer.startsWith(`${pointer}/`)) return rejection;
  const found = locate(value, steps, '', (part) => holds(context, lit, part) === false);
  if (found === undefined) return rejection;
  const alone = constraint === undefined ? shape : { ...shape, constraints: [constraint] };
  return explain(context, alone, found.part, found.at) ?? rejection;
}

function locate(
  part: Json,
  steps: readonly Into[],
  at: Pointer,
  test: (value: Json) => boolean,
): { readonly at: Pointer; readonly part: Json } | undefined {
  const [step, ...rest] = steps;
  if (step === undefined) return test(part) ? { at, part } : undefined;
  for (const [key, inside] of entries(part)) {
    if (step.kind === 'key' && key !== step.key) continue;
    if (step.kind === 'index' && key !== String(step.index)) continue;
    const found = locate(inside, rest, append(at, key), test);
    if (found !== undefined) return found;
  }
  return undefined;
}

function entries(value: Json): readonly (readonly [string, Json])[] {
  if (isArray(value)) return value.map((each, index) => [String(index), each]);
  return isObject(value) ? Object.entries(value) : [];
}
