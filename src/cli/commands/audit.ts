import { open } from 'node:fs/promises';
import { resolve } from 'node:path';
import { Fault } from '../../errors.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../schema/json.ts';
import { type Api, registryApi, registryOption } from '../api.ts';
import { type Command, type ExitCode, type Input, text } from '../command.ts';
import type { Io } from '../io.ts';
import { plural } from '../output/plural.ts';
import { progress } from '../progress.ts';
import { type Head, headText, noHead, parseHead, verifyRows } from '../transfer/audit-chain.ts';
import { fileChunks, linesOf, unreadable } from '../transfer/lines.ts';

export const command: Command = {
  name: 'audit',
  summary: 'verifies the audit log, of a registry or of an exported file, or exports it as NDJSON',
  usage: 'verify [FILE] [--expect HEAD] | export [--out FILE]',
  takes: [1, 2],
  options: {
    expect: {
      type: 'string',
      value: 'HEAD',
      summary: 'A head that was kept (SEQUENCE:HASH): the log must still hold it. Shows an end that was cut off.',
    },
    out: { type: 'string', short: 'o', value: 'FILE', summary: 'Where to export to. Default: standard output.' },
    registry: registryOption,
  },
  examples: [
    'herald audit verify',
    'herald audit export --out audit.ndjson',
    'herald audit verify audit.ndjson --expect 1204:9f2c…',
  ],
  async run(input, io) {
    const [verb, file] = input.positionals;
    if (verb === 'export' && file === undefined) return exported(input, io);
    if (verb === 'verify') return file === undefined ? verifyRegistry(input, io) : verifyFile(file, input, io);
    const message =
      verb === 'export'
        ? `To export to "${file}", write --out ${file}.`
        : `"herald audit ${verb}" is nothing; there are verify and export.`;
    throw new Fault('USAGE_INVALID', {}, { message });
  },
};

async function exported(input: Input, io: Io): Promise<ExitCode> {
  const api = registryApi(input, io);
  const head = await headOf(api);
  const path = text(input, 'out');
  const file = path === undefined || path === '-' ? undefined : await open(resolve(io.cwd, path), 'w', 0o600);
  const bar = progress(io, 'Exporting');
  let count = 0;
  try {
    for await (const row of rowsOf(api)) {
      const line = `${JSON.stringify(row)}\n`;
      if (file) await file.write(line);
      else io.out(line);
      count += 1;
      bar.step(count, Math.max(count, head.sequence));
    }
  } finally {
    bar.done();
    await file?.close();
  }
  io.err(`${plural(count, 'row')}; the head was ${headText(head)} when it began. Keep it apart from the rows.\n`);
  return 0;
}

/** What the registry says of its end is asked before its rows: those that come meanwhile are beyond it. */
async function verifyRegistry(input: Input, io: Io): Promise<ExitCode> {
  const api = registryApi(input, io);
  const kept = expected(input);
  const stated = await headOf(api);
  const anchor = kept && kept.sequence >= stated.sequence ? kept : stated;
  const bar = progress(io, 'Verifying');
  const rows = counted(rowsOf(api), (count) => bar.step(count, Math.max(count, stated.sequence)));
  try {
    return await printVerification(io, rows, anchor, kept);
  } finally {
    bar.done();
  }
}

async function verifyFile(file: string, input: Input, io: Io): Promise<ExitCode> {
  const kept = expected(input);
  return printVerification(io, fileRows(resolve(io.cwd, file), file), kept, kept);
}

/** Two heads to hold it against are two walks in one: the later as the anchor, the kept one where it is earlier. */
async function printVerification(io: Io, rows: AsyncIterable<Json>, anchor: Head | undefined, kept: Head | undefined) {
  let differs = false;
  const watched = counted(rows, (_, row) => {
    if (kept && isObject(row) && row.sequence === kept.sequence && row.hash !== kept.hash) differs = true;
  });
  const verified = await verifyRows(watched, anchor);
  if (!verified.ok) {
    io.out(`row ${verified.broken.sequence} ${verified.broken.what}\n`);
    return 1;
  }
  if (differs) {
    io.out(`row ${kept?.sequence} is not the row that the head names: the log was written anew up to here\n`);
    return 1;
  }
  io.out(`${plural(verified.head.sequence, 'row')}, the chain is whole; its head is ${headText(verified.head)}\n`);
  return 0;
}

async function* counted(rows: AsyncIterable<Json>, seen: (count: number, row: Json) => void): AsyncGenerator<Json> {
  let count = 0;
  for await (const row of rows) {
    count += 1;
    seen(count, row);
    yield row;
  }
}

function expected(input: Input): Head | undefined {
  const given = text(input, 'expect');
  const head = given === undefined ? undefined : parseHead(given);
  if (given !== undefined && !head)
    throw new Fault(
      'USAGE_INVALID',
      {},
      { message: `"${given}" is no head: it is SEQUENCE:HASH, as verify and export print it.` },
    );
  return head;
}

async function headOf(api: Api): Promise<Head> {
  const { json } = await api.call('GET', '/v1/audit/head');
  return { sequence: Number(json.sequence ?? 0), hash: String(json.hash ?? noHead.hash) };
}

async function* rowsOf(api: Api): AsyncGenerator<JsonObject> {
  for (let query: string | undefined = ''; query !== undefined; ) {
    const { json } = await api.call('GET', `/v1/audit?limit=1000${query}`);
    for (const row of isArray(json.items) ? json.items : []) if (isObject(row)) yield row;
    query = typeof json.cursor === 'string' ? `&cursor=${encodeURIComponent(json.cursor)}` : undefined;
  }
}

/** Bytes of one row: far more than any the registry writes. */
const maxRowBytes = 1_000_000;

async function* fileRows(path: string, shown: string): AsyncGenerator<Json> {
  for await (const { number, text: line, ended } of linesOf(fileChunks(path, shown), shown, maxRowBytes)) {
    try {
      yield JSON.parse(line);
    } catch (cause) {
      const what = ended ? `line ${number} is not JSON.` : `line ${number} stops in the middle: the file is cut off.`;
      throw unreadable(shown, what, cause);
    }
  }
}
