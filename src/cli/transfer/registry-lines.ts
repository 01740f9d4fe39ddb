/** An exported registry, line by line, each held against the one before; what is wrong is said with its line. */
import { type FileProgress, type FileRow, fileUnread, readOn } from '../../schema/registry-file.ts';
import { linesOf, unreadable } from './lines.ts';

/** Bytes of one line: with room around it, the largest a registry takes in one body. */
export const longestLine = 7_500_000;

export interface RegistryLine {
  readonly text: string;
  readonly row: FileRow;
  readonly progress: FileProgress;
}

/** Ends only with the footer: Fault INPUT_UNREADABLE otherwise. */
export async function* registryLines(chunks: AsyncIterable<Uint8Array>, shown: string): AsyncGenerator<RegistryLine> {
  let progress = fileUnread;
  for await (const { number, text, ended } of linesOf(chunks, shown, longestLine)) {
    const reading = readOn(progress, text);
    if (!reading.ok) {
      const cut = ended ? '' : ' The file stops there: it was cut off.';
      throw unreadable(shown, `line ${number} ${reading.problem}.${cut}`);
    }
    progress = reading.progress;
    yield { text, row: reading.row, progress };
  }
  if (progress.done) return;
  const { place, total } = progress;
  throw unreadable(
    shown,
    place.line === 0 ? 'it is empty.' : `it stops after line ${place.line} of ${total}: the end is missing.`,
  );
}
