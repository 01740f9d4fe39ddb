/**
 * Whether a backtracking engine finds at each character at most one way on. Then it never goes back further than it came, and its
 * time is linear in the text. The positions of a pattern and what can follow them are Glushkov's; a step that can be derived in
 * two ways counts twice, since an engine tries it twice: `(a+)+` is not deterministic (Brüggemann-Klein, 1993).
 */
import type { AST } from '@eslint-community/regexpp';
import { codePoints, type Ranges } from '../../schema/code-points.ts';

/** A character of the pattern; the end of the text is one that no other equals. */
interface Position {
  readonly characters: Ranges | 'end';
  readonly next: Position[];
}

interface Fragment {
  readonly first: readonly Position[];
  readonly last: readonly Position[];
  readonly isNullable: boolean;
}

/** Counted repetitions are written out. */
const maxPositions = 2_000;

/** `elements` follow the start of the text. */
export function isDeterministic(elements: readonly AST.Element[]): boolean {
  const positions: Position[] = [];
  const whole = sequence(elements, positions);
  if (whole === undefined || positions.length > maxPositions) return false;
  return areDistinct(whole.first) && positions.every(({ next }) => areDistinct(next));
}

const empty: Fragment = { first: [], last: [], isNullable: true };

function sequence(elements: readonly AST.Element[], positions: Position[]): Fragment | undefined {
  let whole: Fragment = empty;
  for (const element of elements) {
    const part = fragment(element, positions);
    if (part === undefined || positions.length > maxPositions) return undefined;
    whole = joined(whole, part);
  }
  return whole;
}

function joined(before: Fragment, after: Fragment): Fragment {
  for (const { next } of before.last) next.push(...after.first);
  return {
    first: before.isNullable ? [...before.first, ...after.first] : before.first,
    last: after.isNullable ? [...before.last, ...after.last] : after.last,
    isNullable: before.isNullable && after.isNullable,
  };
}

function fragment(element: AST.Element, positions: Position[]): Fragment | undefined {
  switch (element.type) {
    case 'Character':
    case 'CharacterSet':
    case 'CharacterClass': {
      const characters = codePoints(element);
      return characters && single(characters, positions);
    }
    case 'Group':
      return element.modifiers ? undefined : choice(element.alternatives, positions);
    case 'CapturingGroup':
      return choice(element.alternatives, positions);
    case 'Quantifier':
      return repeated(element, positions);
    case 'Assertion':
      return element.kind === 'end' ? single('end', positions) : undefined;
    default:
      return undefined;
  }
}

function single(characters: Ranges | 'end', positions: Position[]): Fragment {
  const position: Position = { characters, next: [] };
  positions.push(position);
  return { first: [position], last: [position], isNullable: false };
}

/** Two branches that match nothing would be two ways to do so. */
function choice(alternatives: readonly AST.Alternative[], positions: Position[]): Fragment | undefined {
  const parts: Fragment[] = [];
  for (const { elements } of alternatives) {
    const part = sequence(elements, positions);
    if (part === undefined) return undefined;
    parts.push(part);
  }
  if (parts.filter((part) => part.isNullable).length > 1) return undefined;
  return {
    first: parts.flatMap((part) => part.first),
    last: parts.flatMap((part) => part.last),
    isNullable: parts.some((part) => part.isNullable),
  };
}

/** A repetition of what matches nothing does so in ever more ways. */
function repeated({ element, min, max }: AST.Quantifier, positions: Position[]): Fragment | undefined {
  const isLoop = max === Number.POSITIVE_INFINITY;
  if (max === 0) return empty;
  const copies = isLoop ? Math.max(min, 1) : max;
  if (copies > maxPositions) return undefined;
  const parts: Fragment[] = [];
  for (let copy = 0; copy < copies; copy++) {
    const part = fragment(element, positions);
    if (part === undefined || part.isNullable || positions.length > maxPositions) return undefined;
    for (const { next } of parts.at(-1)?.last ?? []) next.push(...part.first);
    parts.push(part);
  }
  const final = parts.at(-1) ?? empty;
  if (isLoop) for (const { next } of final.last) next.push(...final.first);
  // it may end after any copy from the last required one on
  const ends = isLoop ? [final] : parts.slice(Math.max(min - 1, 0));
  return { first: parts[0]?.first ?? [], last: ends.flatMap((part) => part.last), isNullable: min === 0 };
}

/** No two of `positions` have a character in common; one that is there twice has all of them. */
function areDistinct(positions: readonly Position[]): boolean {
  const ranges = positions.flatMap(({ characters }) => (characters === 'end' ? [] : [...characters]));
  const sorted = ranges.toSorted((a, b) => a[0] - b[0]);
  const isApart = sorted.every(([first], at) => at === 0 || first > sorted[at - 1]![1]);
  return isApart && positions.filter(({ characters }) => characters === 'end').length <= 1;
}
