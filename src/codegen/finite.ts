/** The strings a schema accepts, where they are few: from `enum`, `const`, a pattern that lists them, and what combines these. */
import { active } from '../schema/dialect.ts';
import { isArray, isObject } from '../schema/json.ts';
import type { SchemaLocation } from '../schema/reference.ts';
import { finiteNames } from './pattern/names.ts';
import type { Scope } from './scope.ts';

const maxDepth = 8;

/** Undefined where they are many or not known. A superset: what else the schema says may exclude some of them. */
export function finiteStrings(scope: Scope, place: SchemaLocation, depth = 0): ReadonlySet<string> | undefined {
  const { schema, resource } = place;
  if (!isObject(schema) || depth > maxDepth) return schema === false ? new Set() : undefined;
  const read = (keyword: 'const' | 'enum' | 'pattern') => active(schema, keyword, resource.dialect);
  const constant = read('const');
  const listed = constant === undefined ? read('enum') : [constant];
  if (isArray(listed)) return new Set(listed.filter((name) => typeof name === 'string'));
  const pattern = read('pattern');
  const names = typeof pattern === 'string' ? finiteNames(pattern) : undefined;
  if (names !== undefined) return new Set(names);
  for (const target of scope.targets(place)) {
    const found = target && finiteStrings(scope, target, depth + 1);
    if (found !== undefined) return found;
  }
  return fromBranches(scope, place, depth);
}

function fromBranches(scope: Scope, place: SchemaLocation, depth: number): ReadonlySet<string> | undefined {
  const below = scope.below(place);
  for (const { held, place: child } of below) {
    const found = held.keyword === 'allOf' ? finiteStrings(scope, child, depth + 1) : undefined;
    if (found !== undefined) return found;
  }
  for (const keyword of ['anyOf', 'oneOf']) {
    const branches = below.filter(({ held }) => held.keyword === keyword);
    const sets = branches.map((branch) => finiteStrings(scope, branch.place, depth + 1));
    if (sets.length > 0 && sets.every((set) => set !== undefined)) return new Set(sets.flatMap((set) => [...set]));
  }
  return undefined;
}
