/** Which values of events a type holds, and what of them a target of another type no longer tells. */
import type { ts } from '@ts-morph/common';
import type { Project } from './compiler.ts';
import type { EventPlace, EventTypes } from './event-types.ts';

export interface ValuePlaces {
  /** Where the events' values lie that a value of the type is or holds; empty where it holds none. */
  inType(type: ts.Type): readonly EventPlace[];
  /** Those of `from` that code which has a `to` could read without their types. */
  lost(from: ts.Type, to: ts.Type): readonly EventPlace[];
}

const maxDepth = 4;
const maxMembers = 100;

export function valuePlaces({ compiler, program, checker }: Project, types: EventTypes): ValuePlaces {
  const known = new Map<ts.Type, readonly EventPlace[]>();

  /** An object of an event itself. */
  function own(type: ts.Type): readonly EventPlace[] {
    return (type.symbol?.declarations ?? []).flatMap((declaration) => types.objects.get(declaration) ?? []);
  }

  function inType(type: ts.Type, depth = 0): readonly EventPlace[] {
    const cached = known.get(type);
    if (cached) return cached;
    const found = unique(find(type, depth));
    if (depth === 0) known.set(type, found);
    return found;
  }

  function find(type: ts.Type, depth: number): readonly EventPlace[] {
    if (depth > maxDepth) return [];
    if (type.isUnionOrIntersection()) return type.types.flatMap((one) => inType(one, depth));
    const places = own(type);
    if (places.length > 0) return places;
    if (!(type.flags & compiler.TypeFlags.Object)) return [];
    const held = argumentsOf(type).flatMap((one) => inType(one, depth + 1));
    if (isForeign(type)) return held;
    return [
      ...held,
      ...membersOf(type).flatMap(([symbol, member]) => memberPlaces(symbol) ?? inType(member, depth + 1)),
    ];
  }

  function memberPlaces(symbol: ts.Symbol): readonly EventPlace[] | undefined {
    const places = (symbol.declarations ?? []).flatMap((declaration) => types.members.get(declaration) ?? []);
    return places.length > 0 ? places : undefined;
  }

  function membersOf(type: ts.Type): readonly (readonly [ts.Symbol, ts.Type])[] {
    return checker
      .getPropertiesOfType(type)
      .slice(0, maxMembers)
      .filter((symbol) => !(symbol.flags & compiler.SymbolFlags.Method))
      .map((symbol) => [symbol, checker.getTypeOfSymbol(symbol)] as const);
  }

  function argumentsOf(type: ts.Type): readonly ts.Type[] {
    const isReference = checker.isArrayLikeType(type) || 'target' in type;
    return isReference ? checker.getTypeArguments(type as ts.TypeReference) : [];
  }

  /** Of libraries the members are no fields of ours; what they hold is their type arguments. */
  function isForeign(type: ts.Type): boolean {
    return (type.symbol?.declarations ?? []).some((declaration) => {
      const file = declaration.getSourceFile();
      return program.isSourceFileDefaultLibrary(file) || program.isSourceFileFromExternalLibrary(file);
    });
  }

  function lost(from: ts.Type, to: ts.Type, depth = 0): readonly EventPlace[] {
    const all = inType(from, depth);
    if (all.length === 0) return [];
    const target = checker.getNonNullableType(to);
    if (from === target || from === to) return [];
    if (from.isUnion()) return from.types.flatMap((one) => lost(one, target, depth));
    if (target.isUnion()) return target.types.some((one) => lost(from, one, depth).length === 0) ? [] : all;
    if (!(target.flags & (compiler.TypeFlags.Object | compiler.TypeFlags.Intersection)) || depth > maxDepth) return all;
    if (own(from).length > 0) return isOfEvents(target) ? [] : all;
    const [given, wanted] = [argumentsOf(from), argumentsOf(target)];
    if (given.length > 0) {
      const isAlike = wanted.length > 0 && wanted.length <= given.length;
      return isAlike ? wanted.flatMap((one, index) => lost(given[index] ?? one, one, depth + 1)) : all;
    }
    return membersOf(from).flatMap(([symbol, member]) => {
      const places = memberPlaces(symbol) ?? inType(member, depth + 1);
      if (places.length === 0) return [];
      const wantedMember = checker.getPropertyOfType(target, symbol.name);
      if (wantedMember === undefined) return places;
      return memberPlaces(wantedMember) ? [] : lost(member, checker.getTypeOfSymbol(wantedMember), depth + 1);
    });
  }

  /** One of the generated types, or made of their members alone, as Pick does. */
  function isOfEvents(type: ts.Type): boolean {
    if (type.isIntersection()) return type.types.some(isOfEvents);
    if (own(type).length > 0) return true;
    const members = membersOf(type);
    return members.length > 0 && members.every(([symbol]) => memberPlaces(symbol) !== undefined);
  }

  return { inType: (type) => inType(type), lost: (from, to) => unique(lost(from, to)) };
}

export function unique(places: readonly EventPlace[]): readonly EventPlace[] {
  return [...new Map(places.map((place) => [`${place.event} ${place.pointer}`, place])).values()];
}
