/** What is left of a type without another one, where a structural type can say exactly that. */
import { intersect, union } from './algebra.ts';
import { keyOf, kinds, kindsOf, neverType, type ObjectType, type Property, type Type } from './type.ts';

/** Looks into types: what a name stands for, and what is known of a member. */
export interface Lookup {
  expand(type: Type): Type;
}

/** What `type` says about its member `name` in each of its values; undefined where it says nothing. */
export function memberOf(type: Type, name: string, { expand }: Lookup): Property | undefined {
  const at = expand(type);
  if (at.kind === 'object') return at.properties.find((property) => property.name === name);
  if (at.kind !== 'intersection' && at.kind !== 'union') return undefined;
  const found = at.members.map((member) => memberOf(member, name, { expand }));
  const known = found.filter((property) => property !== undefined);
  const [first] = known;
  if (first === undefined || (at.kind === 'union' && known.length < found.length)) return undefined;
  const types = known.map((property) => property.type);
  return at.kind === 'union'
    ? { ...first, type: union(types), required: known.every((property) => property.required) }
    : { ...first, type: types.reduce(intersect), required: known.some((property) => property.required) };
}

/** The values of `base` that are none of `without`; undefined where types cannot tell them apart. Both must be exact. */
export function complement(base: Type, without: Type, lookup: Lookup): Type | undefined {
  const [of, not] = [lookup.expand(base), lookup.expand(without)];
  if (not.kind === 'unknown') return neverType;
  if (not.kind === 'never' || (kindsOf(of) & kindsOf(not)) === 0) return base;
  if (not.kind === 'union') {
    let left: Type | undefined = base;
    for (const member of not.members) left = left && complement(left, member, lookup);
    return left;
  }
  if (of.kind === 'union') {
    const parts = of.members.map((member) => complement(member, not, lookup));
    return parts.every((part) => part !== undefined) ? union(parts) : undefined;
  }
  if (not.kind === 'intersection') {
    const parts = not.members.map((member) => complement(base, member, lookup));
    return parts.every((part) => part !== undefined) ? union(parts) : undefined;
  }
  if (keyOf(of) === keyOf(not)) return neverType;
  return not.kind === 'object' ? otherObjects(of, not, lookup) : otherScalars(of, not);
}

function otherScalars(of: Type, not: Type): Type | undefined {
  if (of.kind === 'literal') return not.kind === 'primitive' ? neverType : of;
  if (of.kind === 'primitive' && of.name === 'boolean' && not.kind === 'literal')
    return { kind: 'literal', value: not.value === false };
  return undefined;
}

/** One alternative for each member that `not` tests: it has another value, or it is not there. */
function otherObjects(of: Type, not: ObjectType, lookup: Lookup): Type | undefined {
  if (not.rest !== 'open' || not.patterns.length > 0 || kindsOf(of) !== kinds.object) return undefined;
  const alternatives: Type[] = [];
  for (const tested of not.properties) {
    const known = memberOf(of, tested.name, lookup);
    const other = otherMember(known, tested, lookup);
    if (other === undefined) return undefined;
    const canLack = tested.required && known?.required !== true;
    if (other.kind === 'never' && !canLack) continue;
    const property = { name: tested.name, type: other, required: !canLack, doc: {} };
    alternatives.push({ kind: 'object', properties: [property], patterns: [], rest: 'open' });
  }
  return union(alternatives);
}

function otherMember(known: Property | undefined, tested: Property, lookup: Lookup): Type | undefined {
  // nothing else declares it: without it the type would refuse what is free to come
  if (known === undefined) return undefined;
  return tested.type.kind === 'unknown' ? neverType : complement(known.type, tested.type, lookup);
}
