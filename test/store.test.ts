import { describe, expect, test } from 'vitest';
import type { Fault } from '../src/errors.ts';
import type { Change } from '../src/registry/ports.ts';
import { sha256 } from '../src/schema/canonical.ts';
import { onEachDatabase } from './support/database.ts';
import { addVersion, catalogNamed, putCatalog } from './support/records.ts';

const now = '2026-03-01T12:00:00.000Z';

describe('the store', () => {
  onEachDatabase((current) => {
    test('a catalog put again keeps its first date and takes the new rules', async () => {
      const { store, catalog, clock } = current();
      await store.write((tx) => tx.putCatalog(catalogNamed(catalog), 'one'));
      clock.at += 60_000;
      await store.write((tx) => tx.putCatalog({ ...catalogNamed(catalog), title: 'Renamed' }, 'two'));
      const found = await store.catalog(catalog);
      expect(found).toMatchObject({ fingerprint: 'two', createdAt: now, updatedAt: '2026-03-01T12:01:00.000Z' });
      expect(found?.rules.title).toBe('Renamed');
      expect((await store.catalogs()).map((row) => row.name)).toContain(catalog);
      expect(await store.catalog('nobody')).toBeUndefined();
    });

    test('a subject is created by its first lock and not without being asked to', async () => {
      const { store, catalog } = current();
      await store.write(async (tx) => {
        await putCatalog(tx, catalog);
        expect(await tx.lockSubject(catalog, 'a.b.v1')).toBeUndefined();
        const made = await tx.createSubject(catalog, 'a.b.v1');
        expect(made).toEqual({
          catalog,
          name: 'a.b.v1',
          settings: {},
          stage: 'active',
          latest: 0,
          issued: 0,
          createdAt: now,
        });
      });
      await store.write(async (tx) => {
        await tx.putSettings(catalog, 'a.b.v1', { level: 'BACKWARD', ignore: ['/properties/v'] });
        await tx.setStage(catalog, 'a.b.v1', 'announced');
      });
      expect(await store.subject(catalog, 'a.b.v1')).toMatchObject({
        stage: 'announced',
        settings: { level: 'BACKWARD', ignore: ['/properties/v'] },
      });
      await expect(store.write((tx) => tx.setStage(catalog, 'x.v1', 'retired'))).rejects.toMatchObject({
        code: 'SUBJECT_NOT_FOUND',
      });
    });

    test('kept candidates make room: by age, by author, in all', async () => {
      const { store, catalog } = current();
      await store.write((tx) => putCatalog(tx, catalog));
      const keep = (id: string, author: string, day: string, bounds: object = {}) =>
        store.write((tx) =>
          tx.keepCandidate(
            {
              id: `${catalog} ${id}`,
              catalog,
              subject: 'a',
              text: `\u0000${id}`,
              author,
              createdAt: `2026-02-${day}T00:00:00.000Z`,
            },
            { since: '2026-02-02T00:00:00.000Z', perAuthor: 2, inAll: 3, ...bounds },
          ),
        );
      const kept = async () => {
        const ids = ['old', 'one', 'two', 'three', 'four', 'five'];
        const found = await Promise.all(ids.map((id) => store.candidate(`${catalog} ${id}`)));
        return ids.filter((_, index) => found[index]);
      };
      await keep('old', 'ann', '01', { since: '2026-01-01T00:00:00.000Z' });
      expect(await kept()).toEqual(['old']);
      await keep('one', 'ann', '02');
      expect(await kept()).toEqual(['one']);
      await keep('two', 'ann', '03');
      await keep('three', 'ann', '04');
      expect(await kept()).toEqual(['two', 'three']);
      await keep('four', 'bob', '05');
      await keep('two', 'bob', '06');
      expect(await kept()).toEqual(['two', 'three', 'four']);
      await keep('five', 'cid', '07');
      expect(await kept()).toEqual(['two', 'four', 'five']);
      expect(await store.candidate(`${catalog} two`)).toMatchObject({ author: 'bob', text: '\u0000two' });
    });

    test('a version comes back as it was put, and its subject says so', async () => {
      const { store, catalog } = current();
      const text = '{ "b": 1, "a": "10.5", "nul": "\\u0000", "big": 1e400 }';
      await store.write(async (tx) => {
        await putCatalog(tx, catalog);
        await addVersion(tx, catalog, 'a.b.v1', text, {
          contract: { producer: 'core', owner: 'team-a' },
          classification: 'internal',
          tags: ['pii'],
          title: 'Something happened',
        });
      });
      const version = await store.version(catalog, 'a.b.v1', 1);
      expect(version?.schema.text).toBe(text);
      expect(version).toMatchObject({
        catalog,
        subject: 'a.b.v1',
        number: 1,
        label: '1.0.0',
        contract: { producer: 'core', owner: 'team-a' },
        classification: 'internal',
        tags: ['pii'],
        createdAt: now,
        createdBy: 'tester',
        report: { verdict: 'compatible', fingerprint: sha256(text) },
      });
      expect(await store.version(catalog, 'a.b.v1', 'latest')).toEqual(version);
      expect(await store.schemaById(version!.schema.id)).toEqual(version!.schema);
      expect(await store.schemaByFingerprint(sha256(text))).toEqual(version!.schema);
      expect(await store.placesOf(version!.schema.id)).toEqual([{ catalog, subject: 'a.b.v1', number: 1 }]);
      const [listed] = (await store.subjects(catalog, {}, { limit: 10 })).items;
      expect(listed).toMatchObject({
        latest: 1,
        label: '1.0.0',
        title: 'Something happened',
        producer: 'core',
        owner: 'team-a',
        classification: 'internal',
        tags: ['pii'],
      });
    });

    test('what cannot be there is a miss and not an error', async () => {
      const { store, catalog } = current();
      for (const number of [0, -1, 1.5, 2 ** 31, Number.NaN, Number.POSITIVE_INFINITY]) {
        expect(await store.version(catalog, 'a.v1', number)).toBeUndefined();
        expect(await store.schemaById(number)).toBeUndefined();
        expect(await store.placesOf(number)).toEqual([]);
      }
      expect(await store.version(catalog, 'a.v1', 'latest')).toBeUndefined();
      expect(await store.deprecation(catalog, 'a.v1')).toBeUndefined();
    });

    test('identical content has one id, and asking again uses no id up', async () => {
      const { store, catalog } = current();
      const put = (text: string) =>
        store.write(
          async (tx) =>
            (await tx.putSchema({ fingerprint: sha256(text), dialect: 'draft-07', format: 'json', text })).id,
        );
      const first = await put(`${catalog} 1`);
      for (let again = 0; again < 5; again += 1) expect(await put(`${catalog} 1`)).toBe(first);
      expect(await put(`${catalog} 2`)).toBe(first + 1);
    });

    test('lists page through everything once, in one order', async () => {
      const { store, catalog } = current();
      const names = ['B.v1', 'a-b.v1', 'a.b.v1', 'a.v1', 'a_b.v1', 'b.v1', 'c.v1'];
      await store.write(async (tx) => {
        await putCatalog(tx, catalog);
        for (const name of names.toReversed()) await addVersion(tx, catalog, name, '{}');
        for (const text of ['{"title":"1"}', '{"title":"2"}', '{"title":"3"}'])
          await addVersion(tx, catalog, 'a.v1', text);
      });
      const seen: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await store.subjects(catalog, {}, { limit: 3, ...(cursor !== undefined && { cursor }) });
        seen.push(...page.items.map((item) => item.name));
        cursor = page.cursor;
      } while (cursor !== undefined);
      expect(seen).toEqual([...names].sort());

      const newest = await store.versions(catalog, 'a.v1', { limit: 3 });
      expect(newest.items.map((item) => item.number)).toEqual([4, 3, 2]);
      const rest = await store.versions(catalog, 'a.v1', { limit: 3, cursor: newest.cursor! });
      expect(rest.items.map((item) => item.number)).toEqual([1]);
      expect(rest.cursor).toBeUndefined();
      expect((await store.history(catalog, 'a.v1')).map((item) => item.number)).toEqual([1, 2, 3, 4]);
      const second = sha256('{"title":"1"}');
      expect((await store.history(catalog, 'a.v1', { contents: [second] })).map((item) => item.number)).toEqual([2, 4]);
      expect((await store.history(catalog, 'a.v1', { contents: [sha256('{}')] })).map((item) => item.number)).toEqual([
        1, 4,
      ]);
      expect(
        (await store.history(catalog, 'a.v1', { contents: [sha256('never')] })).map((item) => item.number),
      ).toEqual([4]);
      const among = { contents: [second], numbers: [1], after: 2 };
      expect((await store.history(catalog, 'a.v1', among)).map((item) => item.number)).toEqual([1, 2, 3, 4]);
      expect((await store.history(catalog, 'a.v1', { after: 2 })).map((item) => item.number)).toEqual([3, 4]);
      const contents = await store.versionContents(catalog, 'a.v1');
      expect(contents.map(({ number }) => number)).toEqual([1, 2, 3, 4]);
      const later = newest.items.map(({ number, schema }) => ({ number, schemaId: schema.id })).toReversed();
      expect(contents.slice(1)).toEqual(later);
      expect(await store.versionContents(catalog, 'none.v1')).toEqual([]);
      expect((await store.latestVersions(catalog)).map((item) => `${item.subject} ${item.number}`)).toEqual(
        [...names].sort().map((name) => `${name} ${name === 'a.v1' ? 4 : 1}`),
      );
    });

    test('large documents of a catalog come all and in order, and others get the thread in between', async () => {
      const { store, catalog } = current();
      const names = Array.from({ length: 9 }, (_, index) => `s${index}.v1`);
      await store.write((tx) => putCatalog(tx, catalog));
      for (const name of names.toReversed())
        await store.write((tx) =>
          addVersion(tx, catalog, name, JSON.stringify({ title: name, description: 'x'.repeat(200_000) })),
        );
      let turns = 0;
      const counting = setInterval(() => {
        turns += 1;
      }, 0);
      const found = await store.latestVersions(catalog);
      clearInterval(counting);
      expect(found.map(({ subject, schema }) => `${subject} ${JSON.parse(schema.text).title}`)).toEqual(
        names.map((name) => `${name} ${name}`),
      );
      // three documents of 200,000 characters are a portion
      expect(turns).toBeGreaterThanOrEqual(2);
    });

    test('a cursor that was made up is refused', async () => {
      const { store, catalog } = current();
      const text = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
      for (const cursor of [
        '',
        'x',
        '%',
        text(1),
        text(['versions', 'a']),
        text(['versions', -1]),
        text(['versions', 1e12]),
      ])
        await expect(store.versions(catalog, 'a.v1', { limit: 1, cursor })).rejects.toMatchObject({
          code: 'CURSOR_INVALID',
        });
      await expect(store.subjects(catalog, {}, { limit: 1, cursor: text(['versions', 'a']) })).rejects.toMatchObject({
        code: 'CURSOR_INVALID',
      });
    });

    test('subjects are found by owner, classification, tag, stage and part of name or title', async () => {
      const { store, catalog } = current();
      await store.write(async (tx) => {
        await putCatalog(tx, catalog);
        await addVersion(tx, catalog, 'order.placed.v1', '{}', {
          contract: { owner: 'sales' },
          classification: 'internal',
          tags: ['pii', 'money'],
          title: 'An order was PLACED 100%_',
        });
        await addVersion(tx, catalog, 'order.paid.v1', '{}', { owner: 'billing', classification: 'confidential' });
        await addVersion(tx, catalog, 'user.seen.v1', '{}', { title: 'Straße' });
        await tx.setStage(catalog, 'user.seen.v1', 'announced');
      });
      const find = async (filter: Parameters<typeof store.subjects>[1]) =>
        (await store.subjects(catalog, filter, { limit: 10 })).items.map((item) => item.name);
      expect(await find({ owner: 'sales' })).toEqual(['order.placed.v1']);
      expect(await find({ owner: 'billing' })).toEqual(['order.paid.v1']);
      expect(await find({ classification: 'confidential' })).toEqual(['order.paid.v1']);
      expect(await find({ tag: 'money' })).toEqual(['order.placed.v1']);
      expect(await find({ stage: 'announced' })).toEqual(['user.seen.v1']);
      expect(await find({ text: 'ORDER' })).toEqual(['order.paid.v1', 'order.placed.v1']);
      expect(await find({ text: 'er.p' })).toEqual(['order.paid.v1', 'order.placed.v1']);
      expect(await find({ text: 'was placed' })).toEqual(['order.placed.v1']);
      expect(await find({ text: '0%_' })).toEqual(['order.placed.v1']);
      expect(await find({ text: '%' })).toEqual(['order.placed.v1']);
      expect(await find({ text: 'us' })).toEqual(['user.seen.v1']);
      expect(await find({ text: 'straß' })).toEqual(['user.seen.v1']);
      expect(await find({ text: 'absent' })).toEqual([]);
      expect(await find({ owner: 'sales', tag: 'pii', text: 'paid' })).toEqual([]);
    });

    test('a reference must name a version that is there', async () => {
      const { store, catalog } = current();
      const refer = (number: number) =>
        store.write((tx) =>
          addVersion(tx, catalog, 'b.v1', '{}', { references: [{ catalog, subject: 'a.v1', number }] }),
        );
      await store.write(async (tx) => {
        await putCatalog(tx, catalog);
        await addVersion(tx, catalog, 'a.v1', '{}');
      });
      await expect(refer(2)).rejects.toMatchObject({
        code: 'VERSION_NOT_FOUND',
        details: { subject: 'a.v1', number: 2 },
      });
      expect(await store.subject(catalog, 'b.v1')).toBeUndefined();
      expect(await refer(1)).toBe(1);
    });

    test('a service’s own word on what it reads stands before the contract’s, and outlives the contract', async () => {
      const { store, catalog } = current();
      const consumer = { catalog, subject: 'a.v1', service: 'mail' };
      await store.write(async (tx) => {
        await putCatalog(tx, catalog);
        const consumers = [{ service: 'mail', note: 'stated' }, { service: 'audit' }];
        await addVersion(tx, catalog, 'a.v1', '{}', { contract: { consumers } });
        await tx.putConsumer({ ...consumer, origin: 'declared', reads: ['/id'] });
        await tx.putConsumer({ ...consumer, origin: 'declared', reads: ['/name'] });
      });
      expect(await store.consumers(catalog)).toEqual([
        { ...consumer, service: 'audit', origin: 'contract' },
        { ...consumer, origin: 'declared', reads: ['/name'] },
      ]);
      await store.write((tx) => addVersion(tx, catalog, 'a.v1', '{"title":"nobody"}'));
      expect((await store.consumers(catalog, 'a.v1')).map((row) => row.service)).toEqual(['mail']);
      expect(await store.write((tx) => tx.deleteConsumer(catalog, 'a.v1', 'mail'))).toBe(true);
      expect(await store.write((tx) => tx.deleteConsumer(catalog, 'a.v1', 'mail'))).toBe(false);
      expect(await store.consumers(catalog, 'a.v1')).toEqual([]);
    });

    test('a deprecation, its steps and a waiver come back as they were put', async () => {
      const { store, catalog } = current();
      const plan = {
        catalog,
        subject: 'a.v1',
        stage: 'announced',
        successor: 'a.v2',
        announcedOn: '2026-03-01',
        sunset: '2026-06-01',
        reason: 'renamed',
        migration: 'read the other field',
        entered: { announced: now },
        consumers: [{ service: 'mail', state: 'pending' }],
        revision: 2,
        revisedAt: now,
      } as const;
      const proof = { subjectVersion: 1, successorVersion: 2, generated: 7, recorded: 0, failed: 0 };
      const mapping = { backward: '{"id": key}', proof };
      const step = { catalog, subject: 'a.v1', actor: 'me', at: now, forced: false } as const;
      const waiver = {
        id: `w-${catalog}`,
        catalog,
        subject: 'not.yet.v1',
        fingerprint: sha256('finding'),
        author: 'steward',
        reason: 'agreed',
        expires: '2026-04-01',
        createdAt: now,
      };
      await store.write(async (tx) => {
        await putCatalog(tx, catalog);
        await tx.createSubject(catalog, 'a.v1');
        await tx.putDeprecation({ ...plan, attestedBy: 'x', mapping, reminded: 30 });
        expect(await tx.deprecation(catalog, 'a.v1')).toEqual({ ...plan, attestedBy: 'x', mapping, reminded: 30 });
        await tx.putDeprecation(plan);
        await tx.insertTransition({ ...step, from: 'active', to: 'announced', reason: 'because' });
        await tx.insertTransition({ ...step, from: 'announced', to: 'dual-writing', forced: true });
        await tx.insertWaiver(waiver);
      });
      expect(await store.deprecation(catalog, 'a.v1')).toEqual(plan);
      expect(await store.deprecations(catalog)).toEqual([plan]);
      expect((await store.transitions(catalog, 'a.v1')).map((row) => [row.to, row.reason, row.forced])).toEqual([
        ['announced', 'because', false],
        ['dual-writing', undefined, true],
      ]);
      expect(await store.waivers({ catalog, subject: 'not.yet.v1' })).toEqual([waiver]);
      expect(await store.waivers({ catalog, subject: 'a.v1' })).toEqual([]);
      await store.write((tx) => tx.deleteDeprecation(catalog, 'a.v1'));
      expect(await store.deprecation(catalog, 'a.v1')).toBeUndefined();
    });

    test('pairs add up by day, and are read from a day on', async () => {
      const { store, catalog } = current();
      const count = { catalog, subject: 'a.v1', agreed: 2, disagreed: 1 };
      await store.write(async (tx) => {
        await putCatalog(tx, catalog);
        await tx.createSubject(catalog, 'a.v1');
        await tx.addPairs({ ...count, day: '2026-03-02' });
        await tx.addPairs({ ...count, day: '2026-03-01' });
        await tx.addPairs({ ...count, day: '2026-03-02', agreed: 5 });
      });
      const pairs = (since: string) => store.pairs({ catalog, subject: 'a.v1', since });
      expect(await pairs('2026-03-02')).toEqual([{ ...count, day: '2026-03-02', agreed: 7, disagreed: 2 }]);
      expect((await pairs('2026-01-01')).map(({ day }) => day)).toEqual(['2026-03-01', '2026-03-02']);
      expect(await store.pairs({ catalog, subject: 'b.v1', since: '2026-01-01' })).toEqual([]);
    });

    test('usage adds up, and a batch sent again adds nothing', async () => {
      const { store, catalog } = current();
      const row = {
        catalog,
        subject: 'a.v1',
        number: 1,
        service: 'mail',
        role: 'consume',
        day: '2026-03-01',
        count: 2,
      } as const;
      await store.write(async (tx) => {
        await putCatalog(tx, catalog);
        await tx.createSubject(catalog, 'a.v1');
      });
      const add = (batch: string | undefined, at: string) => store.write((tx) => tx.addUsage(batch, [row, row], at));
      expect(await add(`${catalog}-1`, now)).toEqual({ counted: true, first: 1 });
      expect(await add(`${catalog}-1`, now)).toEqual({ counted: false, first: 0 });
      expect(await add(undefined, '2026-02-28T00:00:00.000Z')).toEqual({ counted: true, first: 0 });
      expect(await store.usage({ catalog, subject: 'a.v1' })).toEqual([{ ...row, count: 8, lastSeen: now }]);
      expect(await store.usage({ catalog, subject: 'a.v1', since: '2026-03-02' })).toEqual([]);
      const unknown = store.write((tx) => tx.addUsage(`${catalog}-2`, [row, { ...row, subject: 'b.v1' }], now));
      await expect(unknown).rejects.toMatchObject({ code: 'SUBJECT_NOT_FOUND', details: { subject: 'b.v1' } });
      expect(await add(`${catalog}-2`, now)).toEqual({ counted: true, first: 0 });
    });

    test('a transaction that fails leaves nothing behind', async () => {
      const { store, catalog } = current();
      const failed = store.write(async (tx) => {
        await putCatalog(tx, catalog);
        await addVersion(tx, catalog, 'a.v1', `{"title":"${catalog}"}`);
        await tx.appendAudit({ actor: 'me', action: 'version.register', outcome: 'done', catalog });
        throw new Error('changed my mind');
      });
      await expect(failed).rejects.toThrow('changed my mind');
      expect(await store.catalog(catalog)).toBeUndefined();
      expect(await store.schemaByFingerprint(sha256(`{"title":"${catalog}"}`))).toBeUndefined();
      expect((await store.outbox(0, 1_000)).filter((row) => row.catalog === catalog)).toEqual([]);
    });

    test('asking the store inside its own transaction is refused at once', async () => {
      const { store, catalog } = current();
      const inside = async (ask: () => Promise<unknown>) => expect(ask()).rejects.toThrow('inside its own transaction');
      await store.write(async (tx) => {
        await inside(() => store.catalog(catalog));
        await inside(() => store.ping());
        await inside(() => store.write(async () => {}));
        await inside(() => store.claim(now, now, now, { free: 1, perWebhook: 1, busy: new Map() }));
        expect(await tx.catalog(catalog)).toBeUndefined();
      });
      expect(await store.catalog(catalog)).toBeUndefined();
    });

    test('what a transaction left running may ask the store once it has ended', async () => {
      const { store, catalog } = current();
      let later: Promise<unknown> | undefined;
      await store.write(async () => {
        later = new Promise((resolve) => setTimeout(resolve, 50)).then(() => store.catalog(catalog));
      });
      await expect(later).resolves.toBeUndefined();
    });

    test('listeners hear of a change after it is committed, and not of one that failed', async () => {
      const { store, catalog } = current();
      const heard: Change[] = [];
      const stop = store.onChange((change) => {
        if (change.catalog === catalog) heard.push(change);
      });
      await store.write(async (tx) => {
        await putCatalog(tx, catalog);
        await addVersion(tx, catalog, 'a.v1', '{}');
        expect(heard).toEqual([]);
      });
      expect(heard).toContainEqual({ catalog, subject: 'a.v1' });
      const failing = store.write(async (tx) => {
        await addVersion(tx, catalog, 'b.v1', '{}');
        throw new Error('no');
      });
      await expect(failing).rejects.toThrow('no');
      stop();
      await store.write((tx) => addVersion(tx, catalog, 'c.v1', '{}'));
      expect(heard.map((change) => change.subject)).not.toContain('b.v1');
      expect(heard.map((change) => change.subject)).not.toContain('c.v1');
    });

    test('text no database can hold is the caller’s fault', async () => {
      const { store, catalog } = current();
      await expect(store.subject(catalog, 'a\u0000b')).rejects.toMatchObject({ code: 'PARAMETER_INVALID' });
      const error = await store.subject(catalog, 'a\u0000b').catch((caught: Fault) => caught);
      expect(JSON.stringify((error as Fault).details)).not.toContain('a\\u0000b');
    });
  });
});
