/** Reads a `pattern` as Ajv's RegExp would: with the u flag, and without it where only that parses. */
import { type AST, RegExpParser } from '@eslint-community/regexpp';
import { separate } from './behind.ts';
import type { Opaque } from './language.ts';

export interface Parsed {
  readonly pattern: AST.Pattern;
  readonly unicode: boolean;
  /** Features beyond regular languages, in words; the rest of the pattern still says something. */
  readonly beyond: string | undefined;
}

export type Reading = Parsed | { readonly refused: Opaque };

/** The version whose patterns every supported Node runs. */
const parser = new RegExpParser({ ecmaVersion: 2024 });

const longest = 20_000;
const maxDepth = 200;
/** Copies of single terms that counters may stand for, and of terms with assertions in them, which are written out. */
const counted = 20_000;
const copied = 2_000;

const cache = new Map<string, Reading>();
const cacheSize = 2_000;

/** Cached across checks by source: readings are immutable and know nothing of a pool. */
/** `modes`: whether to read with the u flag, in the order of trying. */
export function readPattern(source: string, modes: readonly boolean[] = [true, false]): Reading {
  const key = `${modes}:${source}`;
  const known = cache.get(key);
  if (known) return known;
  const reading = read(source, modes);
  if (cache.size >= cacheSize) cache.clear();
  cache.set(key, reading);
  return reading;
}

function read(source: string, modes: readonly boolean[]): Reading {
  if (source.length > longest) return refuse('regex-budget', `longer than ${longest} characters`);
  if (depth(source) > maxDepth) return refuse('regex-budget', `nested more than ${maxDepth} deep`);
  let problem = '';
  for (const unicode of modes) {
    const pattern = parse(source, unicode);
    if (typeof pattern === 'string') {
      problem = pattern;
      continue;
    }
    const facts = survey(pattern);
    if (facts.copies > counted || facts.written > copied) return refuse('regex-budget', 'nested counters');
    return { pattern, unicode, beyond: facts.beyond };
  }
  return refuse('regex-invalid', problem);
}

function refuse(code: Opaque['code'], detail: string): Reading {
  return { refused: { code, detail } };
}

/** The pattern, or the syntax error in words. */
function parse(source: string, unicode: boolean): AST.Pattern | string {
  try {
    return parser.parsePattern(source, 0, source.length, { unicode });
  } catch (error) {
    if (error instanceof SyntaxError) return error.message;
    throw error;
  }
}

/** Open groups, before a recursive parser sees them. */
function depth(source: string): number {
  let open = 0;
  let max = 0;
  let inClass = false;
  for (let i = 0; i < source.length; i++) {
    const character = source[i];
    if (character === '\\') i++;
    else if (inClass) inClass = character !== ']';
    else if (character === '[') inClass = true;
    else if (character === '(') max = Math.max(max, ++open);
    else if (character === ')') open--;
  }
  return max;
}

interface Survey {
  /** Single characters when all counters are written out, runs of one character counting once. */
  readonly copies: number;
  /** The same for the parts that hold assertions. */
  readonly written: number;
  readonly asserts: boolean;
  readonly beyond: string | undefined;
}

const plain: Survey = { copies: 1, written: 0, asserts: false, beyond: undefined };

function survey(node: AST.Pattern | AST.Alternative | AST.Element): Survey {
  switch (node.type) {
    case 'Pattern':
      return add(node.alternatives.map(({ elements }) => surveyTop(elements)));
    case 'Group':
    case 'CapturingGroup':
      return add(node.alternatives.map(survey));
    case 'Alternative':
      return add(node.elements.map(survey));
    case 'Quantifier':
      return multiply(survey(node.element), node);
    case 'Assertion':
      return surveyAssertion(node);
    case 'Backreference':
      return { ...plain, beyond: `back-reference ${node.raw}` };
    default:
      return plain;
  }
}

/** What in a node, if anything, makes its term a superset of what it matches. */
export function beyond(node: AST.Element): string | undefined {
  return survey(node).beyond;
}

/** A look-behind that can be separated is as good as a look-ahead. */
function surveyTop(elements: readonly AST.Element[]): Survey {
  const separated = separate(elements);
  if (!separated) return add(elements.map(survey));
  const behind = separated.behind.alternatives.map(survey);
  return add([surveyTop(separated.before), ...behind, { ...plain, asserts: true }, ...separated.after.map(survey)]);
}

function surveyAssertion(node: AST.Assertion): Survey {
  if (node.kind !== 'lookahead' && node.kind !== 'lookbehind') return { ...plain, written: 1, asserts: true };
  const inner = add(node.alternatives.map(survey));
  const beyond = node.kind === 'lookbehind' ? `look-behind ${node.raw}` : inner.beyond;
  return { copies: inner.copies, written: inner.written + 1, asserts: true, beyond };
}

function add(parts: readonly Survey[]): Survey {
  let copies = 0;
  let written = 0;
  for (const part of parts) {
    copies += part.copies;
    written += part.written;
  }
  return {
    copies,
    written,
    asserts: parts.some((part) => part.asserts),
    beyond: parts.find((part) => part.beyond !== undefined)?.beyond,
  };
}

function multiply(body: Survey, { min, max }: AST.Quantifier): Survey {
  const turns = Math.max(min, Number.isFinite(max) ? max : 1, 1);
  const copies = body.copies <= 1 ? body.copies : body.copies * turns;
  return { ...body, copies, written: body.asserts ? Math.max(body.written, body.copies) * turns : body.written };
}
