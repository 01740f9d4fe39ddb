/**
 * Where text stops being JSON (RFC 8259), and what is wrong there. `JSON.parse` says it differently in each engine, not at all for
 * some errors, and quotes the text: that may be a payload posted by mistake.
 */

export interface SyntaxFlaw {
  /** Offset in the text. */
  readonly offset: number;
  readonly message: string;
}

const space = /[ \t\n\r]*/y;
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON forbids exactly those
const string = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const scalar = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;

type Expected = 'value' | 'first value' | 'name' | 'first name' | ':' | ', or ]' | ', or }' | 'end';

/** Undefined where `text` is JSON. */
export function syntaxFlaw(text: string): SyntaxFlaw | undefined {
  const open: ('{' | '[')[] = [];
  let expected: Expected = 'value';
  let at = 0;
  const afterValue = (): Expected => (open.length === 0 ? 'end' : open.at(-1) === '{' ? ', or }' : ', or ]');
  for (;;) {
    at = match(space, text, at) ?? at;
    const character = text[at];
    if (expected === 'end') return character === undefined ? undefined : flaw(text, at, expected);
    const closing = character === '}' ? '{' : '[';
    if ((character === '}' && isEndOfObject(expected)) || (character === ']' && isEndOfArray(expected))) {
      if (open.pop() !== closing) return flaw(text, at, expected);
      expected = afterValue();
    } else if (character === ',' && (expected === ', or }' || expected === ', or ]'))
      expected = expected === ', or }' ? 'name' : 'value';
    else if (character === ':' && expected === ':') {
      expected = 'value';
    } else if (expected === 'name' || expected === 'first name') {
      const end = match(string, text, at);
      if (end === undefined) return flaw(text, at, expected);
      at = end - 1;
      expected = ':';
    } else if (expected === 'value' || expected === 'first value') {
      if (character === '{' || character === '[') {
        open.push(character);
        expected = character === '{' ? 'first name' : 'first value';
      } else {
        const end = match(string, text, at) ?? match(scalar, text, at);
        if (end === undefined) return flaw(text, at, expected);
        at = end - 1;
        expected = afterValue();
      }
    } else return flaw(text, at, expected);
    at += 1;
  }
}

function match(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

function isEndOfObject(expected: Expected): boolean {
  return expected === ', or }' || expected === 'first name';
}

function isEndOfArray(expected: Expected): boolean {
  return expected === ', or ]' || expected === 'first value';
}

const wanted: Readonly<Record<Expected, string>> = {
  value: 'a value is missing',
  'first value': 'a value or ] is missing',
  name: 'a name in double quotes is missing',
  'first name': 'a name in double quotes or } is missing',
  ':': 'a colon is missing',
  ', or ]': 'a comma or ] is missing',
  ', or }': 'a comma or } is missing',
  end: 'the document has ended, and more follows',
};

function flaw(text: string, offset: number, expected: Expected): SyntaxFlaw {
  return { offset, message: special(text, offset, expected) ?? wanted[expected] };
}

/** Habits from JavaScript and half-finished edits, by name. */
function special(text: string, at: number, expected: Expected): string | undefined {
  const character = text[at];
  if (character === undefined) return text.trim() === '' ? 'it is empty' : `it ends too early: ${wanted[expected]}`;
  if (text.startsWith('//', at) || text.startsWith('/*', at)) return 'a comment; JSON has none';
  if (/^(<{7}|={7}|>{7})/.test(text.slice(at, at + 7))) return 'a mark of an unresolved merge conflict';
  if ((expected === 'name' && character === '}') || (expected === 'value' && character === ']'))
    return 'a comma stands before the end; JSON allows none there';
  if (character === "'") return 'a single quote; JSON takes double ones';
  if (character === '"' && (expected.endsWith('name') || expected.endsWith('value')))
    return 'a string that is not closed, or holds a bare control character or an unknown escape';
  return undefined;
}
