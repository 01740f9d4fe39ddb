/** Archives: what streams hold, as NDJSON with a manifest of hashes, and back as a source for a replay. */
import { createHash } from 'node:crypto';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import type { Bus, Channel, StoredMessage } from '../bus.ts';
import { EventFault } from '../error.ts';
import { type ArchivePlace, placeOf } from './place.ts';
import type { S3Access } from './s3.ts';

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

/**
 * Writes what was stored from `from` on and before `to`, one file a stream, to a folder or to `s3://bucket/prefix`. What is there under
 * these names is replaced; the manifest comes last, so that an archive cut short is none.
 */
export async function writeArchive(
  bus: Bus,
  channels: readonly Channel[],
  where: string | ArchivePlace,
  { from, to, s3 }: { readonly from: Date; readonly to: Date; readonly s3?: S3Access },
): Promise<ArchiveManifest> {
  const place = placeOf(where, s3);
  const files: ArchiveManifest['files'][number][] = [];
  for (const stream of [...new Set(channels.map((channel) => channel.stream))].sort()) {
    const own = channels.filter((channel) => channel.stream === stream);
    const stored = bus.read({ channels: own, from: { time: from.getTime() }, to: to.getTime() });
    files.push(await writeFileOf(place, `${stream}.ndjson`, stored));
  }
  const manifest: ArchiveManifest = { manifestVersion: 1, from: from.toISOString(), to: to.toISOString(), files };
  await place.write(manifestName, one(Buffer.from(`${JSON.stringify(manifest, undefined, 2)}\n`)));
  return manifest;
}

async function* one(content: Uint8Array): AsyncGenerator<Uint8Array> {
  yield content;
}

async function writeFileOf(place: ArchivePlace, name: string, stored: AsyncIterable<StoredMessage>) {
  const hash = createHash('sha256');
  let events = 0;
  let bytes = 0;
  const lines = async function* (): AsyncGenerator<Uint8Array> {
    for await (const message of stored) {
      const line = Buffer.from(`${JSON.stringify(lineOf(message))}\n`);
      hash.update(line);
      events += 1;
      bytes += line.byteLength;
      yield line;
    }
  };
  await place.write(name, lines());
  return { name, sha256: hash.digest('hex'), events, bytes };
}

function lineOf({ body, ...message }: StoredMessage): Line {
  const text = Buffer.from(body).toString('utf8');
  const isText = Buffer.from(text, 'utf8').equals(Buffer.from(body));
  return { ...message, ...(isText ? { body: text } : { base64: Buffer.from(body).toString('base64') }) };
}

/** Reads an archive back. Every file is held against its hash before its first event is given: rejects with ARCHIVE_INVALID. */
export async function* readArchive(
  where: string | ArchivePlace,
  { s3 }: { readonly s3?: S3Access } = {},
): AsyncIterable<StoredMessage> {
  const place = placeOf(where, s3);
  const { files } = await manifestOf(place);
  for (const { name, sha256 } of files) await verify(place, name, sha256);
  for (const { name } of files) {
    const input = Readable.from(await place.read(name));
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY }))
      if (line !== '') yield messageOf(line);
  }
}

function messageOf(line: string): StoredMessage {
  const { body, base64, ...message } = JSON.parse(line) as Line;
  return { ...message, body: base64 === undefined ? Buffer.from(body ?? '', 'utf8') : Buffer.from(base64, 'base64') };
}

async function manifestOf(place: ArchivePlace): Promise<ArchiveManifest> {
  const { shown } = place;
  const text = await textOf(place, manifestName);
  const manifest = manifestIn(text);
  if (manifest !== undefined) return manifest;
  const message = `The manifest in ${shown} is not one that was written here.`;
  throw new EventFault('ARCHIVE_INVALID', { where: shown }, { message });
}

async function textOf(place: ArchivePlace, name: string): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const part of await place.read(name)) parts.push(part);
  return Buffer.concat(parts).toString('utf8');
}

function manifestIn(text: string): ArchiveManifest | undefined {
  try {
    const manifest = JSON.parse(text) as ArchiveManifest;
    const isPlain = manifest.files.every(({ name }) => /^[A-Za-z0-9_-]+\.ndjson$/.test(name));
    return manifest.manifestVersion === 1 && isPlain ? manifest : undefined;
  } catch {
    return undefined;
  }
}

async function verify(place: ArchivePlace, name: string, sha256: string): Promise<void> {
  const hash = createHash('sha256');
  for await (const part of await place.read(name)) hash.update(part);
  if (hash.digest('hex') === sha256) return;
  const message = `${name} is not what the manifest says: it was changed or cut short.`;
  throw new EventFault('ARCHIVE_INVALID', { name }, { message });
}
