/** Archives: what streams hold, as NDJSON with a manifest of hashes, and back as a source for a replay. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Bus, Channel, StoredMessage } from './bus.ts';
import { EventFault } from './error.ts';

export interface ArchiveManifest {
  readonly manifestVersion: 1;
  /** RFC 3339; `to` is not included. */
  readonly from: string;
  readonly to: string;
  readonly files: readonly {
    readonly name: string;
    readonly sha256: string;
    readonly events: number;
    readonly bytes: number;
  }[];
}

interface Line extends Omit<StoredMessage, 'body'> {
  /** Text where the body is UTF-8, else base64. */
  readonly body?: string;
  readonly base64?: string;
}

const manifestName = 'manifest.json';

/** Writes what was stored from `from` on and before `to`, one file a stream. The folder is made; files that are there are replaced. */
export async function writeArchive(
  bus: Bus,
  channels: readonly Channel[],
  folder: string,
  { from, to }: { readonly from: Date; readonly to: Date },
): Promise<ArchiveManifest> {
  await mkdir(folder, { recursive: true });
  const files: ArchiveManifest['files'][number][] = [];
  for (const stream of [...new Set(channels.map((channel) => channel.stream))].sort()) {
    const own = channels.filter((channel) => channel.stream === stream);
    const stored = bus.read({ channels: own, from: { time: from.getTime() }, to: to.getTime() });
    files.push(await writeFileOf(folder, `${stream}.ndjson`, stored));
  }
  const manifest: ArchiveManifest = { manifestVersion: 1, from: from.toISOString(), to: to.toISOString(), files };
  await writeFile(join(folder, manifestName), `${JSON.stringify(manifest, undefined, 2)}\n`);
  return manifest;
}

async function writeFileOf(folder: string, name: string, stored: AsyncIterable<StoredMessage>) {
  const file = await open(join(folder, name), 'w');
  const hash = createHash('sha256');
  let events = 0;
  let bytes = 0;
  try {
    for await (const message of stored) {
      const line = Buffer.from(`${JSON.stringify(lineOf(message))}\n`);
      hash.update(line);
      events += 1;
      bytes += line.byteLength;
      await file.appendFile(line);
    }
  } finally {
    await file.close();
  }
  return { name, sha256: hash.digest('hex'), events, bytes };
}

function lineOf({ body, ...message }: StoredMessage): Line {
  const text = Buffer.from(body).toString('utf8');
  const isText = Buffer.from(text, 'utf8').equals(Buffer.from(body));
  return { ...message, ...(isText ? { body: text } : { base64: Buffer.from(body).toString('base64') }) };
}

/** Reads an archive back. Every file is held against its hash before its first event is given: rejects with ARCHIVE_INVALID. */
export async function* readArchive(folder: string): AsyncIterable<StoredMessage> {
  const { files } = await manifestOf(folder);
  for (const { name, sha256 } of files) await verify(join(folder, name), name, sha256);
  for (const { name } of files) {
    const lines = createInterface({ input: createReadStream(join(folder, name)), crlfDelay: Number.POSITIVE_INFINITY });
    for await (const line of lines) if (line !== '') yield messageOf(line);
  }
}

function messageOf(line: string): StoredMessage {
  const { body, base64, ...message } = JSON.parse(line) as Line;
  return { ...message, body: base64 === undefined ? Buffer.from(body ?? '', 'utf8') : Buffer.from(base64, 'base64') };
}

async function manifestOf(folder: string): Promise<ArchiveManifest> {
  try {
    const manifest = JSON.parse(await readFile(join(folder, manifestName), 'utf8')) as ArchiveManifest;
    const isPlain = manifest.files.every(({ name }) => /^[A-Za-z0-9_-]+\.ndjson$/.test(name));
    if (manifest.manifestVersion === 1 && isPlain) return manifest;
  } catch (cause) {
    throw new EventFault('ARCHIVE_INVALID', { folder }, { message: `${folder} holds no archive.`, cause });
  }
  throw new EventFault(
    'ARCHIVE_INVALID',
    { folder },
    { message: `The manifest in ${folder} is not one that was written here.` },
  );
}

async function verify(path: string, name: string, sha256: string): Promise<void> {
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  } catch (cause) {
    throw new EventFault('ARCHIVE_INVALID', { name }, { message: `${name} cannot be read.`, cause });
  }
  if (hash.digest('hex') !== sha256)
    throw new EventFault(
      'ARCHIVE_INVALID',
      { name },
      { message: `${name} is not what the manifest says: it was changed or cut short.` },
    );
}
