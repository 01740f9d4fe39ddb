/** Strings: one language for everything that is regular, a length window, and predicates for what is not. */

import { type Context, formatOf, patternOf } from '../evaluate/context.ts';
import { holds } from '../evaluate/holds.ts';
import { charge } from '../evaluate/meter.ts';
import { bodyOf, canBe } from '../graph/arena.ts';
import type { KeySet } from '../graph/keyset.ts';
import { type Body, isNegated, type Lit, negate, T } from '../graph/node.ts';
import type { Definition, Language, Search, Window } from '../language/language.ts';
import { nth } from '../nth.ts';
import { type Outcome, sat, UNSAT, unknown } from './solver.ts';
import type { Tableau } from './tableau.ts';

/** Words tried where a constraint can only be tested. */
const maxTries = 24;

interface Strings {
  readonly languages: Language[];
  readonly samples: string[];
  min: number;
  max: number;
  /** Set where the languages are only a superset. */
  inexact: { readonly reason: string; readonly detail: string } | undefined;
}

/** Work on languages is counted by their pool; it counts here too. */
export function counted<R>({ pool, meter }: Context, work: () => R): R {
  const before = pool.spent;
  const result = work();
  charge(meter, 8 + (pool.spent - before) * 4);
  return result;
}

export function stringTheory(tab: Tableau): Outcome {
  return counted(tab.solver.context, () => solveString(tab));
}

function solveString(tab: Tableau): Outcome {
  const { context } = tab.solver;
  charge(context.meter, tab.facts.length);
  const strings: Strings = { languages: [], samples: [], min: 0, max: Number.POSITIVE_INFINITY, inexact: undefined };
  const excluded: string[] = [];
  for (const lit of tab.facts) collect(context, lit, strings, excluded);
  if (strings.min > strings.max) return UNSAT;
  const hints = tab.goal.lits
    .flatMap((lit) => tab.solver.hints.get(lit) ?? [])
    .filter((value) => typeof value === 'string');
  const plain = strings.languages.length === 0 && strings.inexact === undefined;
  if (plain && excluded.length === 0) return unrestricted(strings, hints);
  const { pool } = context;
  const positive = pool.intersection(strings.languages.length === 0 ? [pool.all] : strings.languages);
  const language = excluded.length === 0 ? positive : pool.difference(positive, pool.words(excluded));
  const window = { min: strings.min, max: strings.max };
  return strings.inexact === undefined
    ? answer(tab, pool.plausible(language, { window, hints }), window, (word) => pool.matches(language, word))
    : tryWords(tab, language, window, [...hints, ...strings.samples], strings.inexact);
}

function answer(tab: Tableau, found: Search, window: Window, accepts: (word: string) => boolean): Outcome {
  if (found === 'empty') return UNSAT;
  if (found !== 'unknown') return sat(found.word);
  const guessed = dottedNames(window).find(accepts);
  if (guessed !== undefined) return sat(guessed);
  return unknown('regex-budget', `whether there is a string ${askedFor(tab, window)} was not found out in time`);
}

/** Characters of a pattern that are shown of it. */
const shown = 80;

/** In the words of the schemas: "that matches X and does not match Y, of 3 to 10 characters". */
function askedFor({ solver, facts }: Tableau, { min, max }: Window): string {
  const parts = facts.flatMap((lit) => {
    const body = bodyOf(solver.context.arena, lit);
    const verb = isNegated(lit) ? ['does not match', 'is no'] : ['matches', 'is a'];
    if (body.kind === 'pattern') {
      const { source } = body;
      return `${verb[0]} "${source.length > shown ? `${source.slice(0, shown)}…` : source}"`;
    }
    return body.kind === 'format' ? `${verb[1]} ${body.name}` : [];
  });
  const end = max === Number.POSITIVE_INFINITY ? 'or more' : `to ${max}`;
  const length = min === 0 && max === Number.POSITIVE_INFINITY ? '' : `, of ${min} ${end} characters`;
  return `that ${parts.join(' and ')}${length}`;
}

/** A host name is limited as a whole and between its dots: too many states for a search, and easily written down. */
function dottedNames({ min, max }: Window): readonly string[] {
  if (min > 4_096) return [];
  const lengths = [min, min + 1, min + 2].filter((length) => length <= max);
  return [63, 60, 20].flatMap((label) =>
    lengths.flatMap((length) => {
      const name = `${'a'.repeat(label)}.`.repeat(Math.ceil(length / label));
      return [name.slice(0, length), `${name.slice(0, Math.max(0, length - 1))}.`];
    }),
  );
}

/** No pattern, format or excluded word: any string of the right length. */
function unrestricted({ min, max }: Strings, hints: readonly string[]): Outcome {
  const hinted = hints.find((hint) => [...hint].length >= min && [...hint].length <= max);
  if (hinted !== undefined) return sat(hinted);
  if (min > 4_000_000) return unknown('counting', 'the string would be too long to write');
  const word = 'text';
  if (min <= word.length && word.length <= max) return sat(word);
  return sat(max < word.length ? word.slice(0, max) : 'a'.repeat(min));
}

