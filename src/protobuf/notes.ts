/**
 * What a `.proto` file says of its data beside types: lines of a leading comment such as `x-classification: confidential` or
 * `x-contract: { "producer": "orders" }` are keywords of the JSON Schema of its events. A value that is no JSON is text; a JSON object or
 * list may go over several lines.
 */
import type { Json, JsonObject } from '../schema/json.ts';

export interface Notes {
  /** The comment without its keywords; absent where nothing is left. */
  readonly description?: string;
  readonly keywords: JsonObject;
}

const keywordLine = /^(x-[a-z][a-z-]*):[ \t]*(.*)$/;

export function notesOf(comment: string | undefined): Notes {
  const lines = (comment ?? '').split('\n');
  const kept: string[] = [];
  const keywords: Record<string, Json> = {};
  for (let at = 0; at < lines.length; at += 1) {
    const [, name, rest] = keywordLine.exec(lines[at]!.trim()) ?? [];
    if (name === undefined || rest === undefined) {
      kept.push(lines[at]!);
      continue;
    }
    const { value, taken } = valueFrom(lines, at, rest);
    keywords[name] = value;
    at += taken;
  }
  const description = kept.join('\n').trim();
  return { keywords, ...(description !== '' && { description }) };
}

/** A value that is not closed within so many lines is the text of its first: looking on at each line would take quadratic time. */
const maxValueLines = 100;

/** `taken`: lines after the first that belong to the value. */
function valueFrom(
  lines: readonly string[],
  at: number,
  rest: string,
): { readonly value: Json; readonly taken: number } {
  const whole = /^[[{]/.test(rest) ? closedFrom(lines, at, rest) : { text: rest, taken: 0 };
  try {
    return { value: JSON.parse(whole?.text ?? ''), taken: whole?.taken ?? 0 };
  } catch {
    return { value: rest, taken: 0 };
  }
}

/** The text up to the line in which the first bracket is closed; brackets in strings do not count. */
function closedFrom(lines: readonly string[], at: number, rest: string) {
  let text = rest;
  let open = 0;
  for (let taken = 0; taken < maxValueLines; taken += 1) {
    const line = taken === 0 ? rest : lines[at + taken];
    if (line === undefined) return undefined;
    if (taken > 0) text += `\n${line}`;
    for (const [token] of line.matchAll(/"(?:[^"\\]|\\.)*"|[[{\]}]/g)) {
      if (token === '{' || token === '[') open += 1;
      else if (token === '}' || token === ']') open -= 1;
    }
    if (open <= 0) return { text, taken };
  }
  return undefined;
}
