/**
 * A server that speaks S3 as far as archives need it. It makes each signature again by the words of the specification (AWS Signature
 * Version 4), apart from the client's, and holds the body against the hash that was signed.
 */
import { createHash, createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface S3Server {
  readonly url: string;
  /** `bucket/key` → content. */
  readonly objects: Map<string, Buffer>;
  /** Those of the request that wrote the object. */
  readonly headers: Map<string, IncomingMessage['headers']>;
  /** Multipart uploads that nobody completed or took back. */
  readonly uploads: Map<string, Buffer[]>;
  readonly requests: string[];
  /** What a request, such as `PUT /bucket/key`, is refused with, if it is. */
  failure: (request: string) => number | undefined;
  close(): Promise<void>;
}

const keyId = 'AKIDEXAMPLE';
const secret = 'wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY';
export const s3Credentials = { accessKeyId: keyId, secretAccessKey: secret } as const;

export async function s3Server(bucket: string): Promise<S3Server> {
  const objects = new Map<string, Buffer>();
  const headers = new Map<string, IncomingMessage['headers']>();
  const uploads = new Map<string, Buffer[]>();
  const requests: string[] = [];
  const server = createServer(async (request, response) => {
    const parts: Buffer[] = [];
    for await (const part of request) parts.push(part as Buffer);
    const body = Buffer.concat(parts);
    const url = new URL(request.url ?? '', 'http://s3');
    const line = `${request.method} ${request.url}`;
    requests.push(line);
    const failed = made.failure(line);
    if (failed !== undefined) return refuse(response, failed, 'SlowDown');
    const wrong = wrongIn(request, url, body);
    if (wrong !== undefined) return refuse(response, 403, wrong);
    const path = decodeURIComponent(url.pathname.slice(1));
    if (!path.startsWith(`${bucket}/`)) return refuse(response, 404, 'NoSuchBucket');
    if (request.method === 'PUT') headers.set(path, request.headers);
    answer(request.method ?? '', path, url.searchParams, body, response);
  });

  function answer(method: string, path: string, query: URLSearchParams, body: Buffer, response: ServerResponse): void {
    const uploadId = query.get('uploadId');
    if (method === 'POST' && query.has('uploads')) {
      const id = `u/${uploads.size}+1`;
      uploads.set(id, []);
      response.end(`<InitiateMultipartUploadResult><UploadId>${id}</UploadId></InitiateMultipartUploadResult>`);
    } else if (uploadId !== null) answerUpload(method, path, uploadId, Number(query.get('partNumber')), body, response);
    else if (method === 'PUT') {
      objects.set(path, body);
      response.setHeader('etag', tagOf(body)).end();
    } else if (method === 'DELETE') {
      objects.delete(path);
      response.writeHead(204).end();
    } else {
      const found = objects.get(path);
      if (found === undefined) refuse(response, 404, 'NoSuchKey');
      else response.end(found);
    }
  }

  function answerUpload(
    method: string,
    path: string,
    id: string,
    number: number,
    body: Buffer,
    response: ServerResponse,
  ): void {
    const held = uploads.get(id);
    if (held === undefined) {
      refuse(response, 404, 'NoSuchUpload');
      return;
    }
    if (method === 'PUT') {
      held[number - 1] = body;
      response.setHeader('etag', tagOf(body)).end();
      return;
    }
    uploads.delete(id);
    if (method === 'DELETE') {
      response.writeHead(204).end();
      return;
    }
    const wanted = held.map(
      (part, at) =>
        `<Part><PartNumber>${at + 1}</PartNumber><ETag>${tagOf(part).replaceAll('"', '&quot;')}</ETag></Part>`,
    );
    if (body.toString() !== `<CompleteMultipartUpload>${wanted.join('')}</CompleteMultipartUpload>`) {
      refuse(response, 400, 'InvalidPart');
      return;
    }
    objects.set(path, Buffer.concat(held));
    response.end('<CompleteMultipartUploadResult></CompleteMultipartUploadResult>');
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const made: S3Server = {
    url: `http://127.0.0.1:${port}`,
    objects,
    headers,
    uploads,
    requests,
    failure: () => undefined,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
  return made;
}

function tagOf(body: Buffer): string {
  return `"${createHash('md5').update(body).digest('hex')}"`;
}

function refuse(response: ServerResponse, status: number, code: string): void {
  response.writeHead(status, { 'content-type': 'application/xml' }).end(`<Error><Code>${code}</Code></Error>`);
}

const sha256 = (value: string | Buffer) => createHash('sha256').update(value).digest('hex');
const hmac = (key: string | Buffer, value: string) => createHmac('sha256', key).update(value).digest();

/** The code S3 refuses this request with, if any. */
function wrongIn({ method = '', headers }: IncomingMessage, url: URL, body: Buffer): string | undefined {
  const said =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^/]+)\/s3\/aws4_request, SignedHeaders=([^,]+), Signature=([0-9a-f]{64})$/;
  const [, id, day = '', region = '', signed = '', signature] = said.exec(headers.authorization ?? '') ?? [];
  if (id !== keyId) return 'InvalidAccessKeyId';
  const at = String(headers['x-amz-date']);
  const time = Date.parse(at.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  if (!at.startsWith(day) || Math.abs(Date.now() - time) > 900_000) return 'RequestTimeTooSkewed';
  if (!signed.split(';').includes('host') || !signed.includes('x-amz-content-sha256')) return 'AccessDenied';
  if (headers['x-amz-content-sha256'] !== sha256(body)) return 'XAmzContentSHA256Mismatch';
  const query = [...url.searchParams].map((pair) => pair.map(encode).join('=')).sort();
  const request = [
    method,
    url.pathname
      .split('/')
      .map((part) => encode(decodeURIComponent(part)))
      .join('/'),
    query.join('&'),
    ...signed.split(';').map((name) => `${name}:${String(headers[name]).trim()}`),
    '',
    signed,
    headers['x-amz-content-sha256'],
  ].join('\n');
  const scope = `${day}/${region}/s3/aws4_request`;
  const key = [day, region, 's3', 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secret}`);
  const expected = hmac(key, ['AWS4-HMAC-SHA256', at, scope, sha256(request)].join('\n')).toString('hex');
  return expected === signature ? undefined : 'SignatureDoesNotMatch';
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
