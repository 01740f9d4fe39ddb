/** What `herald provision` works from: catalogs in folders, and a broker by its address. */
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Fault } from '../../errors.ts';
import type { Broker, Source } from '../../provision/broker.ts';
import { brokerOf } from '../../provision/broker-of.ts';
import { currentEvents } from '../check/current-events.ts';
import { type Input, text, texts } from '../command.ts';
import { misused } from '../events/misused.ts';
import type { Io } from '../io.ts';

export async function sourcesIn(input: Input, io: Io): Promise<readonly Source[]> {
  const sources = await currentEvents(texts(input, 'catalog'), io);
  const environment = text(input, 'environment');
  if (environment === undefined) return sources;
  const stated = sources.flatMap(({ catalog }) => Object.keys(catalog.delivery?.environments ?? {}));
  if (stated.includes(environment)) return sources;
  const known = stated.length === 0 ? 'the catalog states none' : `there are ${[...new Set(stated)].sort().join(', ')}`;
  throw misused(`There is no environment "${environment}": ${known} (/delivery/environments in catalog.json).`);
}

export async function withBroker<Result>(
  input: Input,
  io: Io,
  run: (broker: Broker) => Promise<Result>,
): Promise<Result> {
  const url = text(input, 'target') ?? text(input, 'observed') ?? io.env.HERALD_BUS;
  if (!url) throw misused('Say which broker: --target nats://127.0.0.1:4222, or HERALD_BUS.');
  const file = text(input, 'credentials');
  const credentials = file === undefined ? undefined : await textOf(file, io);
  const management = text(input, 'management');
  const broker = await brokerOf(url, {
    ...(credentials !== undefined && { credentials }),
    ...(management !== undefined && { management }),
  });
  try {
    return await run(broker);
  } finally {
    await broker.close().catch(() => {});
  }
}

export async function textOf(file: string, io: Io): Promise<string> {
  try {
    return await readFile(resolve(io.cwd, file), 'utf8');
  } catch (cause) {
    throw new Fault('INPUT_UNREADABLE', {}, { message: `${file} cannot be read.`, cause });
  }
}
