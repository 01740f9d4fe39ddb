import { ddl } from '../../events/store/ddl.ts';
import { registryOption } from '../api.ts';
import { type Command, type ExitCode, type Input, text } from '../command.ts';
import { misused } from '../events/misused.ts';
import type { Io } from '../io.ts';
import { databaseOptions } from '../store.ts';

export const command: Command = {
  name: 'events',
  summary: 'prints the tables of services’ outboxes and inboxes; replays, archives and shows who reads events of a bus',
  usage:
    'ddl [--schema NAME] | replay --subject NAME… --from TIME (--into GROUP --database URL | --target URL --bus URL) | archive --month YYYY-MM --to DIR --bus URL (--subject NAME… | --catalog NAME) | readers --bus URL (--subject NAME… | --catalog NAME) [--report]',
  takes: [1, 1],
  options: {
    subject: {
      type: 'string',
      multiple: true,
      value: 'NAME',
      summary: 'A subject, CATALOG/SUBJECT. May be given several times.',
    },
    catalog: { type: 'string', value: 'NAME', summary: 'The catalog of subjects named without one; alone: all of it.' },
    from: {
      type: 'string',
      value: 'TIME',
      summary: 'Replay what was stored from then on: a day, or an RFC 3339 time.',
    },
    to: {
      type: 'string',
      value: 'TIME|DIR',
      summary: 'replay: what was stored before. archive: the folder, or s3://bucket/prefix.',
    },
    instant: { type: 'boolean', summary: 'Replay without pauses (default).' },
    original: { type: 'boolean', summary: 'Replay with the pauses that lay between the events, a minute at most.' },
    last: { type: 'boolean', summary: 'Replay the newest of each subject alone.' },
    into: { type: 'string', value: 'GROUP', summary: 'Ask the running members of this group to replay.' },
    target: { type: 'string', value: 'URL', summary: 'Copy to this bus: nats://, redis://, amqp:// or kafka://.' },
    archive: {
      type: 'string',
      value: 'DIR',
      summary: 'With --target: read this archive, also s3://bucket/prefix, instead of a bus.',
    },
    'make-streams': { type: 'boolean', summary: 'With --target: make its streams where they are missing.' },
    detach: { type: 'boolean', summary: 'With --into: do not wait until it is done.' },
    month: { type: 'string', value: 'YYYY-MM', summary: 'Archive what was stored in this month of UTC.' },
    report: {
      type: 'boolean',
      summary: 'readers: tell the registry, which retires no subject that a group still reads.',
    },
    'bus-name': {
      type: 'string',
      value: 'NAME',
      summary: 'readers --report: what services call this bus. Default: its kind, such as nats.',
    },
    bus: {
      type: 'string',
      value: 'URL',
      summary: 'The bus to read: nats://, redis://, amqp:// or kafka://. Default: $HERALD_BUS.',
    },
    registry: registryOption,
    ...databaseOptions,
  },
  examples: [
    'herald events ddl --schema events | psql "$DATABASE_URL"',
    'herald events replay --subject parliament.divisionRecorded --from 2025-01-01 --into archive',
    'herald events replay --subject shop/order.placed.v1 --last --bus nats://127.0.0.1:4222 --target redis://127.0.0.1:6379',
    'herald events archive --catalog shop --month 2026-10 --to archive/2026-10 --bus nats://127.0.0.1:4222',
    'herald events archive --catalog shop --month 2026-10 --to s3://events/2026-10 --bus nats://127.0.0.1:4222',
    'herald events readers --subject shop/order.placed --bus nats://127.0.0.1:4222 --report',
  ],
  async run(input, io) {
    const [verb = ''] = input.positionals;
    const run = Object.hasOwn(verbs, verb) ? verbs[verb] : undefined;
    if (run === undefined)
      throw misused(`"herald events ${verb}" is nothing; there are ${Object.keys(verbs).join(', ')}.`);
    return run(input, io);
  },
};

type Verb = (input: Input, io: Io) => Promise<ExitCode>;

const verbs: Readonly<Record<string, Verb>> = {
  async ddl(input, io) {
    io.out(`${ddl(text(input, 'schema')).join(';\n')};\n`);
    return 0;
  },
  replay: async (input, io) => (await import('../events/replay.ts')).replay(input, io),
  readers: async (input, io) => (await import('../events/readers.ts')).readers(input, io),
  archive: async (input, io) => (await import('../events/archive.ts')).archive(input, io),
};
