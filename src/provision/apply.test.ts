import { describe, expect, it } from 'vitest';
import { Fault } from '../errors.ts';
import { readCatalog } from '../schema/catalog.ts';
import { apply } from './apply.ts';
import type { Broker } from './broker.ts';
import { type Found, keyOf, replace, type Wanted } from './resource.ts';

const reading = readCatalog({
  name: 'shop',
  title: 'Shop',
  names: { segments: [{ name: 'domain', style: 'any' }], major: 'optional' },
  envelope: 'cloudevents-1.0',
  classification: { levels: ['public'] },
});
if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
const sources = [{ catalog: reading.catalog, events: [] }];

/** A broker in memory that takes everything, but for what a test has it refuse or leave out. */
function broker(
  wanted: readonly Wanted[],
  { ignores, refuses, there = [] }: { ignores?: string; refuses?: string; there?: readonly Found[] } = {},
) {
  const held = new Map<string, Found>(there.map((one) => [keyOf(one), one]));
  const asked: string[] = [];
  const port: Broker = {
    target: 'memory://',
    kind: 'memory',
    grades: { stream: { storage: replace } },
    read: async () => ({ server: 'Memory 1', found: [...held.values()], wanted, remarks: [] }),
    async apply(change, one) {
      asked.push(`${change.class} ${keyOf(change)}`);
      if (keyOf(change) === refuses) throw new Error('no');
      if (one === undefined) held.delete(keyOf(change));
      else {
        const settings = Object.entries(one.settings).filter(([key]) => key !== ignores);
        held.set(keyOf(change), { ...one, settings: Object.fromEntries(settings) });
      }
    },
    address: (_, subject) => subject,
    observe: async () => ({ server: 'Memory 1', placed: [], groups: [], addresses: [], unreported: [] }),
    close: async () => {},
  };
  return { port, asked };
}

const stream = (name: string, settings: Wanted['settings'] = {}): Wanted => ({
  kind: 'stream',
  name,
  catalog: 'shop',
  settings,
});
const durable = (of: string, name: string): Wanted => ({ kind: 'durable', name, of, catalog: 'shop', settings: {} });

const options = { sources, prune: false, allowsRisky: false };
const states = async (port: Broker) =>
  (await apply(port, options)).outcomes.map(({ state, reason, ...one }) =>
    `${state} ${keyOf(one)} ${reason ?? ''}`.trim(),
  );

describe('applying', () => {
  it('reads back: a broker that leaves a setting out is told of, again and again', async () => {
    const { port } = broker([stream('A', { compression: 's2', replicas: 1 })], { ignores: 'compression' });
    const differs = ['differs stream A The broker took it and still differs in compression.'];
    expect(await states(port)).toEqual(differs);
    expect(await states(port)).toEqual(differs);
  });

  it('a thing whose owner the broker does not say is told of as that, and not as another thing', async () => {
    const { port } = broker([stream('A', { replicas: 1 })]);
    const owned: Broker = {
      ...port,
      async read(...asked) {
        const standing = await port.read(...asked);
        return { ...standing, found: standing.found.map(({ catalog: _, ...one }) => one) };
      },
    };
    expect(await states(owned)).toEqual([
      'differs stream A It is there, and the broker does not say yet that it is of shop.',
    ]);
  });

  it('goes on after a refusal, but for what stands in what was refused', async () => {
    const wanted = [stream('A'), stream('B'), durable('A', 'g'), durable('B', 'g')];
    const { port, asked } = broker(wanted, { refuses: 'stream A' });
    expect(await states(port)).toEqual([
      'failed stream A no',
      'done stream B',
      'waiting durable A/g A is not there.',
      'done durable B/g',
    ]);
    expect(asked).not.toContain('create durable A/g');
  });

  it('does not wait with durables for a stream that is there and only changes', async () => {
    const there: readonly Found[] = [stream('A', { storage: 'file' })];
    const { port } = broker([stream('A', { storage: 'memory' }), durable('A', 'g')], { there });
    const [withheld, done] = await states(port);
    expect([withheld?.split(' ')[0], done]).toEqual(['withheld', 'done durable A/g']);
  });

  it('tells what was done though the broker is gone afterwards', async () => {
    const { port } = broker([stream('A')]);
    let reads = 0;
    const gone: Broker = {
      ...port,
      async read(...asked) {
        reads += 1;
        if (reads > 1) throw new Fault('BROKER_UNREACHABLE', {}, { message: 'It does not answer.' });
        return port.read(...asked);
      },
    };
    const { outcomes, unread } = await apply(gone, options);
    expect([outcomes.map(({ state }) => state), unread]).toEqual([['done'], 'It does not answer.']);
  });

  it('makes all that others stand in first, however much of it there is', async () => {
    const streams = Array.from({ length: 20 }, (_, index) => stream(`S${index}`));
    const { port, asked } = broker([...streams, durable('S19', 'g')]);
    await apply(port, options);
    expect(asked.at(-1)).toBe('create durable S19/g');
  });
});
