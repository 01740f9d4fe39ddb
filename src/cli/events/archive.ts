/** `herald events archive`: a month of a bus as files, in a folder or a bucket. */
import { writeArchive } from '../../events/index.ts';
import { type ExitCode, type Input, text } from '../command.ts';
import type { Io } from '../io.ts';
import { plural } from '../output/plural.ts';
import { misused } from './misused.ts';
import { archivePlace } from './place.ts';
import { channelsOn, clientOf, namedSubjects, withBus } from './source.ts';

export async function archive(input: Input, io: Io): Promise<ExitCode> {
  const { from, to } = month(input, io.now());
  const stated = text(input, 'to');
  if (stated === undefined) throw misused('Say where: --to DIR, or --to s3://bucket/prefix.');
  const { where, s3 } = archivePlace(stated, '--to', io);
  const client = clientOf(input, io);
  const named = await namedSubjects(input, client);
  return withBus<ExitCode>(text(input, 'bus') ?? io.env.HERALD_BUS, '--bus', async (bus) => {
    const channels = await channelsOn(bus, client, named);
    await bus.verify(channels);
    const { files } = await writeArchive(bus, channels, where, { from, to, ...(s3 && { s3 }) });
    for (const { name, events, bytes } of files) io.out(`${name}  ${plural(events, 'event')}  ${bytes} bytes\n`);
    io.out(`${stated}/manifest.json holds their hashes\n`);
    return 0;
  });
}

/** A month that is not over would be archived in part. */
function month(input: Input, now: number): { readonly from: Date; readonly to: Date } {
  const stated = text(input, 'month');
  const [, year, number] = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(stated ?? '') ?? [];
  if (year === undefined || number === undefined)
    throw misused(`Say which month: --month 2026-10${stated === undefined ? '' : `, not "${stated}"`}.`);
  const from = new Date(Date.UTC(Number(year), Number(number) - 1));
  const to = new Date(Date.UTC(Number(year), Number(number)));
  if (to.getTime() > now)
    throw misused(`${stated} is not over: it can be archived from ${to.toISOString().slice(0, 10)} on.`);
  return { from, to };
}
