/** A whole registry as a file, line by line: catalogs, subjects with every version, consumers, deprecations, waivers, usage. */
import { Fault } from '../../errors.ts';
import { type FileRow, fileStart, footerAfter, headerOf, writeLine } from '../../schema/registry-file.ts';
import type { Context } from '../context.ts';
import type { Exported } from '../records.ts';
import type { Seal } from './seal.ts';

/** Errors are thrown before the first line where they can be. */
export async function exportRegistry({
  store,
  caller,
  seal,
}: Pick<Context, 'store' | 'caller' | 'seal'>): Promise<AsyncIterable<string>> {
  if (!caller.can('admin')) throw new Fault('FORBIDDEN', { permission: 'admin' });
  return linesOf(await store.export(), seal?.sign);
}

async function* linesOf({ counts, rows }: Exported, sign?: Seal['sign']): AsyncGenerator<string> {
  let place = fileStart;
  const written = (row: FileRow): string => {
    const line = writeLine(place, row, sign);
    place = line.place;
    return `${line.text}\n`;
  };
  yield written(headerOf(counts));
  for await (const row of rows) yield written(row);
  yield written(footerAfter(place));
}
