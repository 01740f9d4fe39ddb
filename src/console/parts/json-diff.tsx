/** Two texts, line by line: what went, what came, a few lines around each change, and findings at the lines they are about. */
import { diffLines } from 'diff';
import type { Child } from 'hono/jsx';
import type { Finding } from '../../compat/report.ts';
import type { Pointer } from '../../schema/pointer.ts';
import { findingAnchor } from './finding-anchor.ts';
import { type Line, type LineNote, Lines, linesAt } from './lines.tsx';

const linesAround = 3;
const maxDiffLines = 600;
/** Edits past which two texts are shown as wholly different: the search for the shortest diff is quadratic in them. */
const maxEdits = 2_000;

/** What of a finding is shown beside a line. */
export type PlacedFinding = Pick<Finding, 'rule' | 'severity' | 'fingerprint'> & {
  readonly previousPointer?: Pointer;
  readonly nextPointer?: Pointer;
};

export function JsonDiff(props: {
  readonly before: string;
  readonly after: string;
  readonly label: string;
  readonly findings?: readonly PlacedFinding[];
}): Child {
  const lines = diffOf(props.before, props.after, props.findings);
  if (lines === undefined) return <p class="muted">The two texts differ in too many lines to show.</p>;
  if (lines.length === 0) return <p class="muted">The two texts are the same.</p>;
  return <Lines lines={lines} label={props.label} />;
}

/** Undefined where the texts differ too much. */
export function diffOf(
  before: string,
  after: string,
  findings: readonly PlacedFinding[] = [],
): readonly Line[] | undefined {
  const parts = diffLines(before, after, { maxEditLength: maxEdits });
  if (parts === undefined) return undefined;
  const notes = {
    before: notesIn(before, findings, ({ nextPointer, previousPointer }) =>
      nextPointer === undefined ? previousPointer : undefined,
    ),
    after: notesIn(after, findings, ({ nextPointer }) => nextPointer),
  };
  const at = { before: 0, after: 0 };
  const all = parts.flatMap(({ value, added, removed }): Line[] =>
    value
      .replace(/\n$/, '')
      .split('\n')
      .map((text) => {
        const noted = [
          ...(added ? [] : (notes.before.get(at.before) ?? [])),
          ...(removed ? [] : (notes.after.get(at.after) ?? [])),
        ];
        if (!added) at.before += 1;
        if (!removed) at.after += 1;
        return {
          text,
          ...(added ? { mark: 'come' as const } : removed ? { mark: 'gone' as const } : {}),
          ...(noted.length > 0 && { notes: noted }),
        };
      }),
  );
  const notable = all.flatMap(({ mark, notes: noted }, index) => (mark === undefined && !noted ? [] : [index]));
  const shown = new Set(notable.flatMap((index) => around(index, all.length)));
  const result: Line[] = [];
  for (const [index, line] of all.entries()) {
    if (shown.has(index)) result.push(line);
    else if (shown.has(index - 1)) result.push({ text: '…' });
  }
  return result.slice(0, maxDiffLines);
}

/** By line, from 0; a text that is no JSON has no places. */
function notesIn(
  text: string,
  findings: readonly PlacedFinding[],
  placeOf: (finding: PlacedFinding) => Pointer | undefined,
): ReadonlyMap<number, readonly LineNote[]> {
  const placed = findings.flatMap((finding) => {
    const pointer = placeOf(finding);
    return pointer === undefined || pointer === '' ? [] : [{ finding, pointer }];
  });
  const lines = placed.length === 0 ? undefined : linesAt(text);
  const notes = new Map<number, LineNote[]>();
  if (!lines) return notes;
  for (const { finding, pointer } of placed) {
    const line = lines(pointer);
    const { rule, severity } = finding;
    notes.set(line, [...(notes.get(line) ?? []), { text: rule, tone: severity, href: `#${findingAnchor(finding)}` }]);
  }
  return notes;
}

function around(at: number, length: number): readonly number[] {
  const first = Math.max(0, at - linesAround);
  return Array.from({ length: Math.min(length - 1, at + linesAround) - first + 1 }, (_, index) => first + index);
}
