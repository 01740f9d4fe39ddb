/** Registries as real processes: stopped while they work, killed in the middle of an import, and promoted between. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fingerprint } from '../src/schema/canonical.ts';
import type { JsonObject } from '../src/schema/json.ts';
import { type FileRow, fileStart, footerAfter, headerOf, readLine, writeLine } from '../src/schema/registry-file.ts';

const repository = new URL('..', import.meta.url).pathname;
const main = join(repository, 'dist/cli/main.js');
const folder = mkdtempSync(join(tmpdir(), 'herald-transfer-'));
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

const timeoutMs = 240_000;
const env = { ...process.env, DATABASE_URL: '', LOG_LEVEL: 'debug', HERALD_URL: '' };

interface Running {
  readonly child: ChildProcess;
  readonly out: () => string;
  readonly err: () => string;
  readonly ended: Promise<number | null>;
}

function herald(...args: string[]): Running {
  const child = spawn(process.execPath, [main, ...args], { cwd: folder, env });
  children.push(child);
  const said = { out: '', err: '' };
  child.stdout?.on('data', (chunk: Buffer) => {
    said.out += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    said.err += chunk.toString();
  });
  return {
    child,
    out: () => said.out,
    err: () => said.err,
    ended: new Promise((resolve) => child.once('close', resolve)),
  };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function serve(data: string): Promise<Running & { readonly url: string }> {
  const running = herald('serve', '--port', '0', '--data', join(folder, data));
  let over = false;
  void running.ended.then(() => {
    over = true;
  });
  await until(() => over || running.out().includes('listens on'));
  const url = /listens on (\S+)/.exec(running.out())?.[1];
  if (url === undefined) throw new Error(`${running.out()}${running.err()}`);
  return { ...running, url };
}

async function command(
  ...args: string[]
): Promise<{ readonly code: number | null; readonly out: string; readonly err: string }> {
  const running = herald(...args);
  const code = await running.ended;
  return { code, out: running.out(), err: running.err() };
}

const read = (name: string) => readFileSync(join(folder, name), 'utf8');

/** What `name` holds, with its one subject enlarged times over, each a schema of its own. */
function enlarged(name: string, count: number): string {
  let place = fileStart;
  const rows: FileRow[] = [];
  for (const line of read(name).trimEnd().split('\n')) {
    const reading = readLine(place, line);
    if (!reading.ok) throw new Error(reading.problem);
    place = reading.place;
    rows.push(reading.row);
  }
  const only = (kind: string) => rows.filter((row) => row.kind === kind).map(({ record }) => record);
  const [subject, version] = [only('subject')[0] as JsonObject, only('version')[0] as JsonObject];
  const copies = Array.from({ length: count }, (_, index): FileRow[] => {
    const copy = `session.copy${String(index).padStart(4, '0')}`;
    const schema = version.schema as JsonObject;
    const document = { ...JSON.parse(String(schema.text)), title: `Copy ${index}` };
    const own = { ...schema, id: index + 1, text: JSON.stringify(document), fingerprint: fingerprint(document) };
    return [
      { kind: 'subject', record: { ...subject, name: copy } },
      { kind: 'version', record: { ...version, subject: copy, schema: own } },
    ];
  }).flat();
  const all: FileRow[] = [...only('catalog').map((record) => ({ kind: 'catalog', record })), ...copies];
  let at = fileStart;
  const text = (row: FileRow) => {
    const line = writeLine(at, row);
    at = line.place;
    return `${line.text}\n`;
  };
  const counts = { subject: count, version: count, catalog: all.length - copies.length };
  const zeros = { consumer: 0, deprecation: 0, pairs: 0, transition: 0, waiver: 0, confluent: 0, usage: 0 };
  const lines = [headerOf({ ...counts, ...zeros }), ...all].map(text);
  return [...lines, text(footerAfter(at))].join('');
}

const sherpa = '/v1/catalogs/choice-sherpa';
const document = readFileSync(join(repository, 'schemas/choice-sherpa/session.created.json'), 'utf8');
const catalog = readFileSync(join(repository, 'schemas/choice-sherpa/catalog.json'), 'utf8');
const json = { 'Content-Type': 'application/json' };

