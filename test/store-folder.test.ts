import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import { afterEach, describe, expect, test } from 'vitest';
import { lockFolder } from '../src/store/folder-lock.ts';
import { openStore } from '../src/store/open.ts';
import { durable } from '../src/store/pglite.ts';
import { type Child, runTogether, startChild } from './support/processes.ts';
import { addVersion, putCatalog } from './support/records.ts';

const folders: string[] = [];
const children: Child[] = [];

afterEach(async ({ task }) => {
  for (const child of children.splice(0)) {
    child.process.kill('SIGKILL');
    await child.ended;
  }
  for (const folder of folders.splice(0))
    if (task.result?.state !== 'fail') rmSync(folder, { recursive: true, force: true });
});

function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'herald-data-'));
  folders.push(folder);
  return folder;
}

function start(name: string, input: unknown): Child {
  const child = startChild(name, input);
  children.push(child);
  return child;
}

const locks = (folder: string) => readdirSync(folder).filter((name) => /^\.?lock/.test(name));

describe('the lock of a data folder', () => {
  test('of 24 processes one holds it, and the others hear who', async () => {
    const folder = newFolder();
    const ends = await runTogether('lock-folder', 24, () => ({ folder, hold: 4_000 }));
    const outputs = ends.map((end) => end.output).sort();
    expect(outputs.filter((output) => output === 'DATA_FOLDER_IN_USE\n')).toHaveLength(23);
    expect(outputs.filter((output) => output.startsWith('held by'))).toHaveLength(1);
    expect(locks(folder)).toEqual([]);
  }, 300_000);

  test('of 24 processes that find it dead one takes it over', async () => {
    const folder = newFolder();
    for (let round = 0; round < 2; round += 1) {
      const holder = start('lock-folder', { folder, hold: 60_000 });
      await holder.said('ready');
      holder.process.stdin?.write('go\n');
      await holder.said('held');
      holder.process.kill('SIGKILL');
      await holder.ended;
      expect(locks(folder)).toHaveLength(1);
      const ends = await runTogether('lock-folder', 24, () => ({ folder, hold: 4_000 }));
      expect(ends.filter((end) => end.output.startsWith('held by'))).toHaveLength(1);
      expect(ends.filter((end) => end.output === 'DATA_FOLDER_IN_USE\n')).toHaveLength(23);
    }
  }, 300_000);

  const holder = async (folder: string) => {
    const lock = await lockFolder(folder);
    const [name] = locks(folder);
    const text = JSON.parse(String(await import('node:fs').then((fs) => fs.readFileSync(join(folder, name!), 'utf8'))));
    await lock.release();
    return text as Record<string, unknown>;
  };

  test('a number that a later process got again is no proof of life', async () => {
    const folder = newFolder();
    const self = await holder(folder);
    writeFileSync(join(folder, 'lock.7'), JSON.stringify({ ...self, pid: process.pid, started: '1' }));
    const lock = await lockFolder(folder);
    expect(locks(folder)).toEqual(['lock.8']);
    await lock.release();
    writeFileSync(join(folder, 'lock.3'), JSON.stringify(self));
    await expect(lockFolder(folder)).rejects.toMatchObject({ details: { pid: process.pid, host: hostname() } });
  });

  test('before the last start of the machine nobody lives', async () => {
    const folder = newFolder();
    const self = await holder(folder);
    writeFileSync(join(folder, 'lock.1'), JSON.stringify({ ...self, boot: 'an earlier one' }));
    await (await lockFolder(folder)).release();
  });

  test('a holder that cannot be seen from here is taken for alive', async () => {
    const folder = newFolder();
    const self = await holder(folder);
    for (const other of [{ host: 'elsewhere' }, { namespace: 'pid:[1]' }]) {
      writeFileSync(join(folder, 'lock.1'), JSON.stringify({ ...self, pid: 4_000_000, ...other }));
      await expect(lockFolder(folder)).rejects.toMatchObject({
        code: 'DATA_FOLDER_IN_USE',
        message: expect.stringContaining(join(folder, 'lock.1')),
      });
    }
  });
});

