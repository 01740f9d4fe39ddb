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

/** `taken`: lines after the first that belong to the value. */
function valueFrom(
  lines: readonly string[],
  at: number,
  rest: string,
): { readonly value: Json; readonly taken: number } {
  const isOpen = /^[[{]/.test(rest);
  let text = rest;
  for (let taken = 0; ; taken += 1) {
    try {
      return { value: JSON.parse(text), taken };
    } catch {
      const next = lines[at + taken + 1];
      if (!isOpen || next === undefined) return { value: rest, taken: 0 };
      text += `\n${next}`;
    }
  }
}
