/** The registry as a newcomer meets it: the built command, a real port, a real folder, real signals. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { databaseUrl } from './support/database.ts';

const repository = new URL('..', import.meta.url).pathname;
const main = join(repository, 'dist/cli/main.js');
const children: ChildProcess[] = [];
const folder = mkdtempSync(join(tmpdir(), 'herald-serve-'));
afterAll(() => {
  for (const child of children) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

interface Served {
  readonly child: ChildProcess;
  readonly url: string;
  readonly printed: () => string;
}

const patience = { timeout: 20_000, interval: 100 };
const env = { ...process.env, DATABASE_URL: '', LOG_LEVEL: 'warn', HERALD_URL: '' };

function start(...args: string[]): {
  readonly child: ChildProcess;
  readonly printed: () => string;
  readonly ended: Promise<number | null>;
} {
  return observed(spawn(process.execPath, [main, 'serve', '--port', '0', ...args], { cwd: repository, env }));
}

function observed(child: ChildProcess) {
  children.push(child);
  let printed = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    printed += chunk.toString();
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  return { child, printed: () => printed, ended };
}

/** The same on a pseudo-terminal, which is where a person starts it; `exec`, as a shell in between answers Ctrl-C for itself. */
function onTerminal(...args: string[]): ReturnType<typeof start> {
  const line = [process.execPath, main, 'serve', '--port', '0', ...args].map((word) => `'${word}'`).join(' ');
  const watched = { ...env, LOG_LEVEL: '', CI: '', TERM: 'xterm' };
  return observed(spawn('script', ['-qefc', `exec ${line}`, '/dev/null'], { cwd: repository, env: watched }));
}

async function until(is: () => boolean): Promise<void> {
  await expect.poll(is, { timeout: 60_000, interval: 50 }).toBe(true);
}