describe('a data folder', () => {
  test('keeps out a second process, which hears why, and loses nothing', async () => {
    const path = newFolder();
    const store = await openStore({ kind: 'folder', path });
    await store.write((tx) => putCatalog(tx, 'c'));
    const [end] = await runTogether('open-store', 1, () => ({ kind: 'folder', path }));
    expect(end?.output).toMatch(new RegExp(`^DATA_FOLDER_IN_USE .*"pid":${process.pid}`));
    await expect(openStore({ kind: 'folder', path })).rejects.toMatchObject({ code: 'DATA_FOLDER_IN_USE' });
    await store.write((tx) => addVersion(tx, 'c', 'a.v1', '{}'));
    await store.close();
    const again = await openStore({ kind: 'folder', path });
    expect(await again.version('c', 'a.v1', 1)).toMatchObject({ number: 1 });
    await again.close();
    expect(existsSync(join(path, 'database'))).toBe(true);
    expect(locks(path)).toEqual([]);
  }, 300_000);

  test('without the lock, two openers would lose a committed row', async () => {
    const dataDir = join(newFolder(), 'database');
    const first = await PGlite.create({ dataDir });
    await first.exec('create table t (id integer)');
    const second = await PGlite.create({ dataDir });
    await second.exec('insert into t values (1)');
    await first.exec('insert into t values (2)');
    await second.close();
    await first.close();
    const third = await PGlite.create({ dataDir });
    const { rows } = await third.query('select id from t order by id');
    await third.close();
    expect(rows).not.toEqual([{ id: 1 }, { id: 2 }]);
  }, 300_000);

  test('writes its log through to the disk before it acknowledges', async () => {
    expect(durable).not.toContain('-F');
    const client = await PGlite.create({ startParams: [...durable] });
    const show = async (name: string) => Object.values((await client.query<object>(`show ${name}`)).rows[0]!)[0];
    expect(await show('fsync')).toBe('on');
    expect(await show('wal_sync_method')).toBe('open_datasync');
    expect(await show('synchronous_commit')).not.toBe('off');
    await client.close();
  });

  test('whatever was acknowledged before a kill is there afterwards, whole', async () => {
    const path = newFolder();
    const acknowledged: { readonly subject: string; readonly number: number; readonly text: string }[] = [];
    for (let run = 0; run < 6; run += 1) {
      const child = start('register', { options: { kind: 'folder', path }, run });
      await child.said('open');
      // Not by the clock: on a busy machine nothing would have been acknowledged yet.
      await expect.poll(() => child.lines.length, { timeout: 30_000, interval: 3 }).toBeGreaterThan(5 + run * 9);
      child.process.kill('SIGKILL');
      await child.ended;
      // A line cut in half was acknowledged by nobody who could have read it.
      acknowledged.push(...child.lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line)));
    }
    expect(acknowledged.length).toBeGreaterThanOrEqual(150);
    const store = await openStore({ kind: 'folder', path });
    const announced = (await store.outbox(0, 1_000_000)).map((row) => `${row.subject} ${row.data.number}`);
    const stored: string[] = [];
    for (const subject of ['a.v1', 'b.v1', 'c.v1']) {
      const versions = await store.history('c', subject);
      expect(versions.map((version) => version.number)).toEqual(versions.map((_, index) => index + 1));
      expect((await store.subject('c', subject))?.latest).toBe(versions.length);
      const texts = new Map(versions.map((version) => [version.number, version.schema.text]));
      for (const one of acknowledged.filter((each) => each.subject === subject))
        expect(texts.get(one.number)).toBe(one.text);
      stored.push(...versions.map((version) => `${subject} ${version.number}`));
    }
    expect(announced.toSorted()).toEqual(stored.toSorted());
    expect(await store.verifyAudit()).toMatchObject({ intact: true, rows: stored.length });
    await store.close();
  }, 300_000);
});
