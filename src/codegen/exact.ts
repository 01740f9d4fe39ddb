/** Whether a schema's type says everything the schema says: only then is what the type refuses what the schema refuses. */
import { active, isReplaced, keywordRow } from '../schema/dialect.ts';
import { isArray, isObject, type JsonObject } from '../schema/json.ts';
import type { SchemaLocation } from '../schema/reference.ts';
import type { Scope } from './scope.ts';

const exactKeywords = new Set(['type', 'const', 'enum', 'properties', 'required', 'allOf', 'anyOf', '$ref']);

/** Larger tests are taken for inexact. */
const maxParts = 200;

export function isExact(scope: Scope, root: SchemaLocation): boolean {
  const seen = new Set<string>();
  const queue = [root];
  for (let place = queue.pop(); place !== undefined; place = queue.pop()) {
    if (seen.has(scope.idOf(place))) continue;
    seen.add(scope.idOf(place));
    if (!isObject(place.schema)) continue;
    if (seen.size > maxParts || !isExactAlone(place.schema, place)) return false;
    const children = scope.below(place).filter(({ held }) => held.row.meets !== 'none');
    queue.push(...children.map((child) => child.place));
    for (const target of scope.targets(place)) {
      if (target === undefined) return false;
      queue.push(target);
    }
  }
  return true;
}

function isExactAlone(schema: JsonObject, { resource }: SchemaLocation): boolean {
  const { dialect } = resource;
  const type = active(schema, 'type', dialect);
  if ((isArray(type) ? type : [type]).includes('integer')) return false;
  return Object.keys(schema).every((keyword) => {
    const row = keywordRow(keyword, dialect);
    if (row === undefined || row.role === 'annotation' || exactKeywords.has(keyword)) return true;
    // definitions and identifiers say nothing; beside a reference that replaces its schema nothing else does
    if (row.role === 'core') return !/Ref$/.test(keyword);
    return isReplaced(schema, dialect);
  });
}
