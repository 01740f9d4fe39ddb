/** Words by exact length, over an automaton that was explored completely: long windows, and many distinct words. */

import { nth } from '../nth.ts';
import { type Budget, isSpent } from './budget.ts';
import { type CharSet, intersect, nothing } from './charset.ts';
import type { Search, Window, Words } from './language.ts';
import { moves, remainder } from './moves.ts';
import { characters, scalars } from './readable.ts';
import { order } from './shallow.ts';
import { none, type Store, type Term } from './term.ts';

interface Edge {
  readonly to: number;
  readonly set: CharSet;
}

interface Automaton {
  readonly accepting: readonly boolean[];
  /** Only by characters of well-formed text, most readable first. */
  readonly edges: readonly (readonly Edge[])[];
}

/** A frame is kept per character of a word. */
const longestPath = 200_000;

/** Edges walked backwards while layers are computed, before the answer is 'unknown'. */
const walked = 5_000_000;

/** Deterministic, start is state 0; undefined when it has more than the budget's states. */
export function explore(store: Store, start: Term, budget: Budget): Automaton | undefined {
  const index = new Map<Term, number>([[start, 0]]);
  const terms: Term[] = [start];
  const edges: Edge[][] = [];
  for (let at = 0; at < terms.length; at++) {
    if (terms.length > budget.states || isSpent(store, budget)) return undefined;
    const { list, rest } = moves(store, nth(terms, at));
    const out: Edge[] = [];
    for (const { set, next } of [...list, { set: remainder(list), next: rest }]) {
      const usable = next === none ? nothing : intersect(set, scalars);
      if (usable.length === 0) continue;
      let to = index.get(next);
      if (to === undefined) {
        to = terms.push(next) - 1;
        index.set(next, to);
      }
      out.push({ to, set: usable });
    }
    edges.push(out.sort((a, b) => order(a.set) - order(b.set)));
  }
  return { accepting: terms.map((term) => term.nullable), edges };
}

/**
 * Per length, the states from which a word of exactly that length is accepted. The sequence of such sets repeats sooner or later, most
 * often at once: only its distinct members are kept. undefined: too much work.
 */
function suffixes({ accepting, edges }: Automaton): (length: number) => Uint8Array | undefined {
  const layers: Uint8Array[] = [Uint8Array.from(accepting, Number)];
  const seen = new Map<string, number>([[nth(layers, 0).join(''), 0]]);
  const perLayer = edges.reduce((sum, out) => sum + out.length, edges.length);
  let period: { readonly from: number; readonly length: number } | undefined;
  const grow = () => {
    const before = layers.at(-1)!;
    const layer = Uint8Array.from(edges, (out) => (out.some((edge) => before[edge.to] === 1) ? 1 : 0));
    const key = layer.join('');
    const same = seen.get(key);
    if (same !== undefined) period = { from: same, length: layers.length - same };
    else {
      seen.set(key, layers.length);
      layers.push(layer);
    }
  };
  return (length) => {
    while (length >= layers.length && !period && layers.length * perLayer < walked) grow();
    if (length < layers.length) return layers[length];
    return period && layers[period.from + ((length - period.from) % period.length)];
  };
}

/** Up to `count` words with a length in the window, shortest first. */
export function enumerate(store: Store, start: Term, count: number, window: Window, budget: Budget): Words | undefined {
  if (window.min > longestPath) return { words: [], more: 'unknown' };
  const automaton = explore(store, start, budget);
  if (!automaton) return undefined;
  const suffix = suffixes(automaton);
  // No state is passed twice on the way to a word of a finite language.
  const longest = isInfinite(automaton) ? window.max : Math.min(window.max, automaton.edges.length);
  const words: string[] = [];
  for (let length = window.min; length <= longest; length++) {
    const layer = suffix(length);
    if (!layer) return { words, more: 'unknown' };
    if (layer[0] !== 1) continue;
    for (const word of ofLength(automaton, suffix, length)) {
      if (words.length === count) return { words, more: true };
      words.push(word);
    }
  }
  return { words, more: false };
}

interface Frame {
  readonly steps: Iterator<{ readonly to: number; readonly code: number }>;
}

/** Every word of exactly this length; a frame per character on a stack of our own, since words may be long. */
function* ofLength(
  automaton: Automaton,
  suffix: (length: number) => Uint8Array | undefined,
  length: number,
): Generator<string> {
  if (length === 0) {
    yield '';
    return;
  }
  const steps = (state: number, left: number): Frame => ({
    steps: live(nth(automaton.edges, state), suffix(left - 1)!),
  });
  const stack: Frame[] = [steps(0, length)];
  const prefix: string[] = [];
  while (stack.length > 0) {
    const step = stack.at(-1)!.steps.next();
    if (step.done) {
      stack.pop();
      prefix.pop();
      continue;
    }
    prefix.push(String.fromCodePoint(step.value.code));
    if (prefix.length === length) {
      yield prefix.join('');
      prefix.pop();
    } else stack.push(steps(step.value.to, length - prefix.length));
  }
}

function* live(edges: readonly Edge[], layer: Uint8Array): Generator<{ readonly to: number; readonly code: number }> {
  for (const { to, set } of edges) {
    if (layer[to] === 1) for (const code of characters(set)) yield { to, code };
  }
}

/** A shortest word of at least the window's least length. */
export function longEnough(store: Store, term: Term, window: Window, budget: Budget): Search {
  const found = enumerate(store, term, 1, window, budget);
  if (!found) return 'unknown';
  const word = found.words[0];
  if (word !== undefined) return { word };
  return found.more === false ? 'empty' : 'unknown';
}

/** Does a cycle lie on the way to acceptance? */
function isInfinite({ accepting, edges }: Automaton): boolean {
  const back: number[][] = edges.map(() => []);
  edges.forEach((out, from) => {
    for (const { to } of out) nth(back, to).push(from);
  });
  const alive = accepting.slice();
  const queue = alive.flatMap((yes, state) => (yes ? [state] : []));
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    for (const from of nth(back, at)) {
      if (alive[from]) continue;
      alive[from] = true;
      queue.push(from);
    }
  }
  return hasCycle(edges, alive);
}

/** Peels states without a way in; what cannot be peeled lies on or behind a cycle. */
function hasCycle(edges: readonly (readonly Edge[])[], alive: readonly boolean[]): boolean {
  const ways = edges.map(() => 0);
  let left = 0;
  edges.forEach((out, from) => {
    if (!alive[from]) return;
    left++;
    for (const { to } of out) if (alive[to]) ways[to] = nth(ways, to) + 1;
  });
  const free = ways.flatMap((count, state) => (alive[state] && count === 0 ? [state] : []));
  for (let at = free.pop(); at !== undefined; at = free.pop()) {
    left--;
    for (const { to } of nth(edges, at)) {
      if (!alive[to]) continue;
      ways[to] = nth(ways, to) - 1;
      if (ways[to] === 0) free.push(to);
    }
  }
  return left > 0;
}
