/** From a value that the search found to a witness: small, checked by our own evaluator, confirmed by another validator. */
import type { SchemaDocument } from '../../schema/document.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../schema/json.ts';
import type { Confirm } from '../confirm/confirmation.ts';
import type { Context } from '../evaluate/context.ts';
import { explain } from '../evaluate/explain.ts';
import { holds } from '../evaluate/holds.ts';
import { writes } from '../evaluate/writes.ts';
import { oneOfValues, valueSet } from '../graph/connective.ts';
import { type Lit, negate } from '../graph/node.ts';
import type { Shape } from '../graph/shape.ts';
import type { FormatPolicy, Undecided, Witness, World } from '../report.ts';
import { answer } from '../solve/goal.ts';
import type { Goal, Outcome, Solver } from '../solve/solver.ts';
import { withExamples } from './examples.ts';

/** One direction in one world. */
export interface Case {
  readonly context: Context;
  readonly writer: Shape;
  readonly reader: Shape;
  readonly world: World;
  readonly formats: FormatPolicy;
  readonly documents: { readonly writer: SchemaDocument; readonly reader: SchemaDocument };
  readonly confirm: Confirm | undefined;
  /** Values that authors gave as examples, by their schema. */
  readonly given: ReadonlyMap<Shape, readonly Json[]>;
}

export type Found = { readonly witness: Witness } | { readonly undecided: Undecided };

/** How often another value is asked for after the second validator disagreed. */
const maxAttempts = 3;

/** A string in a witness longer than this is possible rather than likely. */
const longString = 200;

export function isWitness(question: Case, value: Json): boolean {
  return isRejected(question, value) && isSent(question, value);
}

function isRejected({ context, reader }: Case, value: Json): boolean {
  return holds(context, reader.lit, value) === false;
}

function isSent({ context, writer, world }: Case, value: Json): boolean {
  return (world === 'closed' ? writes(context, writer, value) : holds(context, writer.lit, value)) === true;
}

export function findWitness(question: Case, solver: Solver, goal: Goal, first: Outcome | undefined): Found {
  let outcome = first;
  const banned: Json[] = [];
  while (outcome?.kind === 'sat' && banned.length < maxAttempts) {
    const witness = witnessOf(question, outcome.value);
    if (witness !== undefined) return { witness };
    banned.push(outcome.value);
    const others: Lit = negate(oneOfValues(question.context.arena, valueSet(banned)));
    outcome = answer(solver, { ...goal, lits: [...goal.lits, others] });
  }
  for (const value of guesses(question)) {
    const witness = isWitness(question, value) ? witnessOf(question, value) : undefined;
    if (witness !== undefined) return { witness };
  }
  if (banned.length > 0) {
    const detail = 'the engine and the confirming validator do not agree on the values found';
    return { undecided: { reason: 'validators-disagree', detail } };
  }
  const reason = outcome?.kind === 'unknown' ? outcome : { reason: 'internal', detail: 'no answer' };
  return { undecided: { reason: reason.reason, detail: reason.detail } };
}

/** Values worth trying where the search gave up: what the authors themselves wrote down. */
export function guesses(question: Case): readonly Json[] {
  const found: Json[] = [];
  for (const document of [question.documents.writer, question.documents.reader]) {
    const { root } = document;
    if (!isObject(root)) continue;
    for (const keyword of ['examples', 'default', 'example', 'enum', 'const'] as const) {
      const given = Object.hasOwn(root, keyword) ? root[keyword] : undefined;
      if (given !== undefined) found.push(...(isArray(given) && keyword !== 'default' ? given : [given]));
    }
  }
  return found.slice(0, 64);
}

