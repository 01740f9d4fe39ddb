/** `herald parked` on a real database: what a consumer parked is listed, shown, redriven and discarded. */
import { randomUUID } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../src/cli/commands/index.ts';
import { run } from '../src/cli/run.ts';
import { type SqlStore, sqlStore } from '../src/events/index.ts';
import { databaseUrl, dropSchema } from './support/database.ts';
import { testIo } from './support/io.ts';

describe.skipIf(databaseUrl === undefined)('herald parked', () => {
  const schema = `e_${randomUUID().slice(0, 8)}`;
  let sql: postgres.Sql;
  let store: SqlStore;
  beforeAll(async () => {
    sql = postgres(databaseUrl!, { max: 2, onnotice: () => {} });
    store = sqlStore(sql, { schema });
    await store.migrate();
    for (const id of ['one', 'two'])
      await store.processed.park({
        id: `dashboard/${id}`,
        group: 'dashboard',
        subject: 'session.created',
        eventId: id,
        key: 'k',
        body: Buffer.from('{"canary":1}'),
        headers: { traceparent: 'x' },
        error: { code: 'HANDLER_FAILED', message: 'The handler threw TypeError.', details: {} },
        attempts: 6,
        firstFailedAt: Date.parse('2026-03-01T12:00:00Z'),
        lastFailedAt: Date.parse('2026-03-01T12:05:00Z'),
        storedAt: Date.parse('2026-03-01T11:59:00Z'),
        position: 'EVT_SESSION:7',
      });
  });
  afterAll(async () => {
    await sql.end();
    await dropSchema(schema);
  });

  async function herald(...args: readonly string[]) {
    const { io, said } = testIo();
    const exit = await run(['parked', '--database', databaseUrl!, '--schema', schema, ...args], io, commands, '0');
    return { exit, ...said };
  }

  test('lists, shows, redrives and discards', async () => {
    const listed = await herald('list', '--group', 'dashboard');
    expect(listed.exit).toBe(0);
    expect(listed.out.split('\n')[0]).toMatch(
      /^dashboard\/one {2}session\.created {2}parked {2}HANDLER_FAILED {2}6 attempts {2}\d{4}-/,
    );
    expect((await herald('list', '--group', 'other')).out).toBe('Nothing is parked.\n');
    const shown = await herald('show', 'dashboard/one');
    expect(JSON.parse(shown.out)).toMatchObject({
      subject: 'session.created',
      attempts: 6,
      firstFailedAt: '2026-03-01T12:00:00.000Z',
      error: { code: 'HANDLER_FAILED' },
      bytes: 12,
    });
    expect(shown.out).not.toContain('canary');
    expect((await herald('show', 'dashboard/one', '--body')).out).toContain('{"canary":1}');
    expect(await herald('redrive', 'dashboard/one')).toMatchObject({ exit: 0 });
    expect(await herald('redrive', 'dashboard/one')).toMatchObject({
      exit: 1,
      err: expect.stringContaining('settled already'),
    });
    expect(await herald('discard', 'dashboard/two')).toMatchObject({ exit: 0 });
    expect((await herald('list', '--state', 'all')).out).toMatch(/redrive .*\n.*discarded/);
    expect(await herald('show', 'nobody')).toMatchObject({
      exit: 2,
      err: expect.stringContaining('No event nobody is parked'),
    });
  });

  test('says where there are no tables', async () => {
    const { exit, err } = await herald('list', '--schema', 'nowhere');
    expect([exit, err]).toEqual([3, expect.stringContaining('herald events ddl')]);
  });
});