function tryWords(
  tab: Tableau,
  language: Language,
  window: Window,
  candidates: readonly string[],
  inexact: { readonly reason: string; readonly detail: string },
): Outcome {
  const { pool } = tab.solver.context;
  const holding = (tried: readonly string[]) => tried.find((word) => factsHold(tab, word));
  const plausible = pool.plausible(language, { window });
  if (plausible === 'empty') return UNSAT;
  const readable = plausible === 'unknown' ? [] : [plausible.word];
  const found = holding([...candidates, ...readable]);
  if (found !== undefined) return sat(found);
  // listing words costs far more than the one that mostly does
  const words = pool.enumerate(language, maxTries, { window });
  const listed = holding(words.words);
  if (listed !== undefined) return sat(listed);
  if (words.more === false && words.words.every((word) => refuted(tab, word))) return UNSAT;
  return unknown(inexact.reason, inexact.detail);
}

function factsHold(tab: Tableau, word: string): boolean {
  return tab.facts.every((lit) => holds(tab.solver.context, lit, word) === true);
}

function refuted(tab: Tableau, word: string): boolean {
  return tab.facts.some((lit) => holds(tab.solver.context, lit, word) === false);
}

function collect(context: Context, lit: Lit, strings: Strings, excluded: string[]): void {
  const body = bodyOf(context.arena, lit);
  const positive = !isNegated(lit);
  switch (body.kind) {
    case 'minLength':
      if (positive) strings.min = Math.max(strings.min, body.count);
      else strings.max = Math.min(strings.max, body.count - 1);
      return;
    case 'maxLength':
      if (positive) strings.max = Math.min(strings.max, body.count);
      else strings.min = Math.max(strings.min, body.count + 1);
      return;
    case 'enum':
      if (positive) strings.languages.push(context.pool.words(texts(body)));
      else excluded.push(...texts(body));
      return;
    case 'pattern':
      include(context, patternOf(context, body.source), positive, strings);
      return;
    case 'format': {
      const definition = formatOf(context, body.name);
      if (definition !== null) include(context, definition, positive, strings);
      else if (!positive) strings.languages.push(context.pool.none);
      return;
    }
    case 'opaque':
      strings.inexact = { reason: body.reason, detail: `opaque: ${body.key}` };
      return;
    default:
  }
}

function texts(body: Extract<Body, { kind: 'enum' }>): readonly string[] {
  return [...body.values.values()].filter((value) => typeof value === 'string');
}

function include(context: Context, definition: Definition, positive: boolean, strings: Strings): void {
  const { pool } = context;
  if (definition.kind === 'exact') {
    strings.languages.push(positive ? definition.language : pool.complement(definition.language));
    return;
  }
  if (definition.kind === 'approximate')
    strings.languages.push(positive ? definition.over : pool.complement(definition.under));
  else if (positive) strings.samples.push(...definition.samples);
  strings.inexact = { reason: definition.reason.code, detail: definition.reason.detail };
}

/** A set of names as a language; `exact` is false where it is a superset (or, for a complement, a subset) of it. */
export function languageOf(context: Context, keys: KeySet): { readonly language: Language; readonly exact: boolean } {
  const { pool } = context;
  const parts = [pool.words(keys.names)];
  let exact = true;
  for (const source of keys.patterns) {
    const definition = patternOf(context, source);
    if (definition.kind === 'exact') parts.push(definition.language);
    else exact = false;
  }
  for (const schema of keys.schemas) {
    const language = stringsOf(context, schema);
    if (language === undefined) exact = false;
    else parts.push(language);
  }
  const union = parts.length === 1 ? nth(parts, 0) : pool.union(parts);
  return { language: keys.complement ? pool.complement(union) : union, exact };
}

/** Conjunctions and alternatives within one another that are read as one language. */
const maxDepth = 200;

/** The strings a literal accepts, where that is regular and not nested too deep. */
export function stringsOf(context: Context, lit: Lit, depth = 0): Language | undefined {
  const { arena, pool } = context;
  if (depth > maxDepth) return undefined;
  if ((canBe(arena, lit) & T.string) === 0) return pool.none;
  if ((canBe(arena, negate(lit)) & T.string) === 0) return pool.all;
  const language = positiveStrings(context, bodyOf(arena, lit), depth + 1);
  return language === undefined || !isNegated(lit) ? language : pool.complement(language);
}

function positiveStrings(context: Context, body: Body, depth: number): Language | undefined {
  const { pool } = context;
  switch (body.kind) {
    case 'and': {
      const parts = body.of.map((each) => stringsOf(context, each, depth));
      return parts.includes(undefined) ? undefined : pool.intersection(parts as Language[]);
    }
    case 'one': {
      const parts = body.of.map((each) => stringsOf(context, each, depth));
      if (parts.includes(undefined)) return undefined;
      const known = parts as Language[];
      return pool.union(
        known.map((each, at) => pool.difference(each, pool.union(known.filter((_, other) => other !== at)))),
      );
    }
    case 'enum':
      return pool.words(texts(body));
    case 'minLength':
      return pool.lengths({ min: body.count, max: Number.POSITIVE_INFINITY });
    case 'maxLength':
      return pool.lengths({ min: 0, max: body.count });
    case 'pattern':
    case 'format': {
      const definition = body.kind === 'pattern' ? patternOf(context, body.source) : formatOf(context, body.name);
      if (definition === null) return pool.all;
      return definition.kind === 'exact' ? definition.language : undefined;
    }
    default:
      return undefined;
  }
}