describe.sequential('registries as processes', () => {
  let source: Awaited<ReturnType<typeof serve>>;
  beforeAll(async () => {
    source = await serve('source');
    await fetch(`${source.url}${sherpa}`, { method: 'PUT', headers: json, body: catalog });
    const versions = `${source.url}${sherpa}/subjects/session.created/versions`;
    expect((await fetch(versions, { method: 'POST', headers: json, body: document })).status).toBe(201);
    expect(await command('export', '--out', 'small.ndjson', '--registry', source.url)).toMatchObject({ code: 0 });
    writeFileSync(join(folder, 'large.ndjson'), enlarged('small.ndjson', 400));
  }, timeoutMs);

  test(
    'a registry killed in the middle of an import has whole portions, and the same command goes on',
    async () => {
      const first = await serve('target');
      const importing = herald('import', 'large.ndjson', '--registry', first.url);
      await until(() => /"route":"importRegistry"[^\n]*"status":200/.test(first.err()));
      first.child.kill('SIGKILL');
      expect(await importing.ended).toBe(3);
      expect(importing.err()).toMatch(/\d+ of 803 lines are in, and stay\. Run the same command again/);

      const second = await serve('target');
      const { items } = (await (await fetch(`${second.url}${sherpa}/subjects?limit=1000`)).json()) as {
        items: { name: string; latest: number }[];
      };
      expect(items.length).toBeGreaterThan(0);
      expect(items.length).toBeLessThan(400);
      expect(items.filter(({ latest }) => latest !== 1)).toEqual([]);
      const { code, out } = await command('import', 'large.ndjson', '--registry', second.url);
      expect(code).toBe(0);
      expect(out).toContain(
        `Imported large.ndjson: ${801 - 1 - 2 * items.length} new, ${2 * items.length + 1} already there`,
      );
      await command('export', '--out', 'again.ndjson', '--registry', second.url);
      expect(read('again.ndjson') === read('large.ndjson')).toBe(true);
      expect(await command('audit', 'verify', '--registry', second.url)).toMatchObject({ code: 0 });
      second.child.kill('SIGTERM');
      expect(await second.ended).toBe(0);
    },
    timeoutMs,
  );

  test(
    'a client killed in the middle of an import leaves whole portions, too',
    async () => {
      const target = await serve('other');
      const importing = herald('import', 'large.ndjson', '--registry', target.url);
      await until(() => /"route":"importRegistry"[^\n]*"status":200/.test(target.err()));
      importing.child.kill('SIGKILL');
      await importing.ended;
      expect(await command('import', 'large.ndjson', '--registry', target.url)).toMatchObject({ code: 0 });
      await command('export', '--out', 'other.ndjson', '--registry', target.url);
      expect(read('other.ndjson') === read('large.ndjson')).toBe(true);
      target.child.kill('SIGTERM');
      await target.ended;
    },
    timeoutMs,
  );

  test(
    'a file cut off anywhere, or with a gigantic line, is refused before anything is sent',
    async () => {
      const whole = read('large.ndjson');
      for (const [text, said] of [
        [whole.slice(0, whole.length / 2), /line \d+ .* The file stops there: it was cut off/],
        [`${whole.split('\n').slice(0, 100).join('\n')}\n`, /it stops after line 100 of 803: the end is missing/],
        [`${whole}${whole}`, /line 804 stands after the footer/],
        [`${whole.split('\n')[0]}\n${'x'.repeat(8_000_000)}\n`, /line 2 is longer than 7500000 bytes/],
        ['', /it is empty/],
      ] as const) {
        writeFileSync(join(folder, 'broken.ndjson'), text);
        // nobody listens there: it is never asked
        const { code, err } = await command('import', 'broken.ndjson', '--registry', 'http://127.0.0.1:9');
        expect([code, err]).toEqual([2, expect.stringMatching(said)]);
      }
    },
    timeoutMs,
  );

  test(
    'an export whose registry dies leaves no file behind',
    async () => {
      const target = await serve('target');
      const exporting = herald('export', '--out', 'dying.ndjson', '--registry', target.url);
      await until(() => target.err().includes('"route":"exportRegistry"'));
      target.child.kill('SIGKILL');
      const code = await exporting.ended;
      // it may have been quicker; then the file is whole
      if (code === 0) expect(read('dying.ndjson') === read('large.ndjson')).toBe(true);
      else {
        expect(code).toBe(3);
        expect(exporting.err()).toMatch(/broke off in the middle of its answer|cannot be reached/);
        expect(() => read('dying.ndjson')).toThrow('ENOENT');
      }
    },
    timeoutMs,
  );

  test(
    'promotion checks at the target, keeps the fingerprint and gives ids of its own',
    async () => {
      const target = await serve('promoted');
      const args = ['choice-sherpa/session.created', '--from', source.url, '--to', target.url];
      const missing = await command('promote', ...args);
      expect([missing.code, missing.err]).toEqual([2, expect.stringContaining('(CATALOG_NOT_FOUND)')]);
      await fetch(`${target.url}${sherpa}`, { method: 'PUT', headers: json, body: catalog });
      const other = readFileSync(join(repository, 'schemas/choice-sherpa/cycle.created.json'), 'utf8');
      await fetch(`${target.url}${sherpa}/subjects/cycle.created/versions`, {
        method: 'POST',
        headers: json,
        body: other,
      });
      expect((await command('promote', ...args, '--dry-run')).out).toMatch(
        /would be promoted, as 1\.0\.0\n1 version would be promoted/,
      );
      expect((await command('promote', ...args)).out).toContain(
        'choice-sherpa/session.created@1: promoted, version 1 there, schema 2\n1 version promoted',
      );
      const at = `${sherpa}/subjects/session.created/versions/1`;
      const [here, there] = await Promise.all(
        [source.url, target.url].map(async (url) => (await fetch(`${url}${at}`)).json()),
      );
      const { fingerprint: own, contract } = here as JsonObject;
      expect(there).toMatchObject({ fingerprint: own, contract, id: 2 });

      const breaking = JSON.stringify({
        ...JSON.parse(document),
        properties: { session_id: { type: 'integer', description: 'x' } },
      });
      await fetch(`${source.url}${sherpa}/subjects/session.created/settings`, {
        method: 'PUT',
        headers: json,
        body: '{"level":"NONE"}',
      });
      const versions = `${source.url}${sherpa}/subjects/session.created/versions`;
      expect((await fetch(versions, { method: 'POST', headers: json, body: breaking })).status).toBe(201);
      for (const dry of [['--dry-run'], []]) {
        const refused = await command('promote', ...args, ...dry);
        expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('(INCOMPATIBLE)')]);
        expect(refused.out).toMatch(/^0 versions .* 0 already there, 1 refused/);
      }
      target.child.kill('SIGTERM');
      await target.ended;
    },
    timeoutMs,
  );

  test(
    'asked to stop with a registration half sent, it finishes that one, refuses others, and ends',
    async () => {
      const target = await serve('stopping');
      await fetch(`${target.url}${sherpa}`, { method: 'PUT', headers: json, body: catalog });
      const { hostname, port } = new URL(target.url);
      const path = `${sherpa}/subjects/session.created/versions`;
      const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(document)}\r\n\r\n`;
      const socket = connect(Number(port), hostname);
      let answer = '';
      socket.on('data', (chunk) => {
        answer += chunk.toString();
      });
      const closed = new Promise((resolve) => socket.once('close', resolve));
      socket.write(head + document.slice(0, 40));
      // connections are taken in their order: once this one is answered, the first was accepted
      await fetch(`${target.url}/livez`);
      target.child.kill('SIGTERM');
      await until(() => target.err().includes('"msg":"closing"'));
      await expect(fetch(`${target.url}/livez`)).rejects.toThrow();
      socket.write(document.slice(40));
      await closed;
      expect(answer).toMatch(/^HTTP\/1\.1 201 /);
      expect(await target.ended).toBe(0);
      expect(target.err()).toMatch(/"auditHead":"2:[0-9a-f]{64}"/);
      const again = await serve('stopping');
      expect((await fetch(`${again.url}${path}/1`)).status).toBe(200);
      again.child.kill('SIGTERM');
      await again.ended;
    },
    timeoutMs,
  );
});
