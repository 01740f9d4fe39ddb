/** The code points of a character class, an escape or a `\p{…}`, as ECMA-262 has them. */
import type { AST } from '@eslint-community/regexpp';
import { type CharSet, fromIntervals, last, meets, negate, nothing, unite } from './charset.ts';

export interface Flags {
  readonly unicode: boolean;
  readonly ignoreCase: boolean;
}

const digits: CharSet = [48, 57];
export const wordCharacters: CharSet = [48, 57, 65, 90, 95, 95, 97, 122];
/** WhiteSpace and LineTerminator: unlike elsewhere U+FEFF is one and U+0085 is none. */
const space: CharSet = fromIntervals(
  [9, 10, 11, 12, 13, 32, 0xa0, 0x1680, 0x2028, 0x2029, 0x202f, 0x205f, 0x3000, 0xfeff]
    .map((code): [number, number] => [code, code])
    .concat([[0x2000, 0x200a]]),
);
const lineEnds: CharSet = [10, 10, 13, 13, 0x2028, 0x2029];

export type ClassNode = AST.Character | AST.CharacterSet | AST.CharacterClass | AST.CharacterClassRange;

const known = { plain: new WeakMap<ClassNode, CharSet>(), folded: new WeakMap<ClassNode, CharSet>() };

/** Undefined for what only exists with the v flag, which `pattern` never has. Kept with the tree, which outlives a check. */
export function charactersOf(node: ClassNode, flags: Flags): CharSet | undefined {
  const sets = flags.ignoreCase ? known.folded : known.plain;
  const found = sets.get(node) ?? read(node, flags);
  if (found) sets.set(node, found);
  return found;
}

function read(node: ClassNode, flags: Flags): CharSet | undefined {
  switch (node.type) {
    case 'Character':
      return fold([node.value, node.value], flags);
    case 'CharacterClassRange':
      return fold([node.min.value, node.max.value], flags);
    case 'CharacterSet':
      return escaped(node, flags);
    case 'CharacterClass': {
      let set = nothing;
      for (const element of node.elements) {
        if (element.type === 'ExpressionCharacterClass' || element.type === 'ClassStringDisjunction') return undefined;
        const part = charactersOf(element, flags);
        if (!part) return undefined;
        set = unite(set, part);
      }
      return node.negate ? negate(set) : set;
    }
  }
}

function escaped(node: AST.CharacterSet, flags: Flags): CharSet | undefined {
  switch (node.kind) {
    case 'any':
      return negate(lineEnds);
    case 'digit':
      return node.negate ? negate(digits) : digits;
    case 'space':
      return node.negate ? negate(space) : space;
    case 'word': {
      const set = fold(wordCharacters, flags);
      return node.negate ? negate(set) : set;
    }
    case 'property': {
      if (node.strings) return undefined;
      const set = property(node.value === null ? node.key : `${node.key}=${node.value}`);
      return node.negate ? negate(set) : set;
    }
  }
}

/**
 * Closes a set under case. Only the formats' own patterns ignore case, and of letters beyond ASCII they only hold whole ranges that are
 * closed by themselves; with the u flag ſ and the Kelvin sign are an s and a k.
 */
function fold(set: CharSet, { unicode, ignoreCase }: Flags): CharSet {
  if (!ignoreCase) return set;
  let folded = set;
  for (let code = 65; code <= 90; code++) {
    const letter: CharSet = unicode && code === 83 ? [83, 83, 115, 115, 0x17f, 0x17f] : asciiCase(code, unicode);
    if (meets(letter, set)) folded = unite(folded, letter);
  }
  return folded;
}

function asciiCase(code: number, unicode: boolean): CharSet {
  const letters = [code, code, code + 32, code + 32];
  return unicode && code === 75 ? [...letters, 0x212a, 0x212a] : letters;
}

const properties = new Map<string, CharSet>();

/** The running engine's own Unicode tables, as Ajv's would be. Read off once per property by matching runs in a text of all of them. */
function property(name: string): CharSet {
  const known = properties.get(name);
  if (known) return known;
  const single = new RegExp(`^\\p{${name}}$`, 'u');
  const runs = new RegExp(`\\p{${name}}+`, 'gu');
  const intervals: [number, number][] = [];
  for (let plane = 0; plane <= last; plane += 0x10000) {
    const uniform = isBare(plane) ? uniformPlane(single, plane) : undefined;
    if (uniform) intervals.push(...uniform);
    else for (let from = plane; from <= plane + 0xffff; from += 0x1000) intervals.push(...scan(single, runs, from));
  }
  const set = fromIntervals(intervals);
  properties.set(name, set);
  return set;
}

/** Planes 4 to 13 are unassigned, 15 and 16 for private use: no letter to be missed between samples. */
function isBare(plane: number): boolean {
  return (plane >= 0x40000 && plane <= 0xd0000) || plane >= 0xf0000;
}

/** The intervals of a plane that is alike up to its last two code points; undefined where the samples say it is not. */
function uniformPlane(single: RegExp, plane: number): [number, number][] | undefined {
  const all = single.test(String.fromCodePoint(plane));
  for (let code = plane; code < plane + 0xfffe; code += 0x40) {
    if (single.test(String.fromCodePoint(code)) !== all) return undefined;
  }
  const ends = [plane + 0xfffe, plane + 0xffff].filter((code) => single.test(String.fromCodePoint(code)));
  return [
    ...(all ? [[plane, plane + 0xfffd] as [number, number]] : []),
    ...ends.map((code): [number, number] => [code, code]),
  ];
}

/** 4,096 code points; those among the surrogates one by one, since in a text they would join to pairs. */
function scan(single: RegExp, runs: RegExp, from: number): [number, number][] {
  const found: [number, number][] = [];
  if (from === 0xd000) {
    for (let code = from; code <= from + 0xfff; code++) {
      if (single.test(String.fromCodePoint(code))) found.push([code, code]);
    }
    return found;
  }
  for (const run of block(from, from + 0xfff).matchAll(runs)) {
    const low = run[0].codePointAt(0)!;
    const length = from > 0xffff ? run[0].length / 2 : run[0].length;
    found.push([low, low + length - 1]);
  }
  return found;
}

function block(from: number, to: number): string {
  let text = '';
  for (let code = from; code <= to; code++) text += String.fromCodePoint(code);
  return text;
}
