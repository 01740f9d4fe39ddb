/**
 * Patterns as data for the matcher that generated code carries: nested lists, small where the pattern is small. What no finite
 * automaton matches has no tree.
 */
import type { AST } from '@eslint-community/regexpp';
import { codePoints } from '../../schema/code-points.ts';
import { parsePattern } from '../../schema/pattern-syntax.ts';
import { CannotGenerate } from '../cannot-generate.ts';

/** One character: first and last of each range, or the source of a class that the runtime's own Unicode tables decide. */
type Characters = readonly number[] | string;

/** `[0, characters]`, `[1, …sequence]`, `[2, …choice]`, `[3, what, min, max]`, `[4, edge]`; null: no upper bound. */
export type Tree =
  | readonly [0, Characters]
  | readonly [1 | 2, ...Tree[]]
  | readonly [3, Tree, number, number | null]
  | readonly [4, (typeof edges)[keyof typeof edges]];

const edges = { start: 0, end: 1, word: 2, inside: 3 } as const;

/** A pattern that only backtracking matches, or whose automaton would be too large. */
export class UnsupportedPattern extends CannotGenerate {}

/** States of the automaton: each character of a text costs at most so many steps. */
const maxStates = 20_000;

export function patternTree(source: string): Tree {
  const parsed = parsePattern(source);
  if (typeof parsed === 'string') throw new UnsupportedPattern(`The pattern ${source} is none: ${parsed}.`);
  const tree = choice(parsed.alternatives);
  if (tree === undefined || states(tree) > maxStates)
    throw new UnsupportedPattern(`The pattern ${source} cannot be matched in linear time.`);
  return tree;
}

function choice(alternatives: readonly AST.Alternative[]): Tree | undefined {
  const all = alternatives.map(({ elements }) => sequence(elements));
  if (all.length === 1) return all[0];
  return isWhole(all) ? [2, ...all] : undefined;
}

function sequence(elements: readonly AST.Element[]): Tree | undefined {
  const all = elements.map(treeOf);
  if (all.length === 1) return all[0];
  return isWhole(all) ? [1, ...all] : undefined;
}

function isWhole(trees: readonly (Tree | undefined)[]): trees is readonly Tree[] {
  return !trees.includes(undefined);
}

function treeOf(element: AST.Element): Tree | undefined {
  switch (element.type) {
    case 'Character':
    case 'CharacterSet':
    case 'CharacterClass':
      return characters(element);
    case 'Group':
      return element.modifiers ? undefined : choice(element.alternatives);
    case 'CapturingGroup':
      return choice(element.alternatives);
    case 'Quantifier': {
      const inner = treeOf(element.element);
      const max = Number.isFinite(element.max) ? element.max : null;
      return inner && [3, inner, element.min, max];
    }
    case 'Assertion':
      return edge(element);
    default:
      return undefined;
  }
}

/** `\p{…}` stays as it is written: its ranges differ from one version of Unicode to the next, and generated text must not. */
function characters(element: AST.Character | AST.CharacterSet | AST.CharacterClass): Tree | undefined {
  const isProperty = element.type !== 'Character' && /\\p\{/i.test(element.raw);
  if (isProperty && isUnicodeSource(element.raw)) return [0, element.raw];
  const ranges = codePoints(element);
  return ranges && [0, ranges.flat()];
}

function isUnicodeSource(source: string): boolean {
  try {
    new RegExp(source, 'u');
    return true;
  } catch {
    return false;
  }
}

function edge(element: AST.Assertion): Tree | undefined {
  if (element.kind === 'start' || element.kind === 'end') return [4, edges[element.kind]];
  if (element.kind === 'word') return [4, element.negate ? edges.inside : edges.word];
  return undefined;
}

/** How many states its automaton has: counted repetitions are written out. */
function states(tree: Tree): number {
  switch (tree[0]) {
    case 0:
    case 4:
      return 1;
    case 3:
      return (states(tree[1]) + 1) * Math.max(1, tree[3] ?? tree[2] + 1);
    default: {
      const [, ...parts] = tree;
      return parts.reduce((sum, part) => sum + states(part), 1);
    }
  }
}
