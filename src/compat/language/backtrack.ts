/**
 * Tests one string against a pattern with look-behind or back-references, by ECMA-262's backtracking with counted steps. V8's own engine
 * is not asked: `^(a|a)*\1$` would hold the process for years.
 */
import type { AST } from '@eslint-community/regexpp';
import { nth } from '../nth.ts';
import { type CharSet, has, nothing } from './charset.ts';
import { type ClassNode, charactersOf, wordCharacters } from './class.ts';
import type { Ternary } from './language.ts';
import type { Parsed } from './pattern.ts';

const steps = 200_000;
const maxDepth = 2_000;

interface Run {
  readonly symbols: readonly number[];
  readonly unicode: boolean;
  readonly held: Map<AST.CapturingGroup, readonly [number, number]>;
  left: number;
  depth: number;
}

type Then = (at: number) => boolean;
/** Look-behind reads leftwards. */
type Way = 1 | -1;

export function test(parsed: Parsed, text: string): Ternary {
  const symbols = parsed.unicode ? codePoints(text) : codeUnits(text);
  const run: Run = { symbols, unicode: parsed.unicode, held: new Map(), left: steps, depth: 0 };
  for (let from = 0; from <= symbols.length; from++) {
    run.held.clear();
    if (choice(run, parsed.pattern.alternatives, from, 1, () => true)) return true;
    if (run.left <= 0) return 'unknown';
  }
  return false;
}

function codePoints(text: string): number[] {
  return Array.from(text, (character) => character.codePointAt(0)!);
}

function codeUnits(text: string): number[] {
  return text.split('').map((unit) => unit.charCodeAt(0));
}

function choice(run: Run, alternatives: readonly AST.Alternative[], at: number, way: Way, then: Then): boolean {
  return alternatives.some(({ elements }) => series(run, elements, 0, at, way, then));
}

function series(run: Run, all: readonly AST.Element[], done: number, at: number, way: Way, then: Then): boolean {
  if (done === all.length) return then(at);
  const node = nth(all, way === 1 ? done : all.length - 1 - done);
  return element(run, node, at, way, (to) => series(run, all, done + 1, to, way, then));
}

function element(run: Run, node: AST.Element, at: number, way: Way, then: Then): boolean {
  if (run.left <= 0) return false;
  run.left--;
  if (run.depth >= maxDepth) {
    run.left = 0;
    return false;
  }
  run.depth++;
  const found = step(run, node, at, way, then);
  run.depth--;
  return found;
}

function step(run: Run, node: AST.Element, at: number, way: Way, then: Then): boolean {
  switch (node.type) {
    case 'Group':
      return choice(run, node.alternatives, at, way, then);
    case 'CapturingGroup':
      return capture(run, node, at, way, then);
    case 'Quantifier':
      return turns(run, node, 0, at, way, then);
    case 'Assertion':
      return assertion(run, node, at, then);
    case 'Backreference':
      return reference(run, node, at, way, then);
    case 'Character':
    case 'CharacterSet':
    case 'CharacterClass': {
      const symbol = run.symbols[way === 1 ? at : at - 1];
      return symbol !== undefined && has(setOf(node, run.unicode), symbol) && then(at + way);
    }
    default:
      return false;
  }
}

function setOf(node: ClassNode, unicode: boolean): CharSet {
  return charactersOf(node, { unicode, ignoreCase: false }) ?? nothing;
}

function capture(run: Run, node: AST.CapturingGroup, at: number, way: Way, then: Then): boolean {
  return choice(run, node.alternatives, at, way, (to) => {
    const before = run.held.get(node);
    run.held.set(node, way === 1 ? [at, to] : [to, at]);
    if (then(to)) return true;
    restore(run, node, before);
    return false;
  });
}

function restore(run: Run, node: AST.CapturingGroup, held: readonly [number, number] | undefined): void {
  if (held) run.held.set(node, held);
  else run.held.delete(node);
}

function turns(run: Run, node: AST.Quantifier, done: number, at: number, way: Way, then: Then): boolean {
  const again = () => {
    if (done >= node.max) return false;
    // Each turn forgets what the groups inside it held.
    const inside = [...run.held].filter(([group]) => group.start >= node.start && group.end <= node.end);
    for (const [group] of inside) run.held.delete(group);
    const onward: Then = (to) => (to === at && done >= node.min ? false : turns(run, node, done + 1, to, way, then));
    if (element(run, node.element, at, way, onward)) return true;
    for (const [group, held] of inside) run.held.set(group, held);
    return false;
  };
  if (done < node.min) return again();
  return node.greedy ? again() || then(at) : then(at) || again();
}

function assertion(run: Run, node: AST.Assertion, at: number, then: Then): boolean {
  switch (node.kind) {
    case 'start':
      return at === 0 && then(at);
    case 'end':
      return at === run.symbols.length && then(at);
    case 'word':
      return (isWord(run, at - 1) !== isWord(run, at)) !== node.negate && then(at);
    default: {
      const way = node.kind === 'lookahead' ? 1 : -1;
      const before = new Map(run.held);
      const found = choice(run, node.alternatives, at, way, () => true);
      if (run.left <= 0) return false;
      if (found === node.negate || !then(at)) {
        run.held.clear();
        for (const [group, held] of before) run.held.set(group, held);
        return false;
      }
      return true;
    }
  }
}

function isWord(run: Run, at: number): boolean {
  const symbol = run.symbols[at];
  return symbol !== undefined && has(wordCharacters, symbol);
}

function reference(run: Run, node: AST.Backreference, at: number, way: Way, then: Then): boolean {
  const groups = Array.isArray(node.resolved) ? node.resolved : [node.resolved];
  const group = groups.find((candidate) => run.held.has(candidate));
  const held = group && run.held.get(group);
  if (!held) return then(at);
  const length = held[1] - held[0];
  const from = way === 1 ? at : at - length;
  if (from < 0 || from + length > run.symbols.length) return false;
  for (let i = 0; i < length; i++) {
    if (run.symbols[held[0] + i] !== run.symbols[from + i]) return false;
  }
  return then(at + way * length);
}
