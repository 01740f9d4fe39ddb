/**
 * How deep a validator that compiles schemas inside one another has to nest: through subschemas and through references, each
 * schema once, in document order.
 */
import { active } from '../../schema/dialect.ts';
import type { SchemaDocument } from '../../schema/document.ts';
import { isObject } from '../../schema/json.ts';
import { type References, references, type SchemaLocation } from '../../schema/reference.ts';
import { subschemas } from '../../schema/walk.ts';

interface Visit {
  readonly below: readonly SchemaLocation[];
  next: number;
}

/** Whether more than `maxLevels` schemas are compiled inside one another. */
export function nestsDeeper(document: SchemaDocument, maxLevels: number): boolean {
  const refs = references(document);
  const seen = new Set<string>();
  const visit = (at: SchemaLocation): Visit => {
    seen.add(keyOf(at));
    return { below: below(refs, at), next: 0 };
  };
  const stack = [visit(refs.root)];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    if (stack.length > maxLevels) return true;
    const inner = top.below[top.next++];
    if (inner === undefined) stack.pop();
    else if (!seen.has(keyOf(inner))) stack.push(visit(inner));
  }
  return false;
}

function keyOf({ resource, pointer }: SchemaLocation): string {
  return `${resource.uri} ${pointer}`;
}

function below(refs: References, place: SchemaLocation): readonly SchemaLocation[] {
  const { schema, resource } = place;
  if (!isObject(schema)) return [];
  const found: SchemaLocation[] = [];
  for (const keyword of ['$ref', '$dynamicRef', '$recursiveRef'] as const) {
    const reference = active(schema, keyword, resource.dialect);
    const target = typeof reference === 'string' ? refs.resolve(place, reference) : undefined;
    if (target !== undefined) found.push(target);
  }
  for (const { path, row, schema: child } of subschemas(schema, resource.dialect))
    if (row.meets !== 'none') found.push(refs.descend(place, path, child));
  return found;
}
