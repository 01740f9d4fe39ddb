/** A pattern as an expression in JavaScript with a method `test` whose time is linear in the text, whatever pattern and text are. */
import { nativePattern } from './tame.ts';
import { patternTree } from './tree.ts';

export interface Matcher {
  readonly text: string;
  /** Whether the expression calls `linear`. */
  readonly isLinear: boolean;
}

/** The native engine where it cannot stall, else an automaton. Throws UnsupportedPattern for what no automaton matches. */
export function patternMatcher(source: string): Matcher {
  const native = nativePattern(source);
  if (native !== undefined)
    return { text: `/* @__PURE__ */ new RegExp(${quoted(native)}, ${quoted(flagsFor(native))})`, isLinear: false };
  return { text: `/* @__PURE__ */ linear(${quoted(patternTree(source))})`, isLinear: true };
}

function quoted(value: unknown): string {
  return JSON.stringify(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029').replaceAll('</', '<\\/');
}

/** As Ajv and browsers do: with the `u` flag, without it where only that parses. */
function flagsFor(source: string): string {
  try {
    new RegExp(source, 'u');
    return 'u';
  } catch {
    return '';
  }
}

/**
 * Thompson's automaton, made deterministic as far as texts ask for it. A state is the set of positions in the pattern and what
 * the character before was, since `^`, `$` and `\b` look at both sides; its moves are kept, and all are forgotten when there are
 * too many. Nothing is matched from the left alone: every character may begin a match.
 */
export const linearText = `function linear(tree) {
  const nodes = [];
  const sets = [];
  const add = (node) => nodes.push(node) - 1;
  const set = (what) => {
    const key = JSON.stringify(what);
    const known = sets.findIndex((one) => one.key === key);
    if (known >= 0) return known;
    const expression = typeof what === 'string' ? new RegExp('^' + what + '$', 'u') : undefined;
    return sets.push({ key, what, expression }) - 1;
  };
  const build = (part, next) => {
    switch (part[0]) {
      case 0: return add({ set: set(part[1]), next });
      case 1:
        for (let i = part.length - 1; i > 0; i--) next = build(part[i], next);
        return next;
      case 2: return add({ to: part.slice(1).map((one) => build(one, next)) });
      case 4: return add({ edge: part[1], to: [next] });
    }
    const [, what, min, max] = part;
    let at = next;
    if (max === null) {
      at = add({ to: [] });
      nodes[at].to = [build(what, at), next];
    } else for (let i = min; i < max; i++) at = add({ to: [build(what, at), next] });
    for (let i = 0; i < min; i++) at = build(what, at);
    return at;
  };
  const accept = add({ to: [] });
  const first = build(tree, accept);

  // a character is what it is to the sets: those it is in, and whether it belongs to words
  const kinds = [];
  const numbers = new Map();
  const holds = ({ what, expression }, point) => {
    if (expression) return expression.test(String.fromCodePoint(point));
    for (let i = 0; i < what.length; i += 2) if (point >= what[i] && point <= what[i + 1]) return true;
    return false;
  };
  const kindOf = (point) => {
    const isWord = /[0-9A-Za-z_]/.test(String.fromCodePoint(point));
    const within = sets.map((one) => holds(one, point));
    const key = within.map(Number).join('') + isWord;
    let number = numbers.get(key);
    if (number === undefined) {
      number = kinds.push({ isWord, within }) - 1;
      numbers.set(key, number);
    }
    return number;
  };
  let points = new Map();
  const known = (point) => {
    let kind = points.get(point);
    if (kind !== undefined) return kind;
    if (points.size > 4096) points = new Map();
    kind = kindOf(point);
    points.set(point, kind);
    return kind;
  };

  // before: -1 at the start, else 0 or 1 for whether the last character belongs to words; after: the same, -1 at the end
  const passes = (edge, before, after) => {
    if (edge === 0) return before < 0;
    if (edge === 1) return after < 0;
    return ((before === 1) !== (after === 1)) === (edge === 2);
  };
  const reach = (state, after) => {
    const found = new Set(state.at);
    for (const number of found) {
      const { to, edge } = nodes[number];
      if (to && (edge === undefined || passes(edge, state.before, after))) for (const next of to) found.add(next);
    }
    return found;
  };
  let states = new Map();
  const enter = (at, before) => {
    const sorted = [...at].sort((a, b) => a - b);
    const key = before + ':' + sorted;
    let state = states.get(key);
    if (state !== undefined) return state;
    // states that hold each other would otherwise stay for ever
    if (states.size >= 1000) {
      for (const old of states.values()) old.moves = [];
      states = new Map();
    }
    state = { at: sorted, before, moves: [] };
    states.set(key, state);
    return state;
  };
  const move = (state, number) => {
    const kind = kinds[number];
    const found = reach(state, Number(kind.isWord));
    if (found.has(accept)) return null;
    const at = new Set([first]);
    for (const one of found) if (nodes[one].set !== undefined && kind.within[nodes[one].set]) at.add(nodes[one].next);
    return enter(at, Number(kind.isWord));
  };
  return {
    test(text) {
      let state = enter([first], -1);
      for (let i = 0; i < text.length; i++) {
        const point = text.codePointAt(i);
        if (point > 65535) i += 1;
        const number = known(point);
        let next = state.moves[number];
        if (next === undefined) {
          next = move(state, number);
          state.moves[number] = next;
        }
        if (next === null) return true;
        state = next;
      }
      return reach(state, -1).has(accept);
    },
  };
}`;
