/** The console on a store in memory, as the server puts it together, and a way of asking it as a browser does. */
import type { Hono } from 'hono';
import { type ConsoleOptions, createConsole } from '../../src/console/console.ts';
import { createSeal } from '../../src/console/seal.ts';
import type { ConsoleIdentity, Gatekeeper } from '../../src/console/visitor.ts';
import { localAdmin, may } from '../../src/http/identity.ts';
import type { Caller } from '../../src/registry/caller.ts';
import { type TestRegistry, testRegistry } from './registry.ts';

export interface TestConsole extends TestRegistry {
  readonly pages: Hono;
  /** A browser with cookies of its own. */
  readonly browser: () => Browser;
}

export interface Browser {
  get(path: string): Promise<Seen>;
  /** Sends the form of the page at `path`, with the token that page holds. */
  send(path: string, fields: Readonly<Record<string, string>>, to?: string): Promise<Seen>;
  readonly cookies: Map<string, string>;
}

export interface Seen {
  readonly status: number;
  readonly text: string;
  readonly headers: Headers;
}

export const site = 'http://console.example';

export function openGatekeeper(): Gatekeeper {
  return {
    required: false,
    authenticate: async () => localAdmin as ConsoleIdentity,
    callerOf,
    identityOf: () => undefined,
  };
}

export function callerOf(identity: ConsoleIdentity): Caller {
  return { actor: identity.actor, queue: identity.actor, can: (permission, about) => may(identity, permission, about) };
}

export async function testConsole(options: Partial<ConsoleOptions> = {}): Promise<TestConsole> {
  const registry = await testRegistry();
  const bugs = registry.bugs as unknown[];
  const pages = createConsole({
    deps: registry.deps,
    gatekeeper: openGatekeeper(),
    seal: createSeal(new Uint8Array(32).fill(7), registry.deps.clock),
    addressOf: () => ({ base: '', origin: site }),
    traceOf: () => ({ correlationId: 'test' }),
    onBug: (error) => bugs.push(error),
    ...options,
  });
  return { ...registry, pages, browser: () => browser(pages) };
}

function browser(pages: Hono): Browser {
  const cookies = new Map<string, string>();
  const ask = async (path: string, init: RequestInit = {}): Promise<Seen> => {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const response = await pages.request(`${site}${path}`, { ...init, headers: { ...init.headers, cookie } });
    for (const set of response.headers.getSetCookie()) {
      const [name = '', value = ''] = (set.split(';')[0] ?? '').split(/=(.*)/s);
      if (value === '' || /Max-Age=0/i.test(set)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return { status: response.status, text: await response.text(), headers: response.headers };
  };
  return {
    cookies,
    get: (path) => ask(path),
    async send(path, fields, to = path) {
      const { text } = await ask(path);
      const token = /name="form-token" value="([^"]*)"/.exec(text)?.[1] ?? '';
      return ask(to, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded', origin: site },
        body: new URLSearchParams({ 'form-token': token, ...fields }).toString(),
      });
    },
  };
}
