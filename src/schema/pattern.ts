/**
 * `pattern` and `patternProperties` in linear time (JSON Schema Validation §6.3.3: ECMA-262, not anchored). Patterns come from
 * strangers and meet strings of strangers, so a backtracking engine never runs them: they are translated for RE2.
 */
import type { AST } from '@eslint-community/regexpp';
import { RE2JS } from 're2js';
import { codePoints, type Ranges } from './code-points.ts';
import { parsePattern } from './pattern-syntax.ts';

export interface Pattern {
  test(text: string): boolean;
}

/** What was compiled, in steps that are the same everywhere and every time. */
export interface CompiledSize {
  /** Of code, and of patterns as they are translated: what compiling takes grows with it. */
  readonly characters: number;
  /** Instructions of automata: a character of an event may meet each of them. */
  readonly states: number;
}

export type PatternResult =
  | ({ readonly ok: true; readonly pattern: Pattern } & CompiledSize)
  /** invalid: no ECMA-262 pattern. feature: needs more than a finite automaton. size: its automaton would be too large. */
  | { readonly ok: false; readonly reason: 'invalid' | 'feature' | 'size'; readonly detail: string };

class Unsupported extends Error {
  readonly reason: 'feature' | 'size';
  constructor(reason: 'feature' | 'size', detail: string) {
    super(detail);
    this.reason = reason;
  }
}

const maxCopies = 10_000;
const repeatLimit = 1_000;
const maxCachedPatterns = 1_000;
const cache = new Map<string, PatternResult>();

/** Never throws. The last 1,000 patterns are cached. */
export function linearPattern(source: string): PatternResult {
  const known = cache.get(source);
  if (known !== undefined) return known;
  const made = compile(source);
  if (cache.size >= maxCachedPatterns) cache.delete(cache.keys().next().value ?? '');
  cache.set(source, made);
  return made;
}

function compile(source: string): PatternResult {
  const parsed = parsePattern(source);
  if (typeof parsed === 'string') return { ok: false, reason: 'invalid', detail: parsed };
  try {
    const translated = alternatives(parsed.alternatives, 0);
    const engine = RE2JS.compile(translated);
    const size = { characters: translated.length, states: engine.programSize() };
    return { ok: true, pattern: { test: (text) => engine.test(text) }, ...size };
  } catch (error) {
    if (error instanceof Unsupported) return { ok: false, reason: error.reason, detail: error.message };
    return { ok: false, reason: 'size', detail: error instanceof Error ? error.message : String(error) };
  }
}

function alternatives(list: readonly AST.Alternative[], copies: number): string {
  return list
    .map((alternative) => alternative.elements.map((element) => translate(element, copies)).join(''))
    .join('|');
}

function translate(element: AST.Element, copies: number): string {
  switch (element.type) {
    case 'Character':
    case 'CharacterSet':
    case 'CharacterClass': {
      const points = codePoints(element);
      if (points === undefined) throw new Unsupported('feature', `${element.raw} is a set operation`);
      return charClass(points);
    }
    case 'Group':
      if (element.modifiers) throw new Unsupported('feature', 'inline flags');
      return `(?:${alternatives(element.alternatives, copies)})`;
    case 'CapturingGroup':
      return `(?:${alternatives(element.alternatives, copies)})`;
    case 'Quantifier':
      return repeat(element, copies);
    case 'Assertion':
      return assertion(element);
    default:
      throw new Unsupported('feature', element.type === 'Backreference' ? 'a back-reference' : element.raw);
  }
}

function assertion(element: AST.Assertion): string {
  if (element.kind === 'start') return '\\A';
  if (element.kind === 'end') return '\\z';
  if (element.kind === 'word') return element.negate ? '\\B' : '\\b';
  throw new Unsupported('feature', 'look-around');
}

/** RE2 refuses counters above 1,000 and unrolls them: written side by side they are taken, up to a bound on the copies. */
function repeat({ element, min, max }: AST.Quantifier, copies: number): string {
  const endless = !Number.isFinite(max);
  if (endless && min <= 1) return `(?:${translate(element, copies)})${min === 0 ? '*' : '+'}`;
  const below = Math.max(copies, 1) * Math.max(endless ? min : max, 1);
  if (below > maxCopies) throw new Unsupported('size', `repeats ${below} times`);
  const inner = `(?:${translate(element, below)})`;
  return `${counted(inner, min, min)}${endless ? `${inner}*` : counted(inner, 0, max - min)}`;
}

function counted(inner: string, min: number, max: number): string {
  let text = '';
  for (let left = max; left > 0; left -= repeatLimit) {
    const copies = Math.min(left, repeatLimit);
    text += `${inner}{${min === 0 ? 0 : copies},${copies}}`;
  }
  return text;
}

function charClass(ranges: Ranges): string {
  if (ranges.length === 0) return '[^\\x{0}-\\x{10FFFF}]';
  const text = ranges.map(([first, last]) => (first === last ? hex(first) : `${hex(first)}-${hex(last)}`));
  return `[${text.join('')}]`;
}

function hex(point: number): string {
  return `\\x{${point.toString(16)}}`;
}
