import { Fault } from '../../errors.ts';
import type { TextPosition } from '../../schema/scan.ts';

export interface Flaw {
  readonly place: TextPosition;
  readonly message: string;
}

/** A file that defines a subject, but cannot be read: where it fails, and why. */
export interface Unreadable {
  readonly subject: string;
  readonly file: string;
  /** At least one. */
  readonly flaws: readonly Flaw[];
  /** Whether running it failed: what it once defined is then unknown, not nothing. */
  readonly isModule: boolean;
}

/** For commands that can do nothing with a part of the files. */
export function refuse({ file, flaws }: Unreadable): Fault {
  const lines = flaws.map(({ place, message }) => `${file}:${place.line}:${place.column}: ${message}`);
  return new Fault('INPUT_UNREADABLE', { file }, { message: lines.join('\n') });
}
