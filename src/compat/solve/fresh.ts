/**
 * Names that no constraint mentions. Which patterns such a name matches decides what its value must satisfy; regions that match
 * fewer patterns ask for less, so a region refuted refutes all that match more.
 */
import { containsKey } from '../evaluate/holds.ts';
import { charge } from '../evaluate/meter.ts';
import { type KeySet, keySet } from '../graph/keyset.ts';
import { FALSE, type Lit, TRUE } from '../graph/node.ts';
import { partsOf } from '../graph/parts.ts';
import type { Step } from '../graph/shape.ts';
import type { Language } from '../language/language.ts';
import { nth } from '../nth.ts';
import { solve } from './goal.ts';
import type { Chosen, Objects } from './object.ts';
import { type Outcome, step, unknown, type Writer } from './solver.ts';
import { counted, languageOf } from './string.ts';
import { namesOf, type Universal } from './tableau.ts';
import { type View, writersOfKey } from './view.ts';

export interface Fresh {
  readonly keys: readonly { readonly key: string; readonly outcome: Outcome }[];
  /** Set where the names found are not proved to be all there are. */
  readonly open: Outcome | undefined;
}

const wordsToUse = ['other', 'extra', 'more', 'another', 'further', 'x', 'y', 'z', 'k'];

/** Every name that the branch speaks of. */
export function mentionedNames(objects: Objects): readonly string[] {
  const { tab } = objects;
  const names = namesOf(tab);
  for (const key of tab.required) names.add(key);
  for (const key of tab.forbidden) names.add(key);
  for (const { keys } of [...objects.universals, ...objects.existentials])
    for (const name of keys.names) names.add(name);
  for (const { names: own } of writerSets(objects.view)) for (const name of own) names.add(name);
  charge(tab.solver.context.meter, names.size);
  return [...names];
}

const setsOfWriters = new WeakMap<View, readonly KeySet[]>();

/**
 * The names that the writers' schemas tell apart. They are not all among the constraints: a property that takes anything, but
 * declares what its value holds, constrains nothing and still decides what a closed-world writer sends there.
 */
function writerSets(view: View): readonly KeySet[] {
  let known = setsOfWriters.get(view);
  if (known === undefined) {
    const sets = view.writers.flatMap(({ shape }) => {
      const { byKey, rest } = partsOf(shape);
      return [keySet([...byKey.keys()], []), ...rest.flatMap(({ step }) => setsOf(step))];
    });
    known = sets.filter((keys) => keys.names.length + keys.patterns.length + keys.schemas.length > 0);
    setsOfWriters.set(view, known);
  }
  return known;
}

function setsOf(step: Step): readonly KeySet[] {
  if (step.kind === 'keys') return [step.keys];
  return step.kind === 'unevaluatedKeys' ? step.but.flatMap(({ keys }) => (keys === 'all' ? [] : [keys])) : [];
}

/** Up to `count` unmentioned names whose value can satisfy everything that applies to it. */
export function freshKeys(objects: Objects, chosen: Chosen, count: number): Fresh {
  return freshNames(objects, undefined, chosen, count);
}

/**
 * Unmentioned names in `wanted.keys` whose value can satisfy everything that applies to it, `wanted` included. Names of which
 * every constraint says the same can stand for one another: there is one of each such kind, or one in all where nothing else has to
 * exist, which might need that very name or share it.
 */
export function freshKeysFor(objects: Objects, wanted: Universal, chosen: Chosen): Fresh {
  return freshNames(objects, wanted, chosen, objects.existentials.length > 1 ? 'one of each kind' : 1);
}

type Count = number | 'one of each kind';

function freshNames(objects: Objects, wanted: Universal | undefined, chosen: Chosen, count: Count): Fresh {
  const taken = new Set([...mentionedNames(objects), ...chosen.keys()]);
  const sets = [...objects.universals, ...objects.existentials].map(({ keys }) => keys);
  if ([...sets, ...writerSets(objects.view)].every(isPlain)) return plain(objects, wanted, taken, count);
  return regional(objects, wanted, taken, count);
}

/** Only names, no patterns: every unmentioned name is in the complements and in nothing else. */
function isPlain(keys: KeySet): boolean {
  return keys.patterns.length === 0 && keys.schemas.length === 0;
}

function plain(objects: Objects, wanted: Universal | undefined, taken: ReadonlySet<string>, count: Count): Fresh {
  if (wanted !== undefined && !wanted.keys.complement) return { keys: [], open: undefined };
  const lits = objects.universals.filter(({ keys }) => keys.complement).map(({ lit }) => lit);
  const keys = unusedNames(taken, typeof count === 'number' ? count : 1);
  const outcome = freshOutcome(objects, lits, wanted, keys[0] as string);
  if (outcome.kind === 'unknown') return { keys: [], open: outcome };
  return { keys: outcome.kind === 'sat' ? keys.map((key) => ({ key, outcome })) : [], open: undefined };
}

function unusedNames(taken: ReadonlySet<string>, count: number): readonly string[] {
  const found: string[] = [];
  for (const word of wordsToUse) if (found.length < count && !taken.has(word)) found.push(word);
  for (let at = 1; found.length < count; at++) if (!taken.has(`key${at}`)) found.push(`key${at}`);
  return found;
}

