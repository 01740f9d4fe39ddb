/**
 * `herald events replay`: stored events once more. Into a group: the service has the handlers, so its running members are asked, and do
 * it beside their daily work. To a target: this process copies them to another bus, under their own ids.
 */
import { createHash, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../../errors.ts';
import {
  type AskedReplay,
  type Bus,
  type Channel,
  type ReplayRequest,
  readArchive,
  type StoredMessage,
} from '../../events/index.ts';
import { type ExitCode, flag, type Input, text, texts } from '../command.ts';
import type { Io } from '../io.ts';
import { plural } from '../output/plural.ts';
import { withStore } from '../store.ts';
import { misused } from './misused.ts';
import { archivePlace } from './place.ts';
import { channelsOn, clientOf, type Named, namedSubjects, timeIn, withBus } from './source.ts';

type Asked = Pick<ReplayRequest, 'from' | 'to' | 'speed'>;

export async function replay(input: Input, io: Io): Promise<ExitCode> {
  const [group, target] = [text(input, 'into'), text(input, 'target')];
  if ((group === undefined) === (target === undefined))
    throw misused('Say where to: either --into GROUP or --target URL.');
  const asked = askedOf(input);
  return group === undefined ? toTarget(input, io, asked, target!) : intoGroup(input, io, asked, group);
}

function askedOf(input: Input): Asked {
  const speeds = ['instant', 'original', 'last'].filter((name) => flag(input, name));
  if (speeds.length > 1) throw misused(`Say one of --${speeds.join(' and --')}.`);
  const [from, to] = [timeIn(input, 'from'), timeIn(input, 'to')];
  if (flag(input, 'last') && from !== undefined)
    throw misused('--last has no --from: it is the newest of each subject.');
  if (!flag(input, 'last') && from === undefined) throw misused('Say from when: --from 2026-10-01, or --last.');
  if (from !== undefined && to !== undefined && to <= from) throw misused('--to must be later than --from.');
  return { from: from ?? 'last', to, speed: flag(input, 'original') ? 'original' : 'instant' };
}

const lookMs = 250;
const unheardMs = 10_000;

async function intoGroup(input: Input, io: Io, asked: Asked, group: string): Promise<ExitCode> {
  const subjects = texts(input, 'subject').map((name) => name.split('/').at(-1)!);
  if (subjects.length === 0) throw misused('Say what: --subject SUBJECT, which may be given several times.');
  return withStore(input, io, async ({ replays }) => {
    const id = randomUUID();
    await replays.ask({ ...asked, id, group, subjects });
    io.out(`replay ${id} is asked of ${group}\n`);
    let isStopped = false;
    void io.stopped().then(() => {
      isStopped = true;
    });
    const unheardAt = Date.now() + unheardMs;
    for (let isTold = false; ; await sleep(lookMs)) {
      const now = await replays.get(id);
      if (now?.state === 'done' || now?.state === 'failed') return outcome(now, io);
      if (!isTold && now?.state === 'asked' && Date.now() > unheardAt) {
        isTold = true;
        io.err(`herald: no running member of ${group} has taken it up yet; the next one will.\n`);
      }
      // whoever took it up goes on without this process
      if (isStopped || flag(input, 'detach')) return 0;
    }
  });
}

function outcome({ state, events, group, error }: AskedReplay, io: Io): ExitCode {
  if (state === 'done') {
    io.out(`${plural(events, 'event')} replayed into ${group}\n`);
    return 0;
  }
  io.err(`herald: the replay failed: ${error}\n`);
  return 1;
}

async function toTarget(input: Input, io: Io, asked: Asked, url: string): Promise<ExitCode> {
  const folder = text(input, 'archive');
  const source = text(input, 'bus') ?? io.env.HERALD_BUS;
  const place = folder === undefined ? undefined : archivePlace(folder, '--archive', io);
  if (folder === undefined && source === url) throw misused('--target is the bus that is read: name another one.');
  const client = clientOf(input, io);
  const named = await namedSubjects(input, client);
  return withBus<ExitCode>(url, '--target', async (target) => {
    const targets = await channelsOn(target, client, named);
    if (flag(input, 'make-streams')) await target.ensure(targets);
    await target.verify(targets);
    const copy = (stored: AsyncIterable<StoredMessage>) => copied(stored, target, targets, asked);
    const events =
      place === undefined
        ? await withBus(source, '--bus', async (bus) => copy(await readFrom(bus, named, asked, client)))
        : await copy(chosen(readArchive(place.where, place), named, asked));
    io.out(`${plural(events, 'event')} replayed to ${target.kind}\n`);
    return 0;
  });
}

async function readFrom(bus: Bus, named: readonly Named[], { from, to }: Asked, client: ReturnType<typeof clientOf>) {
  const channels = await channelsOn(bus, client, named);
  await bus.verify(channels);
  return bus.read({
    channels,
    from: from instanceof Date ? { time: from.getTime() } : from,
    ...(to !== undefined && { to: to.getTime() }),
  });
}

/** An archive holds more than was asked for. */
async function* chosen(
  stored: AsyncIterable<StoredMessage>,
  named: readonly Named[],
  { from, to }: Asked,
): AsyncGenerator<StoredMessage> {
  const last = new Map<string, StoredMessage>();
  for await (const message of stored) {
    const { subject = '', storedAt } = message;
    const isEarly = from instanceof Date && storedAt < from.getTime();
    const isLate = to !== undefined && storedAt >= to.getTime();
    if (isEarly || isLate || !named.some((each) => each.subject === subject)) continue;
    if (from === 'last') last.set(subject, message);
    else yield message;
  }
  yield* last.values();
}

const publishMs = 30_000;
/** A night without events is not waited through. */
const maxPauseMs = 60_000;

/** One after another, so that each key keeps its order. */
async function copied(
  stored: AsyncIterable<StoredMessage>,
  target: Bus,
  channels: readonly Channel[],
  { speed }: Asked,
): Promise<number> {
  let events = 0;
  let before: number | undefined;
  for await (const message of stored) {
    const channel = channels.find(({ subject }) => subject === message.subject);
    if (channel === undefined)
      throw new Fault(
        'INPUT_UNREADABLE',
        {},
        { message: `The event at ${message.position} does not say of which subject it is.` },
      );
    if (speed === 'original' && before !== undefined)
      await sleep(Math.min(maxPauseMs, Math.max(0, message.storedAt - before)));
    before = message.storedAt;
    const { body, headers, position } = message;
    // under the same id, so that copying again adds nothing where ids are known again
    const id = message.id ?? createHash('sha256').update(position).digest('hex').slice(0, 32);
    await target.publish({ channel, id, key: message.key ?? id, body, headers }, { timeoutMs: publishMs });
    events += 1;
  }
  return events;
}
