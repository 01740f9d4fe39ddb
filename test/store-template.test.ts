/** What an embedded database starts from is kept between processes, and is taken only where nobody else may have written it. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { openFolder } from '../src/store/pglite.ts';

const outer = mkdtempSync(join(tmpdir(), 'herald-template-'));
const before = process.env.TMPDIR;
/** A template that was made honestly: its name and its bytes. */
let made: { readonly name: string; readonly bytes: Buffer };
let temporary: string;

const cache = () => join(temporary, `herald-${userInfo().uid}`);

async function start(name: string): Promise<void> {
  const driver = await openFolder(join(outer, name));
  await driver.ping();
  await driver.close();
}

beforeAll(async () => {
  process.env.TMPDIR = mkdtempSync(join(outer, 'first-'));
  temporary = process.env.TMPDIR;
  await start('data-first');
  const [name = ''] = readdirSync(cache());
  made = { name, bytes: readFileSync(join(cache(), name)) };
}, 120_000);

beforeEach(() => {
  temporary = mkdtempSync(join(outer, 'temporary-'));
  process.env.TMPDIR = temporary;
});

afterEach(() => {
  chmodSync(temporary, 0o700);
});

afterAll(() => {
  if (before === undefined) delete process.env.TMPDIR;
  else process.env.TMPDIR = before;
  rmSync(outer, { recursive: true, force: true });
});

const timeoutMs = 120_000;

describe('a new data folder', () => {
  test('starts from the template that is there', { timeout: timeoutMs }, async () => {
    mkdirSync(cache(), { mode: 0o700 });
    writeFileSync(join(cache(), made.name), made.bytes, { mode: 0o600 });
    const { ino } = statSync(join(cache(), made.name));
    await start('data-whole');
    expect(statSync(join(cache(), made.name)).ino).toBe(ino);
    expect(readdirSync(cache())).toEqual([made.name]);
  });

  test('makes it again where half of it is left', { timeout: timeoutMs }, async () => {
    mkdirSync(cache(), { mode: 0o700 });
    writeFileSync(join(cache(), made.name), made.bytes.subarray(0, made.bytes.length / 2), { mode: 0o600 });
    await start('data-half');
    expect(statSync(join(cache(), made.name)).size).toBeGreaterThan(made.bytes.length / 2);
  });

  test.each([
    ['a folder that others may write to', 0o777, 0o600],
    ['a file that others may write to', 0o700, 0o666],
  ])('starts without it in %s', { timeout: timeoutMs }, async (name, folderMode, fileMode) => {
    mkdirSync(cache());
    const path = join(cache(), made.name);
    writeFileSync(path, 'laid out by a stranger');
    chmodSync(path, fileMode);
    chmodSync(cache(), folderMode);
    await start(`data in ${name}`);
    expect(existsSync(join(outer, `data in ${name}`, 'database', 'PG_VERSION'))).toBe(true);
  });

  test('starts where there is no room for a template', { timeout: timeoutMs }, async () => {
    writeFileSync(cache(), 'a file in the way');
    await start('data-no-room');
    expect(readFileSync(cache(), 'utf8')).toBe('a file in the way');
    expect(existsSync(join(outer, 'data-no-room', 'database', 'PG_VERSION'))).toBe(true);
  });
});
