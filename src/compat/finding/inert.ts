/** Keywords that another dialect knows and this one does not: where they were meant to constrain, a break is no riddle. */
import { isForeign } from '../../schema/dialect.ts';
import type { Dialect, SchemaDocument } from '../../schema/document.ts';
import { isObject } from '../../schema/json.ts';
import { locations } from '../../schema/locations.ts';
import type { Pointer } from '../../schema/pointer.ts';
import { list } from './words.ts';

interface Inert {
  readonly at: Pointer;
  readonly dialect: Dialect;
  readonly keywords: readonly string[];
}

/** Of a document, the schemas that hold such keywords: few, and asked for with every finding. */
const inert = new WeakMap<SchemaDocument, readonly Inert[]>();

function inertOf(document: SchemaDocument): readonly Inert[] {
  const known = inert.get(document) ?? inertIn(document);
  inert.set(document, known);
  return known;
}

function inertIn(document: SchemaDocument): readonly Inert[] {
  return locations(document).flatMap(({ schema, pointer, resource: { dialect } }) => {
    const isInert = (keyword: string) => isForeign(keyword, dialect) && keyword !== '$defs';
    const keywords = isObject(schema) ? Object.keys(schema).filter(isInert) : [];
    return keywords.length === 0 ? [] : [{ at: pointer, dialect, keywords }];
  });
}

/** One sentence about such keywords in the schema at `pointer` and below; undefined where there are none. */
export function inertText(document: SchemaDocument, pointer: Pointer): string | undefined {
  const found = new Map<string, string>();
  for (const { at, dialect, keywords } of inertOf(document)) {
    if (!(at === pointer || at.startsWith(`${pointer}/`) || pointer.startsWith(`${at}/`))) continue;
    // around the pointer only the schema that holds it
    if (at !== pointer && pointer.startsWith(`${at}/`) && pointer.slice(at.length + 1).includes('/')) continue;
    for (const keyword of keywords) found.set(keyword, dialect);
  }
  const [dialect] = found.values();
  if (dialect === undefined) return undefined;
  const names = [...found.keys()].sort();
  return names.length === 1
    ? `${list(names)} is no keyword of ${dialect} and constrains nothing.`
    : `${list(names)} are no keywords of ${dialect} and constrain nothing.`;
}
