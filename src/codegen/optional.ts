/** What alternatives declare, where nothing says which of them is met: every member is optional. */
import { union } from './algebra.ts';
import { type Lookup, memberOf } from './complement.ts';
import { anyObject, type ObjectType, type Property, type Type, unknownType } from './type.ts';

/** The members that `types` declare and `base` does not, each optional and of any of the types it has there. */
export function optionalMembers(types: readonly Type[], base: Type, lookup: Lookup): ObjectType {
  const objects = types.flatMap((type) => objectsIn(type, lookup, 0));
  const found = new Map<string, Property[]>();
  for (const { properties } of objects)
    for (const property of properties) found.set(property.name, [...(found.get(property.name) ?? []), property]);
  const properties: Property[] = [];
  for (const [name, stated] of found) {
    const known = memberOf(base, name, lookup);
    if (known !== undefined && known.type.kind !== 'unknown') continue;
    const telling = stated.filter(({ type }) => type.kind !== 'unknown');
    const type = telling.length === 0 ? unknownType : union(telling.map((property) => property.type));
    if (type.kind === 'never') continue;
    properties.push({ name, type, required: false, doc: Object.assign({}, ...stated.map(({ doc }) => doc).reverse()) });
  }
  const patterns = objects.flatMap((object) => object.patterns);
  // where nothing is declared until a condition holds, anything may come until then
  const isFree = objectsIn(base, lookup, 0).every((object) => object.properties.length + object.patterns.length === 0);
  const isOpened = isFree || objects.some(({ rest }) => rest !== 'open' && rest.kind !== 'never');
  return { ...anyObject, properties, patterns, rest: isOpened ? unknownType : 'open' };
}

const maxDepth = 32;

/** The object types among the alternatives and conjuncts of `type`. */
export function objectsIn(type: Type, lookup: Lookup, depth: number): readonly ObjectType[] {
  const at = lookup.expand(type);
  if (depth > maxDepth) return [];
  if (at.kind === 'object') return [at];
  if (at.kind !== 'union' && at.kind !== 'intersection') return [];
  return at.members.flatMap((member) => objectsIn(member, lookup, depth + 1));
}
