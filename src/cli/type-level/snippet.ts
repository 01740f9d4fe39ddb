/** Pieces of code that a consumer or a producer of an event could have written. */

/** What the type is called in the code. */
export const eventType = 'Event';

export type Side = 'reading' | 'writing';

/** A row is a use of a value, with what breaks where it does not compile any more. */
export const uses = {
  read: 'code that reads the value as the type it had',
  present: 'code that counts on a list or an object being there',
  exhaustive: 'a switch that covers every value',
  compare: 'code that looks for this value',
  make: 'code that makes such an event',
} as const;

export type Use = keyof typeof uses;

export interface Snippet {
  readonly side: Side;
  readonly use: Use;
  /** Where in the event, as a JSON pointer with `*` for every item and every name. */
  readonly place: string;
  /** A function, whose name is not part of it. */
  readonly code: string;
}

/** What was made up of the types of one event. */
export interface Snippets {
  readonly made: readonly Snippet[];
  /** Whether a large event has more uses than these. */
  readonly isCut: boolean;
}

const maxSnippets = 2_000;
/** A compiler takes about ten seconds for so much code that makes large events. */
const maxCharacters = 1_000_000;

/** The most telling of them, as far as one program may be large: `isCut` says whether others were left out before. */
export function chosen(snippets: readonly Snippet[], isCut: boolean): Snippets {
  const order = Object.keys(uses);
  const sorted = snippets.toSorted((one, other) => order.indexOf(one.use) - order.indexOf(other.use));
  let characters = 0;
  const made = sorted.filter(({ code }, index) => {
    characters += code.length;
    return index < maxSnippets && (characters <= maxCharacters || index === 0);
  });
  return { made, isCut: isCut || made.length < snippets.length };
}

/** The snippet as a declaration of a module. */
export function declared({ code }: Snippet, index: number): string {
  return `export function use${index}${code}`;
}

export function indented(lines: string): string {
  return lines.replaceAll(/^(?=.)/gm, '  ');
}
