/** A browser that hangs up while a page is made: the work stops, in threads and at the store. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ConsoleDeps } from '../src/console/page.ts';
import type { ConsoleRecord } from '../src/console/visit.ts';
import { Fault } from '../src/errors.ts';
import { serveOnLoopback } from './support/chromium.ts';
import { type TestConsole, testConsole } from './support/console.ts';
import { expectStatus, loadCatalog, readSchema } from './support/registry.ts';

const subject = '/catalogs/choice-sherpa/subjects/session.created';
let shop: TestConsole;

beforeAll(async () => {
  shop = await testConsole();
  await loadCatalog(shop, 'choice-sherpa', (name) => name.startsWith('session.'));
  const next = { ...readSchema('choice-sherpa', 'session.created.json'), description: 'Another one.' };
  await expectStatus(shop.ask('POST', `/v1${subject}/versions`, { body: next, type: 'application/schema+json' }), 201);
});
afterAll(() => shop.close());

/** Asks for the page, hangs up once `begun` is called, and gives what the console noted of the request. */
async function hungUp(path: string, depsOf: (begun: () => void) => Partial<ConsoleDeps>): Promise<ConsoleRecord> {
  const browser = new AbortController();
  let noted: (record: ConsoleRecord) => void = () => {};
  const record = new Promise<ConsoleRecord>((resolve) => {
    noted = resolve;
  });
  const deps = { ...shop.deps, ...depsOf(() => browser.abort()) } as ConsoleDeps;
  const { pages, close } = await testConsole({ deps, onRequest: (given) => noted(given) });
  const server = await serveOnLoopback((request) => pages.fetch(request));
  await fetch(`${server.url}${path}`, { signal: browser.signal }).catch(() => undefined);
  const seen = await record;
  await server.close();
  await close();
  return seen;
}

/** The store, with one method that answers only some time after the browser hung up; later questions are counted. */
function slow(method: 'currentDocuments' | 'subjects' | 'versions', begun: () => void, later: string[]) {
  let isHeld = false;
  return new Proxy(shop.deps.store, {
    get(target, name) {
      const ask = Reflect.get(target, name) as (...given: unknown[]) => unknown;
      if (isHeld) later.push(String(name));
      if (name !== method || isHeld) return ask;
      return async (...given: unknown[]) => {
        isHeld = true;
        begun();
        await new Promise((resolve) => setTimeout(resolve, 200));
        return ask(...given);
      };
    },
  });
}

describe('a browser that hangs up', () => {
  it('ends the comparison it waited for', async () => {
    const seen = await hungUp(`${subject}/compare`, (begun) => ({
      checks: {
        ...shop.deps.checks,
        compare: (_previous, _next, _options, { signal }) =>
          new Promise((_, refuse) => {
            signal?.addEventListener('abort', () => refuse(new Fault('CANCELLED')));
            begun();
          }),
      },
    }));
    expect(seen).toMatchObject({ page: 'console.compare', fault: 'CANCELLED' });
  });

  it.each([
    ['/search?q=session', 'console.search', 'currentDocuments'],
    ['/catalogs/choice-sherpa/map', 'console.map', 'subjects'],
    [subject, 'console.subject', 'versions'],
  ] as const)('asks the store nothing more for %s', async (path, page, method) => {
    const later: string[] = [];
    const seen = await hungUp(path, (begun) => ({ store: slow(method, begun, later) }));
    expect(seen).toMatchObject({ page, fault: 'CANCELLED' });
    expect(later).toEqual([]);
  });
});
