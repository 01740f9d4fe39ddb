/**
 * Conditional keywords as unions: `if`/`then`/`else`, `not`, `dependentSchemas`, `dependentRequired` and `dependencies` (JSON
 * Schema core §10.2.2, validation §6.5.4). Where "the test does not hold" is a type too, the branches become a union that
 * TypeScript narrows; where it is none, what the branches declare becomes optional.
 */
import { active } from '../schema/dialect.ts';
import { isArray, isObject, type Json } from '../schema/json.ts';
import type { SchemaLocation } from '../schema/reference.ts';
import { intersect, union } from './algebra.ts';
import { complement, type Lookup, memberOf } from './complement.ts';
import { discriminated } from './discriminate.ts';
import { isExact } from './exact.ts';
import { optionalMembers } from './optional.ts';
import type { Scope } from './scope.ts';
import { neverType, type ObjectType, type Type, unknownType } from './type.ts';

/** How types of schemas are had here: `holding` of any schema, for values that are objects. */
export interface Conditional extends Lookup {
  readonly scope: Scope;
  holding(place: SchemaLocation): Type;
}

/** Two exclusive sides, and what holds on each. */
export interface Condition {
  readonly holds: Type;
  /** Whether `holds` is exactly what the test says. */
  readonly isExact: boolean;
  /** Undefined: no type says it. Made when it is asked for: it is as large as what the test leaves. */
  fails(): Type | undefined;
  readonly then: Type;
  readonly otherwise: Type;
}

/** Members of a union that conditions may multiply to, and alternatives of all unions together. */
const maxBranches = 16;
const maxCombinations = 256;

/** What the conditions of `places` add to `base`, the type without them, as types to be met by objects. */
export function conditionTypes(at: Conditional, places: readonly SchemaLocation[], base: Type): readonly Type[] {
  const conditions = places.flatMap((place) => conditionsOf(at, place, base)).filter(isTelling);
  const split = discriminated(conditions, base, at);
  const unions = [...split.unions];
  const rest: Type[] = [];
  for (const condition of split.others) {
    const branches = branchesOf(at, condition, base);
    if (branches === undefined || !added(unions, branches))
      rest.push(condition.then, condition.otherwise, tested(condition.holds));
  }
  const optional = rest.length > 0 ? [optionalMembers(rest, base, at)] : [];
  return [...unions, ...optional];
}

function isTelling({ holds, then, otherwise }: Condition): boolean {
  return otherwise.kind !== 'unknown' || (holds.kind !== 'never' && then.kind !== 'unknown');
}

/** What a test says about members is no constraint on them. */
function tested(type: Type): Type {
  if (type.kind === 'union' || type.kind === 'intersection') return { ...type, members: type.members.map(tested) };
  if (type.kind !== 'object') return type;
  return { ...type, properties: type.properties.map((property) => ({ ...property, type: unknownType })) };
}

function conditionsOf(at: Conditional, place: SchemaLocation, base: Type): readonly Condition[] {
  const { schema, resource } = place;
  if (!isObject(schema)) return [];
  const child = (keyword: 'if' | 'then' | 'else' | 'not') => {
    const held = active(schema, keyword, resource.dialect);
    return held === undefined ? undefined : at.scope.child(place, [keyword], held);
  };
  const [test, then, otherwise, not] = [child('if'), child('then'), child('else'), child('not')];
  const found: Condition[] = [];
  if (test !== undefined && (then ?? otherwise) !== undefined)
    found.push({
      ...sidesOf(at, test, base),
      then: then === undefined ? unknownType : at.holding(then),
      otherwise: otherwise === undefined ? unknownType : at.holding(otherwise),
    });
  const excluded = not === undefined ? undefined : sidesOf(at, not, base);
  if (excluded?.fails() !== undefined) found.push({ ...excluded, then: neverType, otherwise: unknownType });
  return [...found, ...dependencies(at, place, base)];
}

