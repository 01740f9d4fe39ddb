/** Two JSON texts, line by line: what went, what came, and a few lines around each change. */
import { diffLines } from 'diff';
import type { Child } from 'hono/jsx';
import { type Line, Lines } from './lines.tsx';

const linesAround = 3;
const maxDiffLines = 600;
/** Edits past which two texts are shown as wholly different: the search for the shortest diff is quadratic in them. */
const maxEdits = 2_000;

export function JsonDiff(props: { readonly before: string; readonly after: string; readonly label: string }): Child {
  const lines = diffOf(props.before, props.after);
  if (lines === undefined) return <p class="muted">The two texts differ in too many lines to show.</p>;
  if (lines.length === 0) return <p class="muted">The two texts are the same.</p>;
  return <Lines lines={lines} label={props.label} />;
}

/** Undefined where the texts differ too much. */
export function diffOf(before: string, after: string): readonly Line[] | undefined {
  const parts = diffLines(before, after, { maxEditLength: maxEdits });
  if (parts === undefined) return undefined;
  const all = parts.flatMap(({ value, added, removed }): Line[] =>
    value
      .replace(/\n$/, '')
      .split('\n')
      .map((text) => ({ text, ...(added ? { mark: 'come' } : removed ? { mark: 'gone' } : {}) })),
  );
  const changed = all.flatMap(({ mark }, index) => (mark === undefined ? [] : [index]));
  const shown = new Set(changed.flatMap((at) => around(at, all.length)));
  const result: Line[] = [];
  for (const [index, line] of all.entries()) {
    if (shown.has(index)) result.push(line);
    else if (shown.has(index - 1)) result.push({ text: '…' });
  }
  return result.slice(0, maxDiffLines);
}

function around(at: number, length: number): readonly number[] {
  const first = Math.max(0, at - linesAround);
  return Array.from({ length: Math.min(length - 1, at + linesAround) - first + 1 }, (_, index) => first + index);
}
