/** How many schemas apply to one and the same value through one another: a validator nests one call in another for each. */
import { active } from '../../schema/dialect.ts';
import type { SchemaDocument } from '../../schema/document.ts';
import { isObject } from '../../schema/json.ts';
import type { Pointer } from '../../schema/pointer.ts';
import { type References, references, type SchemaLocation } from '../../schema/reference.ts';
import { subschemas } from '../../schema/walk.ts';

interface Visit {
  readonly at: SchemaLocation;
  readonly inPlace: readonly SchemaLocation[];
  next: number;
  below: number;
}

/** Whether more than `maxLevels` schemas apply to one value through one another. */
export function nestsDeeper(document: SchemaDocument, maxLevels: number): boolean {
  const refs = references(document);
  const levels = new Map<SchemaDocument, Map<Pointer, number>>();
  const levelOf = ({ resource, pointer }: SchemaLocation) => levels.get(resource.document)?.get(pointer);
  const setLevel = ({ resource: { document: holder }, pointer }: SchemaLocation, level: number) => {
    const known = levels.get(holder) ?? new Map<Pointer, number>();
    levels.set(holder, known.set(pointer, level));
  };
  const waiting = [refs.root];
  const begin = (at: SchemaLocation): Visit => {
    const { inPlace, inParts } = below(refs, at);
    waiting.push(...inParts);
    setLevel(at, 0);
    return { at, inPlace, next: 0, below: 0 };
  };
  for (let start = waiting.pop(); start !== undefined; start = waiting.pop()) {
    if (levelOf(start) !== undefined) continue;
    const stack = [begin(start)];
    for (let visit = stack.at(-1); visit !== undefined; visit = stack.at(-1)) {
      const inner = visit.inPlace[visit.next];
      const known = inner === undefined ? undefined : levelOf(inner);
      if (inner !== undefined && known === undefined) stack.push(begin(inner));
      else {
        if (known !== undefined) visit.below = Math.max(visit.below, known);
        visit.next++;
        if (inner !== undefined) continue;
        if (visit.below >= maxLevels) return true;
        setLevel(visit.at, visit.below + 1);
        stack.pop();
      }
    }
  }
  return false;
}

interface Below {
  readonly inPlace: readonly SchemaLocation[];
  readonly inParts: readonly SchemaLocation[];
}

function below(refs: References, place: SchemaLocation): Below {
  const { schema, resource } = place;
  const inPlace: SchemaLocation[] = [];
  const inParts: SchemaLocation[] = [];
  if (!isObject(schema)) return { inPlace, inParts };
  for (const keyword of ['$ref', '$dynamicRef', '$recursiveRef'] as const) {
    const reference = active(schema, keyword, resource.dialect);
    const target = typeof reference === 'string' ? refs.resolve(place, reference) : undefined;
    if (target !== undefined) inPlace.push(target);
  }
  for (const { path, row, schema: child } of subschemas(schema, resource.dialect))
    if (row.meets !== 'none') (row.meets === 'same' ? inPlace : inParts).push(refs.descend(place, path, child));
  return { inPlace, inParts };
}
