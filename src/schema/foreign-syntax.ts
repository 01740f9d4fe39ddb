/**
 * What other regular-expression dialects write and ECMA-262 reads as something else. Without the `u` flag an escaped letter that means
 * nothing is the letter (Annex B.1.2): `\A` matches "A", and `[[:alpha:]]` one of six characters and then "]".
 */
import { RegExpParser, visitRegExpAST } from '@eslint-community/regexpp';
import { parsePattern } from './pattern-syntax.ts';

export interface ForeignSyntax {
  /** As the pattern writes it. */
  readonly written: string;
  /** What says in ECMA-262 what is meant elsewhere, where one expression does. */
  readonly instead?: string;
}

/** A row is an escape of PCRE, Python or Java and what says the same here. */
const escapes: Readonly<Record<string, string>> = {
  '\\A': '^',
  '\\Z': '$',
  '\\z': '$',
  '\\h': '[ \\t]',
  '\\H': '[^ \\t]',
  '\\R': '(?:\\r\\n|\\n|\\r)',
  '\\a': '\\x07',
  '\\e': '\\x1b',
};

/** A row is a POSIX class and the characters that it stands for, inside of brackets. */
const posixClasses: Readonly<Record<string, string>> = {
  alnum: 'A-Za-z0-9',
  alpha: 'A-Za-z',
  blank: ' \\t',
  cntrl: '\\x00-\\x1f\\x7f',
  digit: '0-9',
  graph: '!-~',
  lower: 'a-z',
  print: ' -~',
  punct: '!-\\/:-@\\[-`{-~',
  space: '\\s',
  upper: 'A-Z',
  word: '\\w',
  xdigit: '0-9A-Fa-f',
};

const posixClass = /\[:(\^?)([a-z]+):\]/g;

/** Each once, in the order of the pattern; none where the pattern is no pattern at all. */
export function foreignSyntax(source: string): readonly ForeignSyntax[] {
  const found = new Map<string, ForeignSyntax>();
  for (const written of strayEscapes(source)) {
    const instead = Object.hasOwn(escapes, written) ? escapes[written] : undefined;
    found.set(written, { written, ...(instead !== undefined && { instead }) });
  }
  for (const [written, not, name = ''] of source.matchAll(posixClass)) {
    if (!Object.hasOwn(posixClasses, name)) continue;
    const characters = posixClasses[name] ?? '';
    found.set(written, { written, instead: not === '' ? `[${characters}]` : `[^${characters}]` });
  }
  return [...found.values()];
}

/** Escapes that stand for themselves only because the pattern cannot be read with the `u` flag, letters and digits alone. */
function strayEscapes(source: string): readonly string[] {
  // it asks for the depth too, which the parser below has no bound on
  if (typeof parsePattern(source) === 'string' || parses(source)) return [];
  const found: string[] = [];
  const ast = new RegExpParser({ ecmaVersion: 2025 }).parsePattern(source, 0, source.length, { unicode: false });
  visitRegExpAST(ast, {
    onCharacterEnter: ({ raw, value }) => {
      const isItself = /^\\[A-Za-z]$/.test(raw) && raw.charCodeAt(1) === value;
      if (isItself || /^\\[1-9]/.test(raw) || /^\\0\d/.test(raw)) found.push(raw);
    },
  });
  return found;
}

function parses(source: string): boolean {
  try {
    new RegExpParser({ ecmaVersion: 2025 }).parsePattern(source, 0, source.length, { unicode: true });
    return true;
  } catch {
    return false; // the caller then reads it without the flag
  }
}