function freshOutcome(objects: Objects, lits: readonly Lit[], wanted: Universal | undefined, key: string): Outcome {
  if (lits.includes(FALSE)) return { kind: 'unsat' };
  const writers: readonly Writer[] = writersOfKey(objects.tab, objects.view, key);
  return solve(objects.tab.solver, { lits: wanted === undefined ? lits : [...lits, wanted.lit], writers });
}

interface Regions {
  readonly objects: Objects;
  readonly wanted: Universal | undefined;
  readonly count: Count;
  readonly sets: readonly { readonly universal: Universal; readonly language: Language }[];
  /** Indexes of the universals of regions that were refuted. */
  readonly refuted: (readonly number[])[];
  readonly found: { readonly key: string; readonly outcome: Outcome }[];
  open: Outcome | undefined;
}

function regional(objects: Objects, wanted: Universal | undefined, taken: ReadonlySet<string>, count: Count): Fresh {
  const { context } = objects.tab.solver;
  const { pool } = context;
  const start = wanted === undefined ? { language: pool.all, exact: true } : languageOf(context, wanted.keys);
  let inexact = !start.exact;
  const patternSets = writerSets(objects.view).filter(({ patterns, schemas }) => patterns.length + schemas.length > 0);
  const ofExisting = count === 'one of each kind' ? objects.existentials.map(({ keys }) => keys) : [];
  const apart = [...patternSets, ...ofExisting].map((keys) => ({ keys, lit: TRUE }));
  const sets = [...objects.universals, ...apart].map((universal) => {
    const { language, exact } = languageOf(context, universal.keys);
    if (!exact) inexact = true;
    return { universal, language };
  });
  // the set that the name has to be in needs no telling apart: with its index inside from the start, one refutation ends it all
  const given = sets.flatMap(({ language }, at) => (language.id === start.language.id ? [at] : []));
  const regions: Regions = { objects, wanted, count, sets, refuted: [], found: [], open: undefined };
  explore(regions, 0, pool.difference(start.language, pool.words(taken)), given);
  if (!inexact) return { keys: regions.found, open: regions.open };
  // the languages leave opaque patterns out: a name found is checked one by one, a name not found proves nothing
  const sure = regions.found.filter(({ key }) => isSure(objects, wanted, key));
  return { keys: sure, open: unknown('regex-feature', 'a pattern of property names is not regular') };
}

function isSure(objects: Objects, wanted: Universal | undefined, key: string): boolean {
  const { context } = objects.tab.solver;
  if (wanted !== undefined && containsKey(context, wanted.keys, key) !== true) return false;
  return objects.universals.every((universal) => containsKey(context, universal.keys, key) !== undefined);
}

/** Decides for each set whether the region lies outside or inside, the outside first. */
function explore(regions: Regions, at: number, language: Language, inside: readonly number[]): void {
  if (regions.count !== 'one of each kind' && regions.found.length >= regions.count) return;
  if (regions.refuted.some((known) => known.every((index) => inside.includes(index)))) return;
  step(regions.objects.tab.solver);
  const { context } = regions.objects.tab.solver;
  const { pool } = context;
  const empty = counted(context, () => pool.isEmpty(language));
  if (empty === true) return;
  if (empty === 'unknown') {
    regions.open = unknown('regex-budget', 'whether a property name exists was not found out in time');
    return;
  }
  const set = regions.sets[at];
  if (set === undefined) {
    use(regions, language, inside);
    return;
  }
  if (inside.includes(at)) {
    explore(regions, at + 1, language, inside);
    return;
  }
  explore(regions, at + 1, pool.difference(language, set.language), inside);
  explore(regions, at + 1, pool.intersection([language, set.language]), [...inside, at]);
}

/**
 * Whether the constraints refute the region without the writers' rule: only then do more patterns ask for more. To match another
 * pattern of a writer is to be declared more.
 */
function isRefutedAlone({ objects, wanted }: Regions, lits: readonly Lit[]): boolean {
  if (lits.includes(FALSE) || objects.view.writers.length === 0) return true;
  const all = wanted === undefined ? lits : [...lits, wanted.lit];
  return solve(objects.tab.solver, { lits: all, writers: [] }).kind === 'unsat';
}

function use(regions: Regions, language: Language, inside: readonly number[]): void {
  const { context } = regions.objects.tab.solver;
  const { pool } = context;
  const lits = inside.map((index) => nth(regions.sets, index).universal.lit);
  const first = counted(context, () => pool.plausible(language));
  if (first === 'empty') return;
  if (first === 'unknown') {
    regions.open = unknown('regex-budget', 'no property name was found in time');
    return;
  }
  const outcome = freshOutcome(regions.objects, lits, regions.wanted, first.word);
  if (outcome.kind === 'unsat' && isRefutedAlone(regions, lits)) regions.refuted.push(inside);
  if (outcome.kind === 'unknown') regions.open = outcome;
  if (outcome.kind !== 'sat') return;
  const missing = regions.count === 'one of each kind' ? 1 : regions.count - regions.found.length;
  const words =
    missing === 1 ? { words: [first.word], more: true } : counted(context, () => pool.enumerate(language, missing));
  for (const key of words.words) regions.found.push({ key, outcome });
  if (words.more === 'unknown') regions.open = unknown('regex-budget', 'property names could not be counted in time');
}
