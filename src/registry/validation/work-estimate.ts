/** How much work a validation may be, from the size of schema and event alone: what is surely little is done at once. */
import type { SchemaDocument } from '../../schema/document.ts';
import { isArray, isObject, type Json } from '../../schema/json.ts';

/** Values in a JSON value and characters in its strings. */
export function weightOf(value: Json): number {
  let weight = 0;
  const stack: Json[] = [value];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    weight += typeof at === 'string' ? 1 + at.length : 1;
    if (isArray(at)) for (const item of at) stack.push(item);
    else if (isObject(at)) for (const item of Object.values(at)) stack.push(item);
  }
  return weight;
}

export interface SchemaWeight {
  /** Values in the document and those it refers to: what compiling them takes grows with it. */
  readonly values: number;
  /** What each part of an event may be looked at by. A character of a pattern counts more: it may be a state of an automaton. */
  readonly looks: number;
}

const patternCharacter = 4;

export function schemaWeight(document: SchemaDocument): SchemaWeight {
  let values = 0;
  let looks = 0;
  const documents = new Set([document]);
  for (const each of documents) {
    for (const bundled of each.bundle.values()) documents.add(bundled);
    const stack: Json[] = [each.root];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      values += 1;
      if (isArray(at)) for (const item of at) stack.push(item);
      if (!isObject(at)) continue;
      looks += patternCharacter * patternCharacters(at);
      for (const item of Object.values(at)) stack.push(item);
    }
  }
  return { values, looks: looks + values };
}

function patternCharacters({ pattern, patternProperties }: { readonly [name: string]: Json }): number {
  const named = isObject(patternProperties) ? Object.keys(patternProperties) : [];
  return [typeof pattern === 'string' ? pattern : '', ...named].join('').length;
}