/** `not` around a test changes sides. */
function sidesOf(at: Conditional, test: SchemaLocation, base: Type): Pick<Condition, 'holds' | 'isExact' | 'fails'> {
  const { schema, resource } = test;
  const inner =
    isObject(schema) && Object.keys(schema).length === 1 ? active(schema, 'not', resource.dialect) : undefined;
  if (inner !== undefined) {
    const { holds, fails } = sidesOf(at, at.scope.child(test, ['not'], inner), base);
    const other = fails();
    return { holds: other ?? unknownType, isExact: other !== undefined, fails: () => holds };
  }
  const holds = at.holding(test);
  const exact = isExact(at.scope, test);
  return { holds, isExact: exact, fails: () => (exact ? complement(base, holds, at) : undefined) };
}

function dependencies(at: Conditional, place: SchemaLocation, base: Type): readonly Condition[] {
  const { schema, resource } = place;
  if (!isObject(schema)) return [];
  return (['dependentRequired', 'dependentSchemas', 'dependencies'] as const).flatMap((keyword) => {
    const stated = active(schema, keyword, resource.dialect);
    if (!isObject(stated)) return [];
    return Object.entries(stated).map(([name, needs]): Condition => {
      const known = memberOf(base, name, at);
      const then = isArray(needs) ? requiring(needs) : at.holding(at.scope.child(place, [keyword, name], needs));
      const absent = known?.required ? neverType : withMember(name, false, neverType);
      return {
        holds: withMember(name, true, known?.type ?? unknownType),
        isExact: false,
        // what nothing else declares is free to come without the other names
        fails: () => (known === undefined ? undefined : absent),
        then: known === undefined && isArray(needs) ? unknownType : then,
        otherwise: unknownType,
      };
    });
  });
}

function withMember(name: string, required: boolean, type: Type): ObjectType {
  return { kind: 'object', properties: [{ name, type, required, doc: {} }], patterns: [], rest: 'open' };
}

function requiring(names: readonly Json[]): Type {
  const stated = names.filter((name) => typeof name === 'string');
  return stated.map((name): Type => withMember(name, true, unknownType)).reduce(intersect, unknownType);
}

/** The two sides of a condition as alternatives of `base`; undefined where that says too little or is not known. */
function branchesOf(at: Conditional, { holds, fails, then, otherwise }: Condition, base: Type): Type | undefined {
  const failing = fails();
  if (failing === undefined && otherwise.kind === 'unknown') return undefined;
  const first = intersect(aligned(holds, base, at), then);
  const second = intersect(failing === undefined ? unknownType : aligned(failing, base, at), otherwise);
  const both = union([first, second]);
  return both.kind === 'unknown' ? undefined : both;
}

/** A test's members as `base` has them: required there, required here, which is what makes them discriminants. */
function aligned(type: Type, base: Type, at: Conditional): Type {
  if (type.kind === 'union' || type.kind === 'intersection')
    return { ...type, members: type.members.map((member) => aligned(member, base, at)) };
  if (type.kind !== 'object') return type;
  const properties = type.properties.map((property) => {
    const known = memberOf(base, property.name, at);
    return known?.required ? { ...property, required: true } : property;
  });
  return { ...type, properties };
}

/** Whether `branches` found room among `unions`: multiplied out with one that it shares a discriminant with, else beside them. */
function added(unions: Type[], branches: Type): boolean {
  for (const [index, known] of unions.entries()) {
    const product = multiplied(known, branches);
    if (product === undefined) continue;
    unions[index] = product;
    return true;
  }
  const combinations = [...unions, branches].reduce((count, type) => count * membersOf(type).length, 1);
  if (combinations > maxCombinations) return false;
  unions.push(branches);
  return true;
}

/** Every pair that can be; undefined where nearly all can, so that the two are read better side by side. */
function multiplied(a: Type, b: Type): Type | undefined {
  const [left, right] = [membersOf(a), membersOf(b)];
  if (left.length === 1 || right.length === 1 || left.length > maxBranches) return undefined;
  if (![...left, ...right].every((type) => type.kind === 'object')) return undefined;
  const pairs = left
    .flatMap((one) => right.map((other) => intersect(one, other)))
    .filter((type) => type.kind !== 'never');
  const isSmaller = pairs.length < left.length * right.length && pairs.length <= left.length + right.length;
  return isSmaller ? union(pairs) : undefined;
}

function membersOf(type: Type): readonly Type[] {
  return type.kind === 'union' ? type.members : [type];
}
