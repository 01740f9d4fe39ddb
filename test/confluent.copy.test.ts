/** A whole registry copied over Confluent's interface between two real servers: broken off in the middle, gone on with, verified. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { confluentRegistry } from '../src/cli/transfer/confluent-registry.ts';
import { copy } from '../src/cli/transfer/copy-command.ts';
import { readConfig } from '../src/config.ts';
import { type RunningServer, startServer } from '../src/server.ts';
import { inlineWork } from './support/inline-work.ts';
import { testIo } from './support/io.ts';

const work = inlineWork();
const slow = 180_000;
let folder: string;
const servers: RunningServer[] = [];

async function start(name: string): Promise<string> {
  const reading = readConfig({ PORT: '0', HERALD_DATA: join(folder, name) });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  const server = await startServer(reading.config, { log: { write: () => {} }, work });
  servers.push(server);
  return `${server.url}/apis/confluent`;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'herald-copy-'));
}, slow);
afterAll(async () => {
  for (const server of servers) await server.close();
  await rm(folder, { recursive: true, force: true });
}, slow);

/** `calls`: after so many the network is gone. */
function world(calls = Number.POSITIVE_INFINITY) {
  let left = calls;
  const { io, said } = testIo({
    fetch: (...given) => {
      left -= 1;
      return left < 0 ? Promise.reject(new Error('gone')) : fetch(...given);
    },
  });
  return { io, printed: () => said.out + said.err };
}

async function ask(url: string, method: string, path: string, body?: object) {
  const response = await fetch(`${url}${path}`, {
    method,
    ...(body && { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
  });
  return response.json();
}

it(
  'keeps ids, versions, what was deleted, references, levels and modes',
  async () => {
    const [from, into] = [await start('from'), await start('into')];
    const put = (subject: string, body: object) =>
      ask(from, 'POST', `/subjects/${encodeURIComponent(subject)}/versions`, body);
    await put('unused', { schema: '"boolean"' });
    await ask(from, 'DELETE', '/subjects/unused');
    await ask(from, 'DELETE', '/subjects/unused?permanent=true');
    await put('address', { schema: '{"type":"record","name":"Address","namespace":"x","fields":[]}' });
    await put('person', {
      schema: '{"type":"record","name":"P","fields":[{"name":"home","type":"x.Address"}]}',
      references: [{ name: 'x.Address', subject: 'address', version: 1 }],
    });
    await put('two', { schema: '"int"' });
    await put('two', { schema: '"long"' });
    await ask(from, 'DELETE', '/subjects/two/versions/1');
    await put('gone', { schemaType: 'JSON', schema: '{"type":"object"}', metadata: { properties: { owner: 'a' } } });
    await ask(from, 'DELETE', '/subjects/gone');
    await put(':.eu:orders', { schemaType: 'PROTOBUF', schema: 'syntax = "proto3"; message M { int32 a = 1; }' });
    await ask(from, 'PUT', '/config/person', { compatibility: 'FULL' });
    await ask(from, 'PUT', '/config/%3A.eu%3A', { compatibility: 'NONE' });
    await ask(from, 'PUT', '/mode/two', { mode: 'READONLY' });

    const broken = world(20);
    await expect(
      copy(confluentRegistry(from, broken.io), confluentRegistry(into, broken.io), broken.io),
    ).rejects.toMatchObject({
      code: 'REGISTRY_UNREACHABLE',
    });
    const whole = world();
    expect(await copy(confluentRegistry(from, whole.io), confluentRegistry(into, whole.io), whole.io)).toBe(0);
    expect(whole.printed()).toContain('Verified');
    const again = world();
    expect(await copy(confluentRegistry(from, again.io), confluentRegistry(into, again.io), again.io)).toBe(0);
    expect(again.printed()).toContain('0 new, 6 already there');

    const paths = [
      '/subjects',
      '/subjects?deleted=true',
      '/subjects/two/versions',
      '/subjects/two/versions?deleted=true',
      '/subjects/person/versions/1',
      '/subjects/gone/versions/1?deleted=true',
      '/subjects/address/versions/1/referencedby',
      '/subjects/%3A.eu%3Aorders/versions/latest',
      '/config/person',
      '/config/%3A.eu%3A',
      '/mode',
      '/mode/two',
      '/contexts',
    ];
    for (const path of paths)
      expect([path, await ask(into, 'GET', path)]).toEqual([path, await ask(from, 'GET', path)]);
  },
  slow,
);

it(
  'is refused where another version stands in the place, and says which',
  async () => {
    const [from, into] = [await start('other'), await start('taken')];
    await ask(from, 'POST', '/subjects/s/versions', { schema: '"int"' });
    await ask(into, 'POST', '/subjects/s/versions', { schema: '"string"' });
    const { io } = world();
    await expect(copy(confluentRegistry(from, io), confluentRegistry(into, io), io)).rejects.toMatchObject({
      code: 'IMPORT_CONFLICT',
      message: expect.stringContaining('another version 1 of "s"'),
    });
    expect(await ask(into, 'GET', '/mode')).toEqual({ mode: 'READWRITE' });
    expect(() => confluentRegistry('ftp://x', io)).toThrow('is no registry URL');
  },
  slow,
);
