/**
 * What the open alternatives of a branch exclude, taken together: which literals cannot hold beside one another, and how many of
 * them can hold at the most. Branching finds the same out case by case, which takes exponentially many of them.
 */
import { charge } from '../evaluate/meter.ts';
import { bodyOf } from '../graph/arena.ts';
import { has, prop } from '../graph/atom.ts';
import { oneOfValues, valueSet } from '../graph/connective.ts';
import { isNegated, type Lit, negate } from '../graph/node.ts';
import { nth } from '../nth.ts';
import { matching } from './matching.ts';
import { isOpenChoice, isOpenClause } from './propagate.ts';
import { type Tableau, truth } from './tableau.ts';
import { relation } from './tag.ts';

/** Literals that cannot hold together with the key. */
export type Exclusions = ReadonlyMap<Lit, ReadonlySet<Lit>>;

/** Past these numbers a branch is not counted: what it costs would be worth more than what it tells. */
const maxCandidates = 2_000;
const maxWidth = 8;
const maxValues = 64;

/**
 * A literal for each alternative that competes with others, no two of them known to exclude one another; undefined: there are more
 * alternatives than can be met at once. Each needs a literal of its own, and of literals that exclude one another one holds. (The
 * pigeonhole principle.)
 */
export function literalsOfNeeds(tab: Tableau): readonly Lit[] | undefined {
  const all = [...openNeeds(tab), ...valuesOfRequired(tab)];
  const candidates = new Set(all.flat());
  if (all.length < 3 || candidates.size > maxCandidates) return [];
  const exclusions = exclusionsAmong(tab, candidates);
  // what has a literal that excludes nothing can be met whatever else holds
  const needs = disjoint(all.filter((need) => need.every((lit) => exclusions.get(lit)?.size !== 0)));
  const ofNeed = new Map(needs.flatMap((need, at) => need.map((lit) => [lit, at] as const)));
  // two literals of one need are no use in one place: they would take it from the others
  const places = placesOf(tab, [...ofNeed.keys()], exclusions, (lit) => ofNeed.get(lit));
  const given = matching(needs.map((need) => need.map((lit) => places.get(lit))));
  return given?.map((place, at) => nth(needs, at).find((lit) => places.get(lit) === place) as Lit);
}

/** The alternatives of which at least one has to hold. */
export function openNeeds(tab: Tableau): readonly (readonly Lit[])[] {
  const needs: (readonly Lit[])[] = [];
  const open = (lits: readonly Lit[]) => lits.filter((lit) => truth(tab, lit) === undefined);
  for (const clause of tab.clauses) if (isOpenClause(tab, clause)) needs.push(open(clause.lits));
  for (const choice of tab.choices) {
    const isNeed = choice.holds && isOpenChoice(tab, choice) && !choice.of.some((lit) => truth(tab, lit) === true);
    if (isNeed) needs.push(open(choice.of));
  }
  return needs;
}

/** A property that is there has one of the values that are listed for it. */
function valuesOfRequired(tab: Tableau): readonly (readonly Lit[])[] {
  const { arena, meter } = tab.solver.context;
  return [...tab.required].flatMap((key) => {
    charge(meter, 1);
    for (const lit of tab.byKey.get(key) ?? []) {
      const body = bodyOf(arena, lit);
      if (body.kind !== 'enum' || isNegated(lit) || body.values.size > maxValues) continue;
      charge(meter, body.values.size);
      return [[...body.values.values()].map((value) => prop(arena, key, oneOfValues(arena, valueSet([value]))))];
    }
    return [];
  });
}

/** As many of the needs as share no literal, the narrow ones first. */
function disjoint(needs: readonly (readonly Lit[])[]): readonly (readonly Lit[])[] {
  const taken = new Set<Lit>();
  return [...needs]
    .sort((one, other) => one.length - other.length)
    .filter((need) => {
      if (need.some((lit) => taken.has(lit))) return false;
      for (const lit of need) taken.add(lit);
      return true;
    });
}

