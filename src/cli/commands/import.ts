import { resolve } from 'node:path';
import { Fault } from '../../errors.ts';
import { type FilePosition, fileStart } from '../../schema/registry-file.ts';
import { type Api, registryApi, registryOption } from '../api.ts';
import { type Command, flag, text } from '../command.ts';
import type { Io } from '../io.ts';
import { progress } from '../progress.ts';
import { confluentRegistry } from '../transfer/confluent-registry.ts';
import { copy, ownConfluent } from '../transfer/copy-command.ts';
import { fileChunks } from '../transfer/lines.ts';
import { type RegistryLine, registryLines } from '../transfer/registry-lines.ts';

export const command: Command = {
  name: 'import',
  summary: 'writes what "herald export" wrote into a registry; ids, numbers and times stay as they are',
  usage: 'FILE [--check] [--registry URL] | --from-confluent URL [--registry URL]',
  takes: [0, 1],
  options: {
    check: { type: 'boolean', summary: 'Read the file and say whether it is whole; send nothing.' },
    'from-confluent': {
      type: 'string',
      value: 'URL',
      summary: 'Copy a registry that speaks Confluent’s interface instead; user and password may stand in the URL.',
    },
    registry: registryOption,
  },
  examples: [
    'herald import --from-confluent http://schema-registry:8081',
    'herald import registry.ndjson',
    'herald import registry.ndjson --check',
  ],
  async run(input, io) {
    const source = text(input, 'from-confluent');
    const [file = ''] = input.positionals;
    if ((source === undefined) === (file === ''))
      throw new Fault(
        'USAGE_INVALID',
        {},
        { message: 'Say what to import: a FILE that "herald export" wrote, or --from-confluent URL.' },
      );
    if (source !== undefined)
      return copy(confluentRegistry(source, io), ownConfluent(registryApi(input, io).url, io), io);
    const lines = () => registryLines(fileChunks(resolve(io.cwd, file), file), file);
    // all of it is read before any of it is sent: a file that is not whole changes nothing
    const total = await verified(lines(), io);
    if (flag(input, 'check')) {
      io.out(`${file} is whole: ${total} lines\n`);
      return 0;
    }
    const { created, same } = await send(registryApi(input, io), lines(), total, io);
    io.out(`Imported ${file}: ${created} new, ${same} already there\n`);
    return 0;
  },
};

async function verified(lines: AsyncIterable<RegistryLine>, io: Io): Promise<number> {
  const bar = progress(io, 'Reading');
  let total = 0;
  try {
    for await (const line of lines) {
      total = line.progress.total;
      bar.step(line.progress.place.line, total);
    }
  } finally {
    bar.done();
  }
  return total;
}

/** Lines and bytes of one portion: each is one transaction, which others wait for. */
const mostLines = 50;
const mostBytes = 2_000_000;

interface Sent {
  readonly created: number;
  readonly same: number;
}

async function send(api: Api, lines: AsyncIterable<RegistryLine>, total: number, io: Io): Promise<Sent> {
  const bar = progress(io, 'Importing');
  let after = fileStart;
  let sent: Sent = { created: 0, same: 0 };
  try {
    for await (const portion of portions(lines)) {
      const { json } = await sendOne(api, after, portion.lines, total);
      sent = { created: sent.created + Number(json.created), same: sent.same + Number(json.same) };
      after = portion.end;
      bar.step(after.line, total);
    }
  } finally {
    bar.done();
  }
  // header and footer are neither new nor there
  return { created: sent.created, same: sent.same - 2 };
}

async function sendOne(api: Api, after: FilePosition, lines: readonly string[], total: number) {
  const path = `/v1/import?after=${after.line}&hash=${after.hash}`;
  try {
    return await api.call('POST', path, lines.join('\n'), 'application/x-ndjson');
  } catch (fault) {
    if (!(fault instanceof Fault)) throw fault;
    const kept = `${after.line} of ${total} lines are in, and stay.`;
    const next =
      fault.exit === 3
        ? 'Run the same command again to go on: what is in already is left as it is.'
        : 'Nothing of the portion with that line was written.';
    throw new Fault(fault.code, fault.details, { message: `${fault.message}\n${kept} ${next}`, cause: fault });
  }
}

interface Portion {
  readonly lines: readonly string[];
  readonly end: FilePosition;
}

/** Never ends between a subject and its first version. */
async function* portions(lines: AsyncIterable<RegistryLine>): AsyncGenerator<Portion> {
  let held: string[] = [];
  let bytes = 0;
  let end = fileStart;
  let opening = false;
  for await (const { text, row, progress: at } of lines) {
    const size = Buffer.byteLength(text) + 1;
    if (held.length > 0 && !opening && (held.length >= mostLines || bytes + size > mostBytes)) {
      yield { lines: held, end };
      held = [];
      bytes = 0;
    }
    held.push(text);
    bytes += size;
    end = at.place;
    opening = row.kind === 'subject';
  }
  if (held.length > 0) yield { lines: held, end };
}
