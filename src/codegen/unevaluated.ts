/** Types with what `unevaluatedProperties` and `unevaluatedItems` say beside combinators (JSON Schema core §11). */
import { union } from './algebra.ts';
import type { Lookup } from './complement.ts';
import { objectsIn } from './optional.ts';
import { anyObject, kinds, kindsOf, type ObjectType, type Type } from './type.ts';

/** `type` whose objects may have further members of the type `rest`. */
export function openMembers(type: Type, rest: Type, lookup: Lookup): Type {
  if (type.kind === 'object') return type.rest === 'open' ? { ...type, rest } : type;
  if (type.kind === 'union')
    return { ...type, members: type.members.map((member) => openMembers(member, rest, lookup)) };
  if (kindsOf(type) !== kinds.object) return type;
  // an index signature beside other types has to take their members too
  const declared = objectsIn(type, lookup, 0).flatMap((object) => object.properties);
  const isLacking = declared.some((property) => !property.required);
  const missing: readonly Type[] = isLacking ? [{ kind: 'reference', to: 'undefined', kinds: 0 }] : [];
  const signature: ObjectType = {
    ...anyObject,
    rest: rest.kind === 'unknown' ? rest : union([rest, ...declared.map((property) => property.type), ...missing]),
  };
  return { kind: 'intersection', members: [...(type.kind === 'intersection' ? type.members : [type]), signature] };
}

/** `type` whose arrays end where what is known of them ends. */
export function closedElements(type: Type, lookup: Lookup): Type {
  if (type.kind === 'union') return { ...type, members: type.members.map((member) => closedElements(member, lookup)) };
  if ((kindsOf(type) & kinds.array) === 0) return type;
  const at = lookup.expand(type);
  if (at.kind === 'array' && at.items.kind === 'unknown')
    return { kind: 'tuple', prefix: [], required: 0, rest: undefined };
  return at.kind === 'tuple' && at.rest?.kind === 'unknown' ? { ...at, rest: undefined } : type;
}
