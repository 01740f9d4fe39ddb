/** Pieces of code that a consumer or a producer of an event could have written. */

/** What the type is called in the code. */
export const eventType = 'Event';

export type Side = 'reading' | 'writing';

/** A row is a use of a value, with what breaks where it does not compile any more. */
export const uses = {
  read: 'code that reads the value as the type it had',
  present: 'code that counts on the value being there',
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

/** The snippet as a declaration of a module. */
export function declared({ code }: Snippet, index: number): string {
  return `export function use${index}${code}`;
}

export function indented(lines: string): string {
  return lines.replaceAll(/^(?=.)/gm, '  ');
}
