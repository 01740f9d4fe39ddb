import { expect, test } from 'vitest';
import { type FieldReads, watchCatalogFields } from './fields.ts';
import type { Change } from './ports.ts';

/** A catalog of subjects with one field each, read a page at a time; `onRead` happens while a page is on its way. */
function fakeStore(types: Map<string, string>, onRead: () => void = () => {}) {
  const listeners: ((change: Change) => void)[] = [];
  let reads = 0;
  const store = {
    subjects: async (_catalog: string, _filter: object, { cursor, limit }: { cursor?: string; limit: number }) => {
      reads += 1;
      const from = Number(cursor ?? 0);
      const items = [...types.keys()].slice(from, from + limit).map((name) => ({ name }));
      return { items, ...(from + limit < types.size && { cursor: String(from + limit) }) };
    },
    currentDocuments: async (_catalog: string, names: readonly string[]) => {
      const documents = names.flatMap((subject) => {
        const type = types.get(subject);
        return type === undefined
          ? []
          : [{ subject, dialect: '2020-12' as const, text: JSON.stringify({ properties: { id: { type } } }) }];
      });
      onRead();
      return documents;
    },
    onChange: (listener: (change: Change) => void) => {
      listeners.push(listener);
      return () => undefined;
    },
  };
  const change = (subject: string) => {
    for (const listener of listeners) listener({ catalog: 'c', subject });
  };
  return { store, change, reads: () => reads };
}

const typesOf = async (fields: ReturnType<typeof watchCatalogFields>, store: FieldReads) => {
  const index = await fields.of(store, 'c');
  return [...(index.around('new.v1', new Set(['id'])).fields.get('id') ?? new Map())].sort();
};

test('a large catalog is read in portions, once for all who wait for it', async () => {
  const subjects = Array.from({ length: 1_200 }, (_, n) => [`s-${n}.v1`, n === 1_100 ? 'integer' : 'string'] as const);
  const { store, reads } = fakeStore(new Map(subjects));
  const fields = watchCatalogFields(store);
  await Promise.all([fields.ready(store, 'c'), fields.ready(store, 'c'), fields.ready(store, 'c')]);
  expect(await typesOf(fields, store)).toEqual([
    ['integer', ['s-1100.v1']],
    ['string', ['s-0.v1']],
  ]);
  expect(reads()).toBe(3);
});

test('what changes while a catalog is read the first time is read again', async () => {
  const types = new Map([['a.v1', 'string']]);
  let once = true;
  const fake = fakeStore(types, () => {
    if (!once) return;
    once = false;
    types.set('a.v1', 'integer');
    fake.change('a.v1');
  });
  const fields = watchCatalogFields(fake.store);
  await fields.ready(fake.store, 'c');
  expect(await typesOf(fields, fake.store)).toEqual([['integer', ['a.v1']]]);
});
