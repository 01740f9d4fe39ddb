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

/** The same inside of brackets. */
const escapesInClass: Readonly<Record<string, string>> = {
  '\\h': ' \\t',
  '\\a': '\\x07',
  '\\e': '\\x1b',
};

/** A row is a negated POSIX class and the escape that means the same; the others have none. */
const negatedClasses: Readonly<Record<string, string>> = { digit: '\\D', space: '\\S', word: '\\W' };

/** A row is a POSIX class and the characters that it stands for, inside of the brackets around it. */
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
  const add = (written: string, instead: string | undefined) =>
    found.set(written, { written, ...(instead !== undefined && { instead }) });
  for (const { raw, isInClass } of strayEscapes(source)) add(raw, own(isInClass ? escapesInClass : escapes, raw));
  for (const [written, not, name = ''] of source.matchAll(posixClass))
    if (Object.hasOwn(posixClasses, name)) add(written, own(not === '' ? posixClasses : negatedClasses, name));
  return [...found.values()];
}

function own(table: Readonly<Record<string, string>>, key: string): string | undefined {
  return Object.hasOwn(table, key) ? table[key] : undefined;
}

interface StrayEscape {
  readonly raw: string;
  readonly isInClass: boolean;
}

/** Escapes that stand for themselves only because the pattern cannot be read with the `u` flag, letters and digits alone. */
function strayEscapes(source: string): readonly StrayEscape[] {
  // it asks for the depth too, which the parser below has no bound on
  if (typeof parsePattern(source) === 'string' || parses(source)) return [];
  const found: StrayEscape[] = [];
  const ast = new RegExpParser({ ecmaVersion: 2025 }).parsePattern(source, 0, source.length, { unicode: false });
  visitRegExpAST(ast, {
    onCharacterEnter: ({ raw, value, parent }) => {
      const isItself = /^\\[A-Za-z]$/.test(raw) && raw.charCodeAt(1) === value;
      const isOctal = /^\\[1-9]/.test(raw) || /^\\0\d/.test(raw);
      if (isItself || isOctal) found.push({ raw, isInClass: parent.type.startsWith('CharacterClass') });
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
