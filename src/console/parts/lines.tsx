/** JSON as lines, with some of them marked. */
import type { Child } from 'hono/jsx';
import type { Json } from '../../schema/json.ts';
import type { Pointer } from '../../schema/pointer.ts';
import { scan } from '../../schema/scan.ts';
import { Scrolling } from './scrolling.tsx';

export interface Line {
  readonly text: string;
  readonly mark?: 'marked' | 'gone' | 'come';
  readonly notes?: readonly LineNote[];
}

/** A link behind a line to what is said about it. */
export interface LineNote {
  readonly text: string;
  readonly tone: 'error' | 'warning' | 'info';
  readonly href: string;
}

export function Lines({ lines, label }: { readonly lines: readonly Line[]; readonly label: string }): Child {
  return (
    <Scrolling label={label}>
      <pre>
        {lines.map(({ text, mark, notes = [] }) => (
          <span class={mark === undefined ? 'line' : `line ${mark}`}>
            {mark === 'marked' ? '> ' : mark === 'gone' ? '- ' : mark === 'come' ? '+ ' : '  '}
            {visible(text)}
            {notes.map((note) => (
              <>
                {' '}
                <a class={`note ${note.tone}`} href={note.href}>
                  {note.text}
                </a>
              </>
            ))}
          </span>
        ))}
      </pre>
    </Scrolling>
  );
}

// marks that turn the direction of what follows them, so that a line reads as something else than it says
const turning = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Marks of direction spelt out: in JSON the spelling means the same. */
function visible(text: string): string {
  return text.replace(turning, (mark) => `\\u${mark.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

const maxLines = 400;
const maxLineCharacters = 400;

/** The text as lines, cut where a page would grow too large. */
export function linesOf(text: string): readonly Line[] {
  const lines = text.split('\n');
  const shown = lines.slice(0, maxLines).map((line) => ({ text: cut(line, maxLineCharacters) }));
  return lines.length > maxLines ? [...shown, { text: `… ${lines.length - maxLines} more lines` }] : shown;
}

function cut(line: string, max: number): string {
  return line.length > max ? `${line.slice(0, max)}… ${line.length - max} more characters` : line;
}

const maxEventLines = 40;
const maxEventCharacters = 120;

/**
 * An event with the line at `pointer` marked; where the place is not in the event, what would hold it. A `missing` member has a line of
 * its own there.
 */
export function eventLines(event: Json, pointer: string, missing?: string): readonly Line[] {
  const text = JSON.stringify(event, null, 2);
  const line = linesAt(text)?.(pointer) ?? 0;
  const all = text.split('\n').map((one, index): Line => {
    const isMarked = index === line && missing === undefined;
    return { text: cut(one, maxEventCharacters), ...(isMarked && { mark: 'marked' }) };
  });
  if (missing !== undefined) {
    const indent = /^ */.exec(all[line]?.text ?? '')?.[0] ?? '';
    all.splice(line + 1, 0, { text: `${indent}  ${JSON.stringify(missing)} is missing`, mark: 'marked' });
  }
  const first = Math.max(0, Math.min(line - maxEventLines / 2, all.length - maxEventLines));
  return all.slice(first, first + maxEventLines);
}

/** The line of a place in JSON text, from 0: of the nearest one that holds it where it is not there. Undefined for text that is no JSON. */
export function linesAt(text: string): ((pointer: Pointer) => number) | undefined {
  try {
    JSON.parse(text);
  } catch {
    // a .proto file, or what somebody pasted
    return undefined;
  }
  const { offsets } = scan(text, { maxDepth: Number.POSITIVE_INFINITY, places: true });
  return (pointer) => {
    for (let at = pointer; ; at = at.slice(0, at.lastIndexOf('/'))) {
      const offset = offsets.get(at);
      if (offset !== undefined) return text.slice(0, offset).split('\n').length - 1;
      if (at === '') return 0;
    }
  };
}
