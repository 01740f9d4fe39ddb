/** What is validated together: values, or texts as callers sent them, which are parsed where they are validated. */
import { Fault } from '../../errors.ts';
import type { Json } from '../../schema/json.ts';
import type { Rejection } from '../../schema/rejection.ts';
import type { EventValidator } from '../../schema/validator.ts';
import { inTurns } from '../../turns.ts';
import { parseJson } from '../json-text.ts';
import { weightOf } from './work-estimate.ts';

/** One event, or the lines of a batch: then a line that is not JSON is refused at its place, and does not fail the others. */
export interface EventTexts {
  readonly isBatch: boolean;
  readonly texts: readonly string[];
  /** Levels of JSON. */
  readonly maxDepth: number;
}

export type Payloads = { readonly values: readonly Json[] } | EventTexts;

/** Of each payload, at most what `weightOf` says of its value: a text has a character for everything that counts there. */
export function weightsOf(payloads: Payloads): readonly number[] {
  return 'values' in payloads ? payloads.values.map(weightOf) : payloads.texts.map(({ length }) => length);
}

export function portionOf(payloads: Payloads, from: number, to: number): Payloads {
  return 'values' in payloads
    ? { values: payloads.values.slice(from, to) }
    : { ...payloads, texts: payloads.texts.slice(from, to) };
}

/** Why the payload at `index` is refused; empty where it is accepted. Faults: those of `parseJson`, for one event. */
export function rejectionsAt(payloads: Payloads, index: number, validator: EventValidator): readonly Rejection[] {
  if ('values' in payloads) return validator.validate(payloads.values[index] ?? null);
  const { isBatch, texts, maxDepth } = payloads;
  const text = texts[index] ?? '';
  if (!isBatch) return validator.validate(parseJson(text, maxDepth));
  const read = readLine(text, maxDepth);
  return 'value' in read ? validator.validate(read.value) : [unreadable(read.problem)];
}

export function rejectionsOf(payloads: Payloads, validator: EventValidator): readonly (readonly Rejection[])[] {
  const items: readonly unknown[] = 'values' in payloads ? payloads.values : payloads.texts;
  return items.map((_, index) => rejectionsAt(payloads, index, validator));
}

/** A line of a batch as a value, or what is wrong with it. */
export type EventRead = { readonly value: Json } | { readonly problem: string };

/** Faults: those of `parseJson`, for one event. A batch may be long: others are answered between its lines. */
export async function readEvents(
  { isBatch, texts, maxDepth }: EventTexts,
  signal?: AbortSignal,
): Promise<readonly EventRead[]> {
  if (!isBatch) return texts.map((text) => ({ value: parseJson(text, maxDepth) }));
  return inTurns(texts, (text) => readLine(text, maxDepth), signal);
}

function readLine(text: string, maxDepth: number): EventRead {
  try {
    return { value: parseJson(text, maxDepth) };
  } catch (error) {
    if (error instanceof Fault) return { problem: error.message };
    throw error;
  }
}

/** The keyword under which a line stands that is not JSON. */
const notJson = 'json';

export function unreadable(problem: string): Rejection {
  return { instancePointer: '', schemaPointer: '', keyword: notJson, params: { problem } };
}

/** Whether there was an event at all. */
export function isReadable([first]: readonly Rejection[]): boolean {
  return first?.keyword !== notJson;
}