/** The witness that `value` makes, smaller where it can be and `still` holds of it; undefined where it proves nothing. */
export function witnessOf(question: Case, value: Json, still: readonly Lit[] = []): Witness | undefined {
  const { context } = question;
  // the writer first: what is left out of a witness is mostly something that both ask for
  const proves = (candidate: Json) =>
    isSent(question, candidate) &&
    isRejected(question, candidate) &&
    still.every((lit) => holds(context, lit, candidate) === true);
  const before = context.meter.spent;
  if (!proves(value)) return undefined;
  const cost = context.meter.spent - before;
  const { meter } = context;
  const enough = Math.min(meter.until, meter.spent + partsForShrinking);
  // a try costs about what the first proof did, or less
  const isStill = (candidate: Json) => meter.spent + cost < enough && proves(candidate);
  const small = withExamples(question.writer, shrink(value, isStill), question.given, isStill);
  const confirmed = confirmedBy(question, small);
  if (confirmed === undefined) return undefined;
  const rejection = explain(question.context, question.reader, small) ?? {
    instancePointer: '',
    schemaPointer: question.reader.place.pointer,
    keyword: 'schema',
  };
  const witness: Witness = { value: small, confirmedBy: confirmed, rejection };
  return hasLongString(small) ? { ...witness, pathological: true } : witness;
}

function confirmedBy(question: Case, value: Json): readonly string[] | undefined {
  const { confirm, documents, formats } = question;
  if (confirm === undefined) return ['herald'];
  const word = confirm(documents.writer, documents.reader, value, formats);
  if (word === 'disagrees') return undefined;
  return word === 'confirmed' ? ['herald', 'ajv'] : ['herald'];
}

function hasLongString(value: Json): boolean {
  if (typeof value === 'string') return value.length > longString;
  if (isArray(value)) return value.length > longString || value.some(hasLongString);
  return isObject(value) && Object.values(value).some(hasLongString);
}

/** Evaluations spent on making a witness smaller. */
const maxShrinks = 60;
const partsForShrinking = 2_000_000;

/** Leaves out properties and last items while the value stays a witness; halves first, so that large values shrink fast. */
export function shrink(value: Json, isStill: (candidate: Json) => boolean): Json {
  const left = { tries: maxShrinks };
  const attempt = (candidate: Json): boolean => left.tries-- > 0 && isStill(candidate);
  return shrinkPart(value, (whole) => whole, attempt, left);
}

type Rebuild = (part: Json) => Json;

function shrinkPart(
  part: Json,
  rebuild: Rebuild,
  attempt: (candidate: Json) => boolean,
  left: { tries: number },
): Json {
  if (isArray(part)) return shrinkItems(part, rebuild, attempt);
  if (!isObject(part)) return part;
  let kept: JsonObject = part;
  const keys = Object.keys(part);
  for (let size = Math.ceil(keys.length / 2); size >= 1 && left.tries > 0; size = size > 1 ? Math.ceil(size / 2) : 0) {
    for (let at = 0; at < keys.length && left.tries > 0; at += size) {
      const drop = new Set(keys.slice(at, at + size));
      if (![...drop].some((key) => Object.hasOwn(kept, key))) continue;
      const smaller = without(kept, drop);
      if (attempt(rebuild(smaller))) kept = smaller;
    }
  }
  for (const key of Object.keys(kept)) {
    if (left.tries <= 0) break;
    const holder = kept;
    const inside = shrinkPart(holder[key] as Json, (each) => rebuild(withMember(holder, key, each)), attempt, left);
    if (inside !== holder[key]) kept = withMember(holder, key, inside);
  }
  return kept;
}

function shrinkItems(part: readonly Json[], rebuild: Rebuild, attempt: (candidate: Json) => boolean): Json {
  let kept = part;
  while (kept.length > 0 && attempt(rebuild(kept.slice(0, -1)))) kept = kept.slice(0, -1);
  return kept;
}

/** Written out, because objects of many members are left out of many times over. */
function without(object: JsonObject, drop: ReadonlySet<string>): JsonObject {
  const left: Record<string, Json> = {};
  for (const key of Object.keys(object)) {
    if (drop.has(key)) continue;
    // assigned to, this name would be no member
    if (key === '__proto__') Object.defineProperty(left, key, { value: object[key], ...ownMember });
    else left[key] = object[key] as Json;
  }
  return left;
}

const ownMember = { enumerable: true, configurable: true, writable: true } as const;

function withMember(object: JsonObject, key: string, value: Json): JsonObject {
  return { ...object, [key]: value };
}
