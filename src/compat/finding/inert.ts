/** Keywords that another dialect knows and this one does not: where they were meant to constrain, a break is no riddle. */
import { isForeign } from '../../schema/dialect.ts';
import type { SchemaDocument } from '../../schema/document.ts';
import { isObject } from '../../schema/json.ts';
import { locations } from '../../schema/locations.ts';
import type { Pointer } from '../../schema/pointer.ts';
import { list } from './words.ts';

/** One sentence about such keywords in the schema at `pointer` and below; undefined where there are none. */
export function inertText(document: SchemaDocument, pointer: Pointer): string | undefined {
  const found = new Map<string, string>();
  for (const { schema, pointer: at, resource } of locations(document)) {
    if (!isObject(schema) || !(at === pointer || at.startsWith(`${pointer}/`) || pointer.startsWith(`${at}/`)))
      continue;
    // around the pointer only the schema that holds it
    if (at !== pointer && pointer.startsWith(`${at}/`) && pointer.slice(at.length + 1).includes('/')) continue;
    for (const keyword of Object.keys(schema))
      if (isForeign(keyword, resource.dialect) && keyword !== '$defs') found.set(keyword, resource.dialect);
  }
  const [dialect] = found.values();
  if (dialect === undefined) return undefined;
  const names = [...found.keys()].sort();
  return names.length === 1
    ? `${list(names)} is no keyword of ${dialect} and constrains nothing.`
    : `${list(names)} are no keywords of ${dialect} and constrain nothing.`;
}
