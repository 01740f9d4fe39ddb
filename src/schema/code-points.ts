/** Sets of Unicode code points as sorted, disjoint, non-adjacent ranges; what an ECMA-262 character class stands for. */
import type { AST } from '@eslint-community/regexpp';

export type Range = readonly [first: number, last: number];
export type Ranges = readonly Range[];

const highest = 0x10ffff;
const digits: Ranges = [[0x30, 0x39]];
const wordCharacters: Ranges = [...digits, [0x41, 0x5a], [0x5f, 0x5f], [0x61, 0x7a]];
// White_Space of ECMA-262 §12.2 and §12.3: RE2 takes `\s` for ASCII only, V8 does not
const spaces: Ranges = normal([
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
]);
const lineEnds: Ranges = [
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
];

export function normal(ranges: Ranges): Ranges {
  const merged: [number, number][] = [];
  for (const [first, last] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const open = merged.at(-1);
    if (open !== undefined && first <= open[1] + 1) open[1] = Math.max(open[1], last);
    else merged.push([first, last]);
  }
  return merged;
}

export function complement(ranges: Ranges): Ranges {
  const gaps: Range[] = [];
  let next = 0;
  for (const [first, last] of ranges) {
    if (first > next) gaps.push([next, first - 1]);
    next = last + 1;
  }
  if (next <= highest) gaps.push([next, highest]);
  return gaps;
}

type Element =
  | AST.Character
  | AST.CharacterSet
  | AST.CharacterClass
  | AST.CharacterClassElement
  | AST.UnicodeSetsCharacterClassElement;

/** The code points one class, escape or character matches; undefined for what JSON Schema's flags cannot contain. */
export function codePoints(element: Element): Ranges | undefined {
  switch (element.type) {
    case 'Character':
      return [[element.value, element.value]];
    case 'CharacterClassRange':
      return [[element.min.value, element.max.value]];
    case 'CharacterSet':
      return setPoints(element);
    case 'CharacterClass': {
      const parts = element.elements.map(codePoints);
      if (parts.some((part) => part === undefined)) return undefined;
      const union = normal(parts.flatMap((part) => part ?? []));
      return element.negate ? complement(union) : union;
    }
    default:
      return undefined;
  }
}

function setPoints(set: AST.CharacterSet): Ranges {
  if (set.kind === 'any') return complement(lineEnds);
  const points = { digit: digits, space: spaces, word: wordCharacters };
  const positive = set.kind === 'property' ? propertyPoints(set.key, set.value) : points[set.kind];
  return set.negate ? complement(positive) : positive;
}

const properties = new Map<string, Ranges>();

/** `\p{…}`: the runtime's own Unicode tables decide, one pass over all code points, kept. Their names are a finite list. */
function propertyPoints(key: string, value: string | null): Ranges {
  const name = value === null ? key : `${key}=${value}`;
  const known = properties.get(name);
  if (known !== undefined) return known;
  const holds = new RegExp(`^\\p{${name}}$`, 'u');
  const ranges: [number, number][] = [];
  for (let point = 0; point <= highest; point++) {
    if (!holds.test(String.fromCodePoint(point))) continue;
    const open = ranges.at(-1);
    if (open !== undefined && open[1] === point - 1) open[1] = point;
    else ranges.push([point, point]);
  }
  properties.set(name, ranges);
  return ranges;
}
