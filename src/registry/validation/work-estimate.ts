/** How much work a validation may be, from the size of schema and event alone: what is surely little is done at once. */
import type { SchemaDocument } from '../../schema/document.ts';
import { isArray, isObject, type Json } from '../../schema/json.ts';
import type { CompiledSize } from '../../schema/pattern.ts';

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

/** Values in the document and in those it refers to. */
function valuesIn(document: SchemaDocument): number {
  let values = 0;
  const documents = new Set([document]);
  for (const each of documents) {
    for (const bundled of each.bundle.values()) documents.add(bundled);
    const stack: Json[] = [each.root];
    for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
      values += 1;
      if (isArray(at)) for (const item of at) stack.push(item);
      else if (isObject(at)) for (const item of Object.values(at)) stack.push(item);
    }
  }
  return values;
}

/** A state of an automaton costs more than a value of a schema. */
const lookOfState = 4;

/** What each part of an event may be looked at by. */
export function looksOf(document: SchemaDocument, { states }: CompiledSize): number {
  return valuesIn(document) + lookOfState * states;
}
