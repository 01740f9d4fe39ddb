/** JSON as lines, with some of them marked. */
import type { Child } from 'hono/jsx';
import type { Json } from '../../schema/json.ts';
import { scan } from '../../schema/scan.ts';
import { Scrolling } from './scrolling.tsx';

export interface Line {
  readonly text: string;
  readonly mark?: 'marked' | 'gone' | 'come';
}

export function Lines({ lines, label }: { readonly lines: readonly Line[]; readonly label: string }): Child {
  return (
    <Scrolling label={label}>
      <pre>
        {lines.map(({ text, mark }) => (
          <span class={mark === undefined ? 'line' : `line ${mark}`}>
            {mark === 'marked' ? '> ' : mark === 'gone' ? '- ' : mark === 'come' ? '+ ' : '  '}
            {text}
          </span>
        ))}
      </pre>
    </Scrolling>
  );
}

const maxLines = 400;
const maxLineCharacters = 400;

/** The text as lines, cut where a page would grow too large. */
export function linesOf(text: string): readonly Line[] {
  const lines = text.split('\n');
  const shown = lines.slice(0, maxLines).map((line) => ({ text: cut(line) }));
  return lines.length > maxLines ? [...shown, { text: `… ${lines.length - maxLines} more lines` }] : shown;
}

function cut(line: string): string {
  return line.length > maxLineCharacters ? `${line.slice(0, maxLineCharacters)}…` : line;
}

/** An event with the line at `pointer` marked; where the place is not in the event, what would hold it. */
export function eventLines(event: Json, pointer: string): readonly Line[] {
  const text = JSON.stringify(event, null, 2);
  const line = lineOf(text, pointer);
  const all = text.split('\n');
  const first = Math.max(0, Math.min(line - 20, all.length - 40));
  return all.slice(first, first + 40).map((one, index) => ({
    text: cut(one),
    ...(index + first === line && { mark: 'marked' as const }),
  }));
}

function lineOf(text: string, pointer: string): number {
  const { offsets } = scan(text, { maxDepth: Number.POSITIVE_INFINITY, places: true });
  for (let at = pointer; ; at = at.slice(0, at.lastIndexOf('/'))) {
    const offset = offsets.get(at);
    if (offset !== undefined) return text.slice(0, offset).split('\n').length - 1;
    if (at === '') return 0;
  }
}
