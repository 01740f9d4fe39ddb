/**
 * An archive under `s3://bucket/prefix`, on Amazon S3 or anything that speaks its protocol. Each part is signed with its hash. What is
 * longer than a part is uploaded in parts, which become an object together or not at all.
 */
import { createHash } from 'node:crypto';
import type { AwsClient } from 'aws4fetch';
import { EventFault } from '../error.ts';
import type { ArchivePlace } from './place.ts';

export interface S3Access {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary credentials. */
  readonly sessionToken?: string;
  /** Default `us-east-1`. */
  readonly region?: string;
  /** Where the protocol is spoken, such as `http://127.0.0.1:9000`. Default: Amazon. */
  readonly endpoint?: string;
  /** Bytes held in memory and uploaded at once; S3 takes 5 MiB and more, and 10,000 of them. Default 16 MiB. */
  readonly partBytes?: number;
}

const defaultPartBytes = 16 * 1_048_576;
const retries = 3;

type Ask = (
  method: string,
  key: string,
  query: string,
  body?: Uint8Array,
  about?: Readonly<Record<string, string>>,
) => Promise<Response>;

/** Texts in a bucket, each with the headers it is served with. */
export interface S3Bucket {
  readonly shown: string;
  write(name: string, text: string, headers: Readonly<Record<string, string>>): Promise<void>;
  /** Undefined where there is none. */
  read(name: string): Promise<string | undefined>;
  remove(name: string): Promise<void>;
}

export function s3Bucket(where: string, access: S3Access): S3Bucket {
  const { bucket, prefix } = locationOf(where);
  const ask = askerOf(where, bucket, access);
  return {
    shown: where,
    write: async (name, text, headers) => void (await ask('PUT', `${prefix}${name}`, '', Buffer.from(text), headers)),
    async read(name) {
      try {
        return await (await ask('GET', `${prefix}${name}`, '')).text();
      } catch (error) {
        if (error instanceof EventFault && error.code === 'ARCHIVE_INVALID') return undefined;
        throw error;
      }
    },
    remove: async (name) => void (await ask('DELETE', `${prefix}${name}`, '')),
  };
}

export function s3Place(where: string, access: S3Access): ArchivePlace {
  const { bucket, prefix } = locationOf(where);
  const ask = askerOf(where, bucket, access);
  const keyOf = (name: string) => `${prefix}${name}`;
  const { partBytes = defaultPartBytes } = access;
  return {
    shown: where,
    write: (name, content) => upload(ask, keyOf(name), content, partBytes),
    async read(name) {
      const { body } = await ask('GET', keyOf(name), '');
      return body ?? emptied();
    },
  };
}

async function* emptied(): AsyncGenerator<Uint8Array> {}

