/** A registry that speaks Confluent's interface, as copies read and write it. */
import { Fault } from '../../errors.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../schema/json.ts';
import type { Io } from '../io.ts';

export interface ConfluentRegistry {
  /** As messages name it: without user and password. */
  readonly shown: string;
  /** Undefined where it is not there (404). */
  get(path: string): Promise<Json | undefined>;
  send(method: 'POST' | 'PUT' | 'DELETE', path: string, body?: JsonObject): Promise<Json>;
}

const timeoutMs = 60_000;
const mediaType = 'application/vnd.schemaregistry.v1+json';

/** User and password may stand in the URL; without them, `token` goes along as a bearer. */
export function confluentRegistry(given: string, io: Io, token?: string): ConfluentRegistry {
  if (!/^https?:\/\//.test(given) || !URL.canParse(given))
    throw new Fault(
      'USAGE_INVALID',
      {},
      { message: `"${given}" is no registry URL: it starts with http:// or https://.` },
    );
  const url = new URL(given);
  const { username, password } = url;
  url.username = '';
  url.password = '';
  const shown = url.href.replace(/\/+$/, '');
  const basic = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64');
  const authorization = username !== '' ? `Basic ${basic}` : token === undefined ? undefined : `Bearer ${token}`;
  const ask = async (method: string, path: string, body?: JsonObject): Promise<Response> => {
    const headers = {
      accept: mediaType,
      ...(body && { 'content-type': mediaType }),
      ...(authorization !== undefined && { authorization }),
    };
    try {
      const signal = AbortSignal.timeout(timeoutMs);
      return await io.fetch(`${shown}${path}`, {
        method,
        headers,
        signal,
        ...(body && { body: JSON.stringify(body) }),
      });
    } catch (cause) {
      throw new Fault(
        'REGISTRY_UNREACHABLE',
        { url: shown },
        { message: `${shown} cannot be reached. What is copied stays; run the same command again to go on.`, cause },
      );
    }
  };
  return {
    shown,
    async get(path) {
      const response = await ask('GET', path);
      return response.status === 404 ? undefined : answered(shown, path, response);
    },
    send: async (method, path, body) => answered(shown, path, await ask(method, path, body)),
  };
}

async function answered(shown: string, path: string, response: Response): Promise<Json> {
  const text = await response.text();
  let json: Json | undefined;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  if (response.ok && json !== undefined) return json;
  const message =
    isObject(json) && typeof json.message === 'string'
      ? json.message
      : `answered ${response.status}, not as a schema registry does`;
  throw new Fault(
    'REGISTRY_ANSWER_INVALID',
    { url: shown, status: response.status },
    { message: `${shown}${path.split('?')[0]}: ${message.slice(0, 1_000)}` },
  );
}

export function numbersIn(value: Json | undefined): readonly number[] {
  return isArray(value) ? value.filter((each) => typeof each === 'number') : [];
}

export function textsIn(value: Json | undefined): readonly string[] {
  return isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}
