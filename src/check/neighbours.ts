/** What the rest of a catalog says: gathered from its documents, for the rules about consistency. */
import { fieldTypes } from '../policy/field-types.ts';
import type { Neighbours } from '../policy/rule.ts';
import type { SchemaDocument } from '../schema/document.ts';

export interface NeighbourEntry {
  readonly subject: string;
  readonly document: SchemaDocument;
}

/** The facts that `entries` state, for each of them alike. `stages`: by `catalog/subject`, where they are known. */
export function neighboursOf(
  entries: readonly NeighbourEntry[],
  stages: ReadonlyMap<string, string> = new Map(),
): Neighbours {
  const fields = new Map<string, Map<string, string[]>>();
  for (const { subject, document } of entries)
    for (const { name, type } of fieldTypes(document)) {
      const types = fields.get(name) ?? new Map<string, string[]>();
      const subjects = types.get(type) ?? [];
      if (subjects.at(-1) !== subject) subjects.push(subject);
      fields.set(name, types.set(type, subjects));
    }
  return { fields, stages };
}
