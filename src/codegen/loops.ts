/** A type alias that is itself through unions and intersections alone means nothing and does not compile. */

import { intersect, union } from './algebra.ts';
import type { Declaration, Model, Type } from './type.ts';
import { unknownType } from './type.ts';

/** `model` with every reference that leads back to its own declaration, without passing a field or an element, made unknown. */
export function withoutLoops(model: Model): Model {
  const looping = inLoops([model.root, ...model.definitions]);
  const loose = (declaration: Declaration): Declaration =>
    looping.has(declaration.name)
      ? { ...declaration, type: cut(declaration.type, (to) => looping.has(to)) }
      : declaration;
  return { root: loose(model.root), definitions: model.definitions.map(loose) };
}

/**
 * The declarations on a loop of direct references, or between two loops: what is left when declarations without outgoing or
 * without incoming references are removed until none is. Linear in declarations and references.
 */
function inLoops(declarations: readonly Declaration[]): ReadonlySet<string> {
  const outgoing = new Map(declarations.map(({ name, type }) => [name, new Set(directReferences(type))]));
  const incoming = new Map(declarations.map(({ name }) => [name, new Set<string>()]));
  for (const [name, targets] of outgoing)
    for (const target of targets) {
      if (incoming.has(target)) incoming.get(target)?.add(name);
      else targets.delete(target);
    }
  const left = new Set(outgoing.keys());
  const peel = (ahead: ReadonlyMap<string, Set<string>>, behind: ReadonlyMap<string, Set<string>>) => {
    const free = [...left].filter((name) => ahead.get(name)?.size === 0);
    for (let name = free.pop(); name !== undefined; name = free.pop()) {
      left.delete(name);
      for (const before of behind.get(name) ?? []) {
        const rest = ahead.get(before);
        if (rest?.delete(name) && rest.size === 0 && left.has(before)) free.push(before);
      }
    }
  };
  peel(outgoing, incoming);
  peel(incoming, outgoing);
  return left;
}

function directReferences(type: Type): readonly string[] {
  if (type.kind === 'reference') return [type.to];
  return type.kind === 'union' || type.kind === 'intersection' ? type.members.flatMap(directReferences) : [];
}

function cut(type: Type, loops: (to: string) => boolean): Type {
  if (type.kind === 'reference') return loops(type.to) ? unknownType : type;
  if (type.kind === 'union') return union(type.members.map((member) => cut(member, loops)));
  if (type.kind === 'intersection') return type.members.map((member) => cut(member, loops)).reduce(intersect);
  return type;
}