/** `s3://bucket`, `s3://bucket/prefix` and `s3://bucket/prefix/` say where files begin. */
function locationOf(where: string): { readonly bucket: string; readonly prefix: string } {
  const [, bucket, path = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/.exec(where) ?? [];
  if (bucket === undefined) {
    const message = `"${where}" is not s3://bucket/prefix.`;
    throw new EventFault('OPTIONS_INVALID', { where }, { message });
  }
  return { bucket, prefix: path === '' || path.endsWith('/') ? path : `${path}/` };
}

function askerOf(where: string, bucket: string, access: S3Access): Ask {
  let opening: Promise<AwsClient> | undefined;
  const base = baseOf(bucket, access);
  return async (method, key, query, body, about) => {
    opening ??= clientOf(access);
    const headers = {
      ...about,
      'x-amz-content-sha256': createHash('sha256')
        .update(body ?? '')
        .digest('hex'),
    };
    const url = `${base}/${key.split('/').map(encodeURIComponent).join('/')}${query}`;
    const client = await opening;
    const response = await client
      .fetch(url, { method, headers, ...(body !== undefined && { body: Buffer.from(body) }) })
      .catch((cause: unknown) => {
        throw unavailable(where, `${new URL(base).origin} does not answer`, {}, cause);
      });
    if (response.ok) return response;
    throw await refusal(where, key, response);
  };
}

async function clientOf({ region = 'us-east-1', endpoint: _, partBytes: __, ...credentials }: S3Access) {
  const { AwsClient: Client } = await import('aws4fetch').catch((cause: unknown) => {
    const options = {
      message: 'Archives under s3:// need aws4fetch.',
      remedy: 'Install it: npm install aws4fetch.',
      cause,
    };
    throw new EventFault('BUS_LIBRARY_MISSING', { packages: 'aws4fetch' }, options);
  });
  return new Client({ ...credentials, region, service: 's3', retries });
}

/** A bucket's name is part of the host at Amazon, where a dot in it would not fit the certificate; elsewhere part of the path. */
function baseOf(bucket: string, { endpoint, region = 'us-east-1' }: S3Access): string {
  if (endpoint !== undefined) return `${endpoint.replace(/\/+$/, '')}/${bucket}`;
  const host = `s3.${region}.amazonaws.com`;
  return bucket.includes('.') ? `https://${host}/${bucket}` : `https://${bucket}.${host}`;
}

async function refusal(where: string, key: string, response: Response): Promise<EventFault> {
  const code = member(await response.text(), 'Code') ?? String(response.status);
  if (code === 'NoSuchKey' || (response.status === 404 && code !== 'NoSuchBucket')) {
    const name = key.split('/').at(-1) ?? key;
    return new EventFault('ARCHIVE_INVALID', { name }, { message: `${where} holds no ${name}.` });
  }
  return unavailable(where, `the answer is ${code}`, { status: response.status, code });
}

function unavailable(where: string, why: string, details: object, cause?: unknown): EventFault {
  const message = `${where} cannot be used: ${why}.`;
  return new EventFault('ARCHIVE_UNAVAILABLE', { where, ...details }, { message, cause });
}

async function upload(ask: Ask, key: string, content: AsyncIterable<Uint8Array>, partBytes: number): Promise<void> {
  let uploadId: string | undefined;
  const tags: string[] = [];
  try {
    for await (const { body, isLast } of inParts(content, partBytes)) {
      if (isLast && uploadId === undefined) {
        await ask('PUT', key, '', body);
        return;
      }
      uploadId ??= member(await (await ask('POST', key, '?uploads=')).text(), 'UploadId');
      const query = `?partNumber=${tags.length + 1}&uploadId=${encodeURIComponent(uploadId ?? '')}`;
      tags.push((await ask('PUT', key, query, body)).headers.get('etag') ?? '');
    }
    await complete(ask, key, uploadId ?? '', tags);
  } catch (error) {
    // parts nobody completes are kept, and paid for
    if (uploadId !== undefined) await ask('DELETE', key, `?uploadId=${encodeURIComponent(uploadId)}`).catch(() => {});
    throw error;
  }
}

/** The answer to this request begins before it is decided, so that an error may stand in an answer of status 200. */
async function complete(ask: Ask, key: string, uploadId: string, tags: readonly string[]): Promise<void> {
  const parts = tags.map((tag, at) => `<Part><PartNumber>${at + 1}</PartNumber><ETag>${escaped(tag)}</ETag></Part>`);
  const body = Buffer.from(`<CompleteMultipartUpload>${parts.join('')}</CompleteMultipartUpload>`);
  const response = await ask('POST', key, `?uploadId=${encodeURIComponent(uploadId)}`, body);
  const code = member(await response.text(), 'Code');
  if (code !== undefined) throw unavailable(key, `the answer is ${code}`, { code });
}

interface Part {
  readonly body: Uint8Array;
  readonly isLast: boolean;
}

async function* inParts(content: AsyncIterable<Uint8Array>, partBytes: number): AsyncGenerator<Part> {
  let held: Uint8Array[] = [];
  let bytes = 0;
  for await (const piece of content) {
    if (bytes >= partBytes) {
      yield { body: Buffer.concat(held), isLast: false };
      held = [];
      bytes = 0;
    }
    held.push(piece);
    bytes += piece.byteLength;
  }
  yield { body: Buffer.concat(held), isLast: true };
}

function member(xml: string, name: string): string | undefined {
  return new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml)?.[1];
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
}
