import { Fault } from '../../errors.ts';
import type { ParkedEvent, ParkedStore } from '../../events/store/consumer-store.ts';
import { type Command, type ExitCode, flag, type Input, text } from '../command.ts';
import { misused } from '../events/misused.ts';
import type { Io } from '../io.ts';
import { databaseOptions, withStore } from '../store.ts';

export const command: Command = {
  name: 'parked',
  summary: 'lists, shows, redrives and discards events that services set aside',
  usage: 'list [--group NAME] [--subject NAME] | show ID | redrive ID… | discard ID…  --database URL',
  takes: [1, 1_000],
  options: {
    ...databaseOptions,
    group: { type: 'string', value: 'NAME', summary: 'Only of this consumer group; relays are relay:SERVICE.' },
    subject: { type: 'string', value: 'NAME', summary: 'Only of this subject.' },
    state: { type: 'string', value: 'STATE', summary: 'parked (default), redrive, redriven, discarded or all.' },
    limit: { type: 'string', value: 'N', summary: 'How many to list. Default 100.' },
    body: { type: 'boolean', summary: 'With show: print the body too, which may be confidential.' },
  },
  examples: [
    'herald parked list --group dashboard',
    'herald parked show dashboard/0199c8f2-7c1e-7a33-9d52-0f6e4c1b2a10',
    'herald parked redrive dashboard/0199c8f2-7c1e-7a33-9d52-0f6e4c1b2a10',
  ],
  async run(input, io) {
    const [verb = '', ...ids] = input.positionals;
    const run = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
    if (!run) throw misused(`"herald parked ${verb}" is nothing; there are ${Object.keys(verbs).join(', ')}.`);
    if (verb === 'list' && ids.length > 0)
      throw misused(`"herald parked list" takes no id; "${ids[0]}" is one too many.`);
    if (verb !== 'list' && ids.length === 0) throw misused(`Say which event: herald parked ${verb} ID.`);
    return withStore(input, io, ({ processed: { parked } }) => run(parked, ids, input, io));
  },
};

type Verb = (parked: ParkedStore, ids: readonly string[], input: Input, io: Io) => Promise<ExitCode>;

const verbs: Readonly<Record<string, Verb>> = {
  list,
  show,
  redrive: (parked, ids, _, io) =>
    each(ids, (id) => parked.redrive(id), 'is redriven by the next consumer of its group', io),
  discard: (parked, ids, _, io) => each(ids, (id) => parked.discard(id), 'is discarded', io),
};

const states = ['parked', 'redrive', 'redriven', 'discarded', 'all'] as const;

async function list(parked: ParkedStore, _: readonly string[], input: Input, io: Io): Promise<ExitCode> {
  const group = text(input, 'group');
  const subject = text(input, 'subject');
  const stated = text(input, 'state') ?? 'parked';
  const state = states.find((name) => name === stated);
  if (state === undefined) throw misused(`--state is one of ${states.join(', ')}, not "${stated}".`);
  const limit = Number(text(input, 'limit') ?? 100);
  if (!Number.isInteger(limit) || limit < 1) throw misused('--limit is a whole number from 1 on.');
  const rows = await parked.list({
    ...(group !== undefined && { group }),
    ...(subject !== undefined && { subject }),
    ...(state !== 'all' && { state }),
    limit,
  });
  for (const row of rows) io.out(`${line(row)}\n`);
  if (rows.length === 0) io.out('Nothing is parked.\n');
  return 0;
}

function line({ id, subject, error, attempts, parkedAt, state }: ParkedEvent): string {
  const tries = `${attempts} attempt${attempts === 1 ? '' : 's'}`;
  return [id, subject, state, error.code, tries, new Date(parkedAt).toISOString()].join('  ');
}

async function show(parked: ParkedStore, ids: readonly string[], input: Input, io: Io): Promise<ExitCode> {
  for (const id of ids) {
    const { body, ...event } = await found(parked, id);
    const at = (time: number | undefined) => (time === undefined ? undefined : new Date(time).toISOString());
    const { firstFailedAt, lastFailedAt, storedAt, parkedAt, error, ...rest } = event;
    const times = {
      firstFailedAt: at(firstFailedAt),
      lastFailedAt: at(lastFailedAt),
      storedAt: at(storedAt),
      parkedAt: at(parkedAt),
    };
    const shown = { ...rest, error, ...times, bytes: body.byteLength };
    io.out(`${JSON.stringify(shown, undefined, 2)}\n`);
    if (flag(input, 'body')) io.out(`${Buffer.from(body).toString('utf8')}\n`);
  }
  return 0;
}

async function found(parked: ParkedStore, id: string): Promise<ParkedEvent> {
  const event = await parked.get(id);
  if (event === undefined)
    throw new Fault(
      'INPUT_UNREADABLE',
      {},
      { message: `No event ${id} is parked. "herald parked list" shows what is.` },
    );
  return event;
}

async function each(
  ids: readonly string[],
  settle: (id: string) => Promise<boolean>,
  what: string,
  io: Io,
): Promise<ExitCode> {
  let missed = 0;
  for (const id of ids) {
    const isDone = await settle(id);
    if (isDone) io.out(`${id} ${what}\n`);
    else io.err(`herald: ${id} is not parked: there is no such event, or it is settled already.\n`);
    missed += isDone ? 0 : 1;
  }
  return missed === 0 ? 0 : 1;
}