/** Which of the candidates the clauses and choices of the branch do not allow together. */
export function exclusionsAmong(tab: Tableau, candidates: ReadonlySet<Lit>): Exclusions {
  const exclusions = new Map<Lit, Set<Lit>>([...candidates].map((lit) => [lit, new Set()]));
  const exclude = (one: Lit, other: Lit) => {
    if (one === other) return;
    exclusions.get(one)?.add(other);
    exclusions.get(other)?.add(one);
  };
  const { implying, ofKey } = indexOf(tab, candidates);
  const falsifying = (lit: Lit): ReadonlySet<Lit> => {
    const body = bodyOf(tab.solver.context.arena, lit);
    const found = new Set(implying.get(negate(lit)));
    if (body.kind !== 'prop') return found;
    const wanted = isNegated(lit) ? negate(body.lit) : body.lit;
    for (const { candidate, value, isThere } of ofKey.get(body.key) ?? []) {
      if ((isThere || tab.required.has(body.key)) && relation(tab, value, wanted) === false) found.add(candidate);
    }
    return found;
  };
  for (const clause of tab.clauses) {
    if (!isOpenClause(tab, clause)) continue;
    const open = clause.lits.filter((lit) => truth(tab, lit) === undefined);
    if (open.length < 2 || open.length > maxWidth) continue;
    excludeByClause(tab, open.map(falsifying), exclude);
  }
  for (const choice of tab.choices) {
    if (!choice.holds || !isOpenChoice(tab, choice)) continue;
    const among = choice.of.filter((lit) => exclusions.has(lit));
    charge(tab.solver.context.meter, among.length ** 2);
    for (const [at, one] of among.entries()) for (const other of among.slice(at + 1)) exclude(one, other);
  }
  return exclusions;
}

/** Two candidates exclude one another where each literal of the clause is false by one of them. */
function excludeByClause(
  tab: Tableau,
  falsifying: readonly ReadonlySet<Lit>[],
  exclude: (one: Lit, other: Lit) => void,
): void {
  if (falsifying.some((candidates) => candidates.size === 0)) return;
  for (const one of nth(falsifying, 0)) {
    const left = falsifying.filter((candidates) => !candidates.has(one));
    const [first] = left;
    charge(tab.solver.context.meter, falsifying.length + (first?.size ?? 0));
    // false by one candidate alone: it cannot hold, which trying it finds out
    if (first === undefined) continue;
    for (const other of first) if (left.every((candidates) => candidates.has(other))) exclude(one, other);
  }
}

/** That a candidate gives a property a value that satisfies a literal, and whether it also says that the property is there. */
interface Given {
  readonly candidate: Lit;
  readonly value: Lit;
  readonly isThere: boolean;
}

interface Index {
  /** The candidates from which a literal follows. */
  readonly implying: ReadonlyMap<Lit, ReadonlySet<Lit>>;
  readonly ofKey: ReadonlyMap<string, readonly Given[]>;
}

function indexOf(tab: Tableau, candidates: ReadonlySet<Lit>): Index {
  const { arena } = tab.solver.context;
  const implying = new Map<Lit, Set<Lit>>();
  const ofKey = new Map<string, Given[]>();
  for (const candidate of candidates) {
    const implied = impliedBy(tab, candidate);
    for (const lit of implied) implying.set(lit, (implying.get(lit) ?? new Set()).add(candidate));
    for (const lit of implied) {
      const body = bodyOf(arena, lit);
      if (body.kind !== 'prop') continue;
      const isThere = isNegated(lit) || implied.has(has(arena, body.key));
      const given = { candidate, value: isNegated(lit) ? negate(body.lit) : body.lit, isThere };
      ofKey.set(body.key, [...(ofKey.get(body.key) ?? []), given]);
    }
  }
  return { implying, ofKey };
}

/** The literal and the parts of conjunctions in it. */
export function impliedBy(tab: Tableau, literal: Lit): ReadonlySet<Lit> {
  const { arena, meter } = tab.solver.context;
  const implied = new Set<Lit>([literal]);
  for (const lit of implied) {
    const body = bodyOf(arena, lit);
    charge(meter, 2);
    if (body.kind !== 'and' || isNegated(lit)) continue;
    charge(meter, body.of.length);
    for (const each of body.of) implied.add(each);
  }
  return implied;
}

/**
 * Sorts candidates into places: sets of which one member holds at the most. Few places prove much, but any sorting proves what it
 * proves. Candidates of one owner never share a place.
 */
export function placesOf(
  tab: Tableau,
  candidates: readonly Lit[],
  exclusions: Exclusions,
  ownerOf: (lit: Lit) => number | undefined,
): ReadonlyMap<Lit, number> {
  const places = new Map<Lit, number>();
  let count = 0;
  for (const first of candidates) {
    if (places.has(first)) continue;
    const place = count++;
    places.set(first, place);
    const members = [first];
    const owners = new Set([ownerOf(first)]);
    for (const other of exclusions.get(first) ?? []) {
      charge(tab.solver.context.meter, 1 + members.length);
      const owner = ownerOf(other);
      if (places.has(other) || (owner !== undefined && owners.has(owner))) continue;
      if (!members.every((member) => exclusions.get(member)?.has(other))) continue;
      places.set(other, place);
      members.push(other);
      owners.add(owner);
    }
  }
  return places;
}
