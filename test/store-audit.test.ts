import { describe, expect, test } from 'vitest';
import { canonicalize, sha256 } from '../src/schema/canonical.ts';
import type { Json } from '../src/schema/json.ts';
import { onEachDatabase, type TestDatabase } from './support/database.ts';

async function append(database: TestDatabase, from: number, to: number): Promise<void> {
  for (let number = from; number <= to; number += 1)
    await database.store.write((tx) =>
      tx.appendAudit({ actor: `actor-${number}`, action: 'version.register', outcome: 'done', reason: 'ü\u0000"' }),
    );
}

/** As somebody who owns the database could: triggers off, change, triggers on. */
async function tamper(database: TestDatabase, statement: string): Promise<void> {
  await database.run('alter table audit_log disable trigger user');
  await database.run(statement);
  await database.run('alter table audit_log enable trigger user');
}

describe('the audit log', () => {
  onEachDatabase(
    (current) => {
      test('each row carries the hash of the one before, over canonical JSON', async () => {
        const database = current();
        await append(database, 1, 3);
        const { items } = await database.store.audit({ limit: 10 });
        expect(items.map((item) => item.sequence)).toEqual([1, 2, 3]);
        let previousHash = '0'.repeat(64);
        for (const { sequence, previousHash: stated, hash, ...entry } of items) {
          expect(stated).toBe(previousHash);
          expect(hash).toBe(sha256(canonicalize({ entry, previousHash, sequence } as Json)));
          previousHash = hash;
        }
        expect(await database.store.verifyAudit()).toEqual({ intact: true, rows: 3, head: previousHash });
      });

      test('entries of many writers at once form one chain', async () => {
        const database = current();
        const writers = Array.from({ length: 24 }, (_, number) => append(database, number, number + 1));
        await Promise.all(writers);
        expect(await database.store.verifyAudit()).toMatchObject({ intact: true, rows: 48 });
        const pages: number[] = [];
        let cursor: string | undefined;
        do {
          const page = await database.store.audit({ limit: 20, ...(cursor !== undefined && { cursor }) });
          pages.push(...page.items.map((item) => item.sequence));
          cursor = page.cursor;
        } while (cursor !== undefined);
        expect(pages).toEqual(Array.from({ length: 48 }, (_, index) => index + 1));
      });

      test('nobody changes, removes or empties it by the way', async () => {
        const database = current();
        await append(database, 1, 2);
        for (const statement of [
          `update audit_log set entry = '{}'`,
          'delete from audit_log where sequence = 2',
          'truncate audit_log',
        ])
          await expect(database.run(statement)).rejects.toMatchObject({ cause: { code: '23001' } });
        expect(await database.store.verifyAudit()).toMatchObject({ intact: true, rows: 2 });
      });

      test('an appended row takes its place in the chain whatever it claims', async () => {
        const database = current();
        await append(database, 1, 1);
        await database.run(`insert into audit_log values (7, '{"actor":"x"}', 'made up', 'made up')`);
        expect(await database.store.verifyAudit()).toMatchObject({ intact: true, rows: 2 });
      });

      test.each([
        [
          'a changed entry',
          `update audit_log set entry = replace(entry, 'actor-3', 'actor-9') where sequence = 3`,
          3,
          'changed',
        ],
        ['a changed hash', `update audit_log set hash = repeat('a', 64) where sequence = 3`, 3, 'changed'],
        ['a row taken out', 'delete from audit_log where sequence = 3', 3, 'missing'],
        ['the first row taken out', 'delete from audit_log where sequence = 1', 1, 'missing'],
        ['the last rows taken out', 'delete from audit_log where sequence >= 5', 5, 'missing'],
        ['all rows taken out', 'delete from audit_log', 1, 'missing'],
        [
          'the last row put anew',
          `update audit_log set entry = '{}', hash = encode(sha256(convert_to('{"entry":{},"previousHash":"' || previous_hash || '","sequence":6}', 'UTF8')), 'hex') where sequence = 6`,
          6,
          'changed',
        ],
      ])('%s is found where it is', async (_name, statement, sequence, problem) => {
        const database = current();
        await append(database, 1, 6);
        await tamper(database, statement);
        expect(await database.store.verifyAudit()).toEqual({ intact: false, sequence, problem });
      });

      test('two rows that changed places are found, with where they stood', async () => {
        const database = current();
        await append(database, 1, 6);
        await tamper(database, 'update audit_log set sequence = 100 where sequence = 2');
        await tamper(database, 'update audit_log set sequence = 2 where sequence = 5');
        await tamper(database, 'update audit_log set sequence = 5 where sequence = 100');
        expect(await database.store.verifyAudit()).toEqual({
          intact: false,
          sequence: 2,
          problem: 'reordered',
          belongsAt: 5,
        });
      });
    },
    { fresh: true },
  );
});
