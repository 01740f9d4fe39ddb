/** Conditions that test one member for literals, as one union over what that member can be: linear in conditions and literals. */
import { intersect, union } from './algebra.ts';
import { type Lookup, memberOf } from './complement.ts';
import type { Condition } from './conditions.ts';
import { keyOf, neverType, type Property, type Type } from './type.ts';

/** A condition whose test is exact and looks at one member. */
interface Discriminating {
  readonly condition: Condition;
  readonly member: Property;
  readonly literals: readonly Type[];
}

interface Split {
  readonly unions: readonly Type[];
  readonly others: readonly Condition[];
}

/** A union for each member that conditions discriminate by; `others` are not of that form. */
export function discriminated(conditions: readonly Condition[], base: Type, lookup: Lookup): Split {
  const groups = new Map<string, Discriminating[]>();
  const others: Condition[] = [];
  const finite = new Map<string, readonly Type[] | undefined>();
  for (const condition of conditions) {
    const found = discriminating(condition, lookup);
    const name = found?.member.name ?? '';
    if (found !== undefined && !finite.has(name)) finite.set(name, literalsOf(memberOf(base, name, lookup)?.type));
    if (found === undefined || finite.get(name) === undefined) others.push(condition);
    else groups.set(name, [...(groups.get(name) ?? []), found]);
  }
  const unions = [...groups].map(([name, group]) =>
    overLiterals(name, group, finite.get(name) ?? [], memberOf(base, name, lookup)?.required ?? false),
  );
  return { unions, others };
}

function discriminating(condition: Condition, { expand }: Lookup): Discriminating | undefined {
  const test = expand(condition.holds);
  if (!condition.isExact || test.kind !== 'object' || test.rest !== 'open' || test.patterns.length > 0)
    return undefined;
  const [member, ...more] = test.properties;
  const literals = member === undefined || more.length > 0 ? undefined : literalsOf(member.type);
  return member === undefined || literals === undefined ? undefined : { condition, member, literals };
}

/** The values of a type that has a few; `boolean` has two. */
function literalsOf(type: Type | undefined): readonly Type[] | undefined {
  if (type === undefined) return undefined;
  const found: Type[] = [];
  for (const member of type.kind === 'union' ? type.members : [type]) {
    if (member.kind === 'literal' || (member.kind === 'primitive' && member.name === 'null')) found.push(member);
    else if (member.kind === 'primitive' && member.name === 'boolean')
      found.push({ kind: 'literal', value: true }, { kind: 'literal', value: false });
    else return undefined;
  }
  return found;
}

const absent = 'absent';

function overLiterals(
  name: string,
  group: readonly Discriminating[],
  values: readonly Type[],
  required: boolean,
): Type {
  const types = new Map(values.map((type) => [keyOf(type), type]));
  const outcomes = new Map<string, Type[]>([...types.keys(), ...(required ? [] : [absent])].map((key) => [key, []]));
  for (const { condition, member, literals } of group) {
    const holding = new Set([...literals.map(keyOf), ...(member.required ? [] : [absent])]);
    if (condition.then.kind !== 'unknown') for (const key of holding) outcomes.get(key)?.push(condition.then);
    if (condition.otherwise.kind === 'unknown') continue;
    for (const [key, list] of outcomes) if (!holding.has(key)) list.push(condition.otherwise);
  }
  const alike = new Map<string, { readonly keys: string[]; readonly outcome: readonly Type[] }>();
  for (const [key, outcome] of outcomes) {
    const id = outcome.map(keyOf).join('\n');
    const known = alike.get(id);
    if (known === undefined) alike.set(id, { keys: [key], outcome });
    else known.keys.push(key);
  }
  return union([...alike.values()].map(({ keys, outcome }) => branch(name, keys, types, outcome)));
}

function branch(
  name: string,
  keys: readonly string[],
  types: ReadonlyMap<string, Type>,
  outcome: readonly Type[],
): Type {
  const literals = keys.flatMap((key) => types.get(key) ?? []);
  const type = literals.length === 0 ? neverType : union(literals);
  const member: Property = { name, type, required: !keys.includes(absent), doc: {} };
  return outcome.reduce(intersect, { kind: 'object', properties: [member], patterns: [], rest: 'open' });
}