async function serve(...args: string[]): Promise<Served> {
  const { child, printed, ended } = start(...args);
  let over = false;
  void ended.then(() => {
    over = true;
  });
  while (!printed().includes(args.includes('--load') ? 'Loaded ' : 'listens on ')) {
    if (over) throw new Error(`the registry ended:\n${printed()}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const url = /listens on (\S+)/.exec(printed())?.[1];
  if (url === undefined) throw new Error(printed());
  return { child, url, printed };
}

describe.sequential('herald serve', () => {
  const data = join(folder, 'data');
  let first: Served;

  test('it loads the catalogs, and prints nothing but that where nobody watches', async () => {
    first = await serve('--data', data, '--load', 'schemas');
    expect(first.printed().split('\n')).toEqual([
      expect.stringMatching(/^Herald listens on http:\/\/127\.0\.0\.1:\d+$/),
      expect.stringMatching(/^Loaded schemas: /),
      '',
    ]);
    expect(first.printed()).toMatch(/Loaded schemas: 6 catalogs, \d+ new versions, 0 already there/);
    const answer = await fetch(`${first.url}/v1/catalogs`);
    const { items } = (await answer.json()) as { items: { name: string }[] };
    expect(items.map(({ name }) => name)).toEqual([
      'choice-sherpa',
      'daarion',
      'eventing-model',
      'herald',
      'message-patterns',
      'political-sphere',
    ]);
  }, 120_000);

  test.skipIf(spawnSync('script', ['--version']).error)(
    'on a terminal every line it suggests is answered',
    async () => {
      const terminal = onTerminal('--data', join(folder, 'watched'), '--load', 'schemas');
      await until(() => terminal.printed().includes('Stop it with Ctrl-C'));
      // one progress line, drawn again and again, and no log line
      expect(terminal.printed()).toContain('\u001b[2KRegistering ');
      expect(terminal.printed()).not.toContain('"level"');
      const lines = [...terminal.printed().matchAll(/^ {4}(.*curl .*?)\r?$/gm)].map((match) => match[1] ?? '');
      expect(lines.length).toBeGreaterThanOrEqual(5);
      for (const line of lines) {
        const answer = await shell(line);
        expect(answer.length, line).toBeGreaterThan(20);
        expect(answer, line).not.toContain('NOT_FOUND');
      }
      expect(await shell(lines.at(-1) ?? '')).toContain('"code":"INCOMPATIBLE"');
      terminal.child.stdin?.write('\u0003');
      expect(await terminal.ended).toBe(0);
      expect(terminal.printed()).toContain('Stopping: requests in progress are finished first.');
    },
    120_000,
  );

  test('a second process on the same folder is refused and the first goes on', async () => {
    const second = start('--data', data);
    expect(await second.ended).toBe(3);
    expect(second.printed()).toContain('DATA_FOLDER_IN_USE');
    expect(second.printed()).not.toContain('    at ');
    expect((await fetch(`${first.url}/readyz`)).status).toBe(200);
  }, 60_000);

  test('after kill -9 everything acknowledged is there, and loading again adds nothing', async () => {
    const before = await fetch(`${first.url}/v1/catalogs/daarion/subjects?limit=1000`).then((answer) => answer.text());
    first.child.kill('SIGKILL');
    await new Promise((resolve) => first.child.once('close', resolve));
    const again = await serve('--data', data, '--load', resolve('schemas'));
    expect(again.printed()).toMatch(/Loaded .*schemas: 6 catalogs, 0 new versions, \d+ already there/);
    expect(await fetch(`${again.url}/v1/catalogs/daarion/subjects?limit=1000`).then((answer) => answer.text())).toBe(
      before,
    );
    again.child.kill('SIGTERM');
    expect(await new Promise((resolve) => again.child.once('close', resolve))).toBe(0);
  }, 120_000);

  test('asked to stop while it loads, it stops', async () => {
    const loading = start('--data', join(folder, 'early'), '--load', 'schemas');
    while (!loading.printed().includes('listens on')) await new Promise((resolve) => setTimeout(resolve, 20));
    loading.child.kill('SIGTERM');
    expect(await loading.ended).toBe(0);
    expect(loading.printed()).not.toContain('Try:');
  }, 60_000);

  test('a listening address that strangers reach needs authentication', async () => {
    const open = start('--data', join(folder, 'other'), '--host', '0.0.0.0');
    expect(await open.ended).toBe(2);
    expect(open.printed()).toContain('CONFIG_INVALID');
  }, 60_000);
});

describe('herald serve on a folder it cannot use', () => {
  /** Who runs the tests may be root, who may write everywhere. */
  const isRoot = process.getuid?.() === 0;
  const nobody = 65_534;
  const refused = async (data: string, user?: number) => {
    const arguments_ = [main, 'serve', '--port', '0', '--data', data];
    const options = { cwd: repository, env, ...(user !== undefined && { uid: user, gid: user }) };
    const { printed, ended } = observed(spawn(process.execPath, arguments_, options));
    const code = await ended;
    return { code, printed: printed() };
  };

  test.each([
    ['a file', () => join(folder, 'file'), /is a file, not a folder/],
    ['a folder below a file', () => join(folder, 'file/data'), /a part of the path is a file, not a folder/],
    ['where the system takes no folders', () => '/proc/herald', /the file system takes no folders there/],
  ])(
    '%s: it says so and ends',
    async (_, data, says) => {
      writeFileSync(join(folder, 'file'), '');
      const { code, printed } = await refused(data());
      expect([code, printed]).toEqual([2, expect.stringMatching(says)]);
      expect(printed).toContain('(DATA_FOLDER_UNUSABLE)');
      expect(printed).not.toMatch(/a bug in herald|^ {4}at /m);
    },
    30_000,
  );

  test('one it may not write to: it says so and ends', async () => {
    const data = join(folder, 'kept from it');
    mkdirSync(data);
    chmodSync(folder, 0o755);
    if (isRoot) chownSync(data, 0, 0);
    chmodSync(data, 0o555);
    const { code, printed } = await refused(data, isRoot ? nobody : undefined);
    expect([code, printed]).toEqual([2, expect.stringContaining('this user may not write there')]);
    expect(printed).not.toMatch(/a bug in herald|^ {4}at /m);
  }, 30_000);

  test('one whose database is damaged: it says so and ends', async () => {
    const data = join(folder, 'damaged');
    mkdirSync(join(data, 'database'), { recursive: true });
    writeFileSync(join(data, 'database/PG_VERSION'), '9.6\n');
    const { code, printed } = await refused(data);
    expect([code, printed]).toEqual([2, expect.stringContaining('its database is damaged')]);
    expect(printed).not.toMatch(/a bug in herald|^ {4}at /m);
  }, 30_000);
});

describe.skipIf(databaseUrl === undefined)('herald serve on a database', () => {
  test('that does not exist: it says so', async () => {
    const missing = new URL(databaseUrl ?? 'postgres://nowhere/none');
    missing.pathname = `/herald_missing_${randomUUID().slice(0, 8)}`;
    const { ended, printed } = start('--database', missing.href);
    expect(await ended).toBe(3);
    expect(printed()).toContain('The database named in DATABASE_URL does not exist');
  }, 30_000);
});

function shell(line: string): Promise<string> {
  return new Promise((resolve) => {
    const child = spawn('sh', ['-c', line], { cwd: repository });
    let out = '';
    child.stdout.on('data', (chunk: Buffer) => {
      out += chunk.toString();
    });
    child.on('close', () => resolve(out));
  });
}

describe.skipIf(databaseUrl === undefined)('herald serve --processes 2', () => {
  const name = `herald_${randomUUID().slice(0, 8)}`;
  const url = new URL(databaseUrl ?? 'postgres://nowhere/none');
  url.pathname = `/${name}`;
  const run = async (statement: string) => {
    const client = postgres(databaseUrl ?? '', { max: 1, onnotice: () => undefined });
    return client.unsafe(statement).finally(() => client.end());
  };
  const hearing = `select 1 from pg_stat_activity where datname = '${name}' and query ilike 'listen %'`;
  beforeAll(() => run(`create database "${name}"`));
  afterAll(() => run(`drop database if exists "${name}" with (force)`));

  const childrenOf = (pid: number | undefined) =>
    execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)])
      .toString()
      .trim()
      .split(/\s+/)
      .map(Number);
  // a connection of its own each time: connections are dealt out, requests are not
  const ask = (path: string) => fetch(path, { headers: { Connection: 'close' } });
  const asked = async (at: string) => {
    const text = await (await ask(`${at}/metrics`)).text();
    return Number(/request_seconds_count\{route="listCatalogs"[^}]*\} (\d+)/.exec(text)?.[1] ?? 0);
  };

  test('they answer behind one port, count together, are replaced when they die, and end together', async () => {
    const { child, url: at } = await serve('--database', url.href, '--processes', '2');
    const ended = new Promise((resolve) => child.once('close', resolve));
    await expect.poll(() => childrenOf(child.pid).length).toBe(2);
    // each that serves hears of what the others change
    await expect.poll(async () => (await run(hearing)).length, patience).toBe(2);
    for (let times = 0; times < 10; times += 1) expect((await ask(`${at}/v1/catalogs`)).status).toBe(200);
    expect(await asked(at)).toBe(10);
    const [lost = 0, kept] = childrenOf(child.pid);
    process.kill(lost, 'SIGKILL');
    await expect
      .poll(() => childrenOf(child.pid).filter((pid) => pid !== kept && pid !== lost).length, patience)
      .toBe(1);
    // the one that is left may have been starting still
    const ready = () => ask(`${at}/readyz`).then(({ status }) => status, String);
    await expect.poll(ready, patience).toBe(200);
    await expect.poll(async () => (await run(hearing)).length, patience).toBe(2);
    const began = Date.now();
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(Date.now() - began).toBeLessThan(15_000);
    await expect(ask(`${at}/livez`)).rejects.toThrow();
  }, 60_000);
});

test('herald serve --processes 2 on a folder says what it needs', async () => {
  const { ended, printed } = start('--data', join(folder, 'many'), '--processes', '2');
  expect(await ended).toBe(2);
  expect(printed()).toContain('HERALD_PROCESSES is more than 1: the embedded database belongs to one process');
});
