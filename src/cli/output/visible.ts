/**
 * Text of schemas and events as a terminal may print it: what would move the cursor, hide text, turn its direction or begin a new line
 * (which GitHub Actions may read as a command) is spelt out.
 */

// C0, DEL and C1 controls; line and paragraph separators; marks of direction and of no width; halves of surrogate pairs
const unprintable = /[\p{Cc}\p{Cs}\u2028\u2029\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;

const short: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

export function visible(text: string): string {
  return text.replace(unprintable, (character) => short[character] ?? escaped(character));
}

/** For messages of more than one line: line breaks stay, and no line begins as a command of GitHub Actions. */
export function visibleLines(text: string): string {
  return text
    .split('\n')
    .map((line) => visible(line).replace(/^(\s*)::/, '$1: :'))
    .join('\n');
}

function escaped(character: string): string {
  return `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`;
}
