/** A type alias that is itself through unions and intersections alone means nothing and does not compile. */

import { intersect, union } from './algebra.ts';
import type { Declaration, Model, Type } from './type.ts';
import { unknownType } from './type.ts';

/** `model` with every reference that leads back to its own declaration, without passing a field or an element, made unknown. */
export function withoutLoops(model: Model): Model {
  const types = new Map([model.root, ...model.definitions].map(({ name, type }) => [name, type]));
  const reaches = (from: string, goal: string, seen: Set<string>): boolean => {
    if (seen.has(from)) return false;
    seen.add(from);
    return directReferences(types.get(from)).some((to) => to === goal || reaches(to, goal, seen));
  };
  const loose = (declaration: Declaration): Declaration => {
    if (!reaches(declaration.name, declaration.name, new Set())) return declaration;
    const type = cut(declaration.type, (to) => to === declaration.name || reaches(to, declaration.name, new Set()));
    types.set(declaration.name, type);
    return { ...declaration, type };
  };
  return { root: loose(model.root), definitions: model.definitions.map(loose) };
}

function directReferences(type: Type | undefined): readonly string[] {
  if (type?.kind === 'reference') return [type.to];
  return type?.kind === 'union' || type?.kind === 'intersection' ? type.members.flatMap(directReferences) : [];
}

function cut(type: Type, loops: (to: string) => boolean): Type {
  if (type.kind === 'reference') return loops(type.to) ? unknownType : type;
  if (type.kind === 'union') return union(type.members.map((member) => cut(member, loops)));
  if (type.kind === 'intersection') return type.members.map((member) => cut(member, loops)).reduce(intersect);
  return type;
}
