/** What a subject is found by: its name, title and description, its fields with their types and tags, and who answers for it. */

import type { Contract } from '../schema/contract.ts';
import type { SchemaDocument } from '../schema/document.ts';
import { isObject, type Json, member } from '../schema/json.ts';
import { reach } from '../schema/reach.ts';

export interface Searchable {
  readonly subject: string;
  readonly document: SchemaDocument;
  readonly contract: Contract;
  readonly tags: readonly string[];
  readonly owner: string | undefined;
  readonly classification: string | undefined;
}

/** Characters kept: what is searched is cut into pieces of three, and a book of it would keep the database for hours. */
const maxSearchText = 20_000;
const maxDescription = 500;

/** PostgreSQL's text holds no NUL; a document may. */
export function storable(text: string): string {
  return text.replaceAll('\0', '\ufffd');
}

/** Lower case, words separated by line feeds so that no word spans two of them. */
export function searchTextOf({ subject, document, contract, tags, owner, classification }: Searchable): string {
  const words = new Set<string>();
  let length = 0;
  const add = (text: Json | undefined) => {
    if (typeof text !== 'string' || text === '') return;
    const word = storable(text.slice(0, maxDescription)).toLowerCase();
    if (!words.has(word)) length += word.length + 1;
    words.add(word);
  };
  for (const text of [subject, owner, classification, contract.producer, contract.type, contract.aggregate, ...tags])
    add(text);
  for (const { place, name } of reach(document)) {
    if (length > maxSearchText) break;
    add(name);
    if (!isObject(place.schema)) continue;
    for (const keyword of ['title', 'description', 'type', 'format'] as const) add(member(place.schema, keyword));
  }
  return [...words].join('\n').slice(0, maxSearchText).toWellFormed();
}
