/**
 * How schemas are applied without recursion. A check that meets subschemas is a generator: it yields the application it waits for,
 * and `complete` keeps the ones that wait on the heap. So neither the depth of an event nor a chain of ten thousand references can
 * exhaust the stack, and no answer depends on its size.
 */
import type { Json } from '../json.ts';
import { append, type Pointer } from '../pointer.ts';
import type { DynamicScope, References, SchemaLocation } from '../reference.ts';
import type { Rejection } from '../rejection.ts';
import type { Work } from '../work.ts';
import { type Evaluated, lend, nothingEvaluated } from './evaluated.ts';

/** An application that waits for others; it returns whether the value is accepted. */
export interface Step extends Generator<Step, boolean, boolean> {}

/** What is known at once, or a step that has to be completed. */
export type Outcome = boolean | Step;

export type Check = (value: Json, frame: Frame) => Outcome;

/** A schema made ready: one check for each keyword that constrains. */
export interface Node {
  readonly location: SchemaLocation;
  readonly checks: readonly Check[];
  /** None of its checks meets a subschema, so none is a step. */
  readonly isFlat: boolean;
}

/** One validation. */
export interface Run {
  readonly refs: References;
  readonly work: Work;
  /** Where rejections are collected; without it the first failure ends the validation. */
  readonly rejections: Rejection[] | undefined;
}

/** From the value being looked at up to the event. */
interface Path {
  readonly above: Path | undefined;
  readonly key: string | number;
}

/** Where in a validation a schema is applied. */
export interface Frame {
  readonly run: Run;
  readonly scope: DynamicScope;
  readonly path: Path | undefined;
  /** Absent where no schema asks what has been evaluated. */
  readonly evaluated: Evaluated | undefined;
}

/** Runs a step and whatever it waits for. */
export function complete(outcome: Outcome): boolean {
  if (typeof outcome === 'boolean') return outcome;
  const waiting: Step[] = [outcome];
  let result = true;
  for (let step = waiting.at(-1); step !== undefined; step = waiting.at(-1)) {
    const { done, value } = step.next(result);
    if (done === true) {
      waiting.pop();
      result = value;
    } else waiting.push(value);
  }
  return result;
}

/** The frame of a member or an item: nothing of it has been evaluated. */
export function inside({ run, scope, path, evaluated }: Frame, key: string | number): Frame {
  return { run, scope, path: { above: path, key }, evaluated: evaluated && nothingEvaluated() };
}

/** The frame of a subschema in place: what it evaluates counts once it accepts. */
export function beside(frame: Frame): Frame {
  return frame.evaluated === undefined ? frame : { ...frame, evaluated: nothingEvaluated() };
}

/** The frame of a question whose failure is no fault: nothing is collected. */
export function silent(frame: Frame): Frame {
  return frame.run.rejections === undefined ? frame : { ...frame, run: { ...frame.run, rejections: undefined } };
}

export function accept(frame: Frame, from: Frame): void {
  if (frame.evaluated !== undefined && from.evaluated !== undefined && frame !== from)
    lend(frame.evaluated, from.evaluated);
}

/** Whether a check may stop at the first failure. */
export function isSettled(frame: Frame): boolean {
  return frame.run.rejections === undefined;
}

export function instancePointer(path: Path | undefined): Pointer {
  const keys: (string | number)[] = [];
  for (let at = path; at !== undefined; at = at.above) keys.push(at.key);
  return append('', ...keys.reverse());
}
