/** What `herald events replay` and `archive` read: subjects of a catalog, as the registry knows them, and the bus they are on. */

import { HeraldError } from '../../client/error.ts';
import { type Client, createClient } from '../../client/index.ts';
import { Fault } from '../../errors.ts';
import { type Bus, busOf, type Channel, channelOf, EventFault } from '../../events/index.ts';
import { readCatalog } from '../../schema/catalog.ts';
import { defaultRegistry } from '../api.ts';
import { type Input, text, texts } from '../command.ts';
import type { Io } from '../io.ts';
import { misused } from './misused.ts';

export interface Named {
  readonly catalog: string;
  readonly subject: string;
}

/** `--subject CATALOG/NAME`, or `--catalog CATALOG` for all of it or for subjects without one. */
export async function namedSubjects(input: Input, client: Client): Promise<readonly Named[]> {
  const catalog = text(input, 'catalog');
  const stated = texts(input, 'subject');
  if (stated.length === 0 && catalog === undefined)
    throw misused(
      'Say what: --subject CATALOG/SUBJECT, which may be given several times, or --catalog NAME for all of it.',
    );
  if (stated.length === 0) {
    const subjects = await known(() => client.subjects(catalog!));
    if (subjects.length === 0) throw misused(`The catalog ${catalog} lists no subjects: name them with --subject.`);
    return subjects.map((subject) => ({ catalog: catalog!, subject }));
  }
  return stated.map((name) => {
    const [first = '', ...rest] = name.split('/');
    if (rest.length === 1) return { catalog: first, subject: rest[0]! };
    if (catalog === undefined || rest.length > 1)
      throw misused(`Say of which catalog "${name}" is: --subject CATALOG/${name}, or --catalog NAME.`);
    return { catalog, subject: name };
  });
}

export function clientOf(input: Input, io: Io): Client {
  const token = io.env.HERALD_TOKEN;
  return createClient({
    url: (text(input, 'registry') ?? io.env.HERALD_URL ?? defaultRegistry).replace(/\/+$/, ''),
    fetch: (url, init) => io.fetch(url, init),
    ...(token !== undefined && { token }),
  });
}

/** Where each subject goes on a bus of this kind. */
export async function channelsOn(
  { kind }: Pick<Bus, 'kind'>,
  client: Client,
  named: readonly Named[],
): Promise<readonly Channel[]> {
  const found: Channel[] = [];
  for (const { catalog: name, subject } of named) {
    const { catalog, contract } = await known(() => client.rules(name, subject));
    const read = readCatalog(catalog);
    if (!read.ok) throw new Fault('INPUT_UNREADABLE', {}, { message: `The catalog ${name} cannot be used.` });
    found.push(channelOf(read.catalog, subject, contract, kind));
  }
  return found;
}

async function known<Result>(ask: () => Promise<Result>): Promise<Result> {
  try {
    return await ask();
  } catch (cause) {
    if (!(cause instanceof HeraldError)) throw cause;
    const code = cause.status !== undefined && cause.status < 500 ? 'INPUT_UNREADABLE' : 'REGISTRY_UNREACHABLE';
    throw new Fault(code, {}, { message: cause.message, cause });
  }
}

/** Runs with a bus, and lets go of it. What the events room refuses is rendered as the command line does. */
export async function withBus<Result>(
  url: string | undefined,
  option: string,
  run: (bus: Bus) => Promise<Result>,
): Promise<Result> {
  if (!url) throw misused(`Say which bus: ${option} nats://…, redis://…, amqp://… or kafka://…`);
  const bus = await busOf(url).catch(refuse);
  try {
    return await run(bus).catch(refuse);
  } finally {
    await bus.close();
  }
}

/** A fault of the events library, as a command tells it. */
export function refuse(cause: unknown): never {
  if (!(cause instanceof EventFault)) throw cause;
  const isWrong = ['OPTIONS_INVALID', 'BUS_LIBRARY_MISSING', 'BUS_UNSUPPORTED'].includes(cause.code);
  if (isWrong) throw misused(cause.message);
  if (cause.code === 'ARCHIVE_INVALID') throw new Fault('INPUT_UNREADABLE', {}, { message: cause.message, cause });
  if (cause.code === 'ARCHIVE_UNAVAILABLE')
    throw new Fault('ARCHIVE_UNAVAILABLE', {}, { message: cause.message, cause });
  throw new Fault('BUS_UNAVAILABLE', {}, { message: cause.message, cause });
}

/** A day or an RFC 3339 time; a day begins in UTC. */
export function timeIn(input: Input, option: string): Date | undefined {
  const stated = text(input, option);
  if (stated === undefined) return undefined;
  const isTime = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/.test(stated);
  const time = new Date(stated);
  if (!isTime || Number.isNaN(time.getTime()))
    throw misused(`--${option} is a day such as 2026-10-01 or a time such as 2026-10-01T12:00:00Z, not "${stated}".`);
  return time;
}
