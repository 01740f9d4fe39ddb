/** Long processes: steps, compensation, timeouts, signals; a step that is cut off goes on from the last whole one. */
import { expect, test } from 'vitest';
import { longProcess, type ProcessDefinition } from '../src/events/index.ts';
import { onEachStore, until } from './support/events.ts';

type Booking = Readonly<Record<string, string | boolean>>;

onEachStore((current) => {
  const backoff = { firstMs: 1, maxMs: 2 };
  const process = (steps: ProcessDefinition<Booking>['steps'], more: Partial<ProcessDefinition<Booking>> = {}) =>
    longProcess<Booking>(current(), { kind: 'booking', steps, backoff, maxAttempts: 2, ...more });
  const begin = (booking: ReturnType<typeof process>, id: string) =>
    current().db.transaction((tx) => booking.begin(tx, id, { order: id }));

  test('takes its steps in order, each once, and carries its data on', async () => {
    const taken: string[] = [];
    const booking = process([
      {
        name: 'reserve',
        run: async (data, { idempotencyKey }) => {
          taken.push(idempotencyKey);
          return { ...data, seat: '7' };
        },
      },
      { name: 'charge', run: async ({ seat }) => void taken.push(`charge ${seat}`) },
    ]);
    expect([await begin(booking, 'o-1'), await begin(booking, 'o-1')]).toEqual([true, false]);
    await booking.drain();
    expect(taken).toEqual(['booking/o-1/reserve', 'charge 7']);
    expect(await booking.get('o-1')).toMatchObject({
      state: 'done',
      step: undefined,
      data: { order: 'o-1', seat: '7' },
    });
    expect(await booking.get('o-2')).toBeUndefined();
  });

  test('undoes what it did, last first, where a step cannot be done', async () => {
    const undone: string[] = [];
    const booking = process([
      { name: 'reserve', run: async () => {}, compensate: async () => void undone.push('reserve') },
      { name: 'charge', run: async () => {}, compensate: async () => void undone.push('charge') },
      {
        name: 'confirm',
        run: () => Promise.reject(new RangeError('canary')),
        compensate: async () => void undone.push('confirm'),
      },
    ]);
    await begin(booking, 'o-1');
    await until('it is undone', async () => {
      await booking.drain();
      return (await booking.get('o-1'))?.state === 'compensated';
    });
    expect(undone).toEqual(['confirm', 'charge', 'reserve']);
    expect(await booking.get('o-1')).toMatchObject({ error: 'RangeError' });
  });

  test('a step’s writes and its progress stand or fall together', async () => {
    const rows = `"${current().schema}".seats`;
    await current().db.query(`create table ${rows} (seat text)`);
    let tries = 0;
    const booking = process([
      {
        name: 'reserve',
        run: async (_, { tx }) => {
          await tx.query(`insert into ${rows} values ('7')`);
          tries += 1;
          if (tries === 1) throw new Error('cut off after its write');
        },
      },
    ]);
    await begin(booking, 'o-1');
    await until('it is done', async () => {
      await booking.drain();
      return (await booking.get('o-1'))?.state === 'done';
    });
    expect([tries, (await current().db.query(`select * from ${rows}`)).length]).toEqual([2, 1]);
  });

  test('waits for what happens outside, and goes back when that takes too long', async () => {
    const undone: string[] = [];
    const pay: ProcessDefinition<Booking>['steps'][0] = {
      name: 'pay',
      run: async (data) => (data.paid ? data : 'wait'),
      compensate: async (_, { id }) => void undone.push(id),
      timeoutMs: 300,
    };
    const booking = process([pay]);
    await begin(booking, 'prompt');
    await begin(booking, 'late');
    await booking.drain();
    expect(await booking.get('prompt')).toMatchObject({ state: 'running', step: 'pay' });
    expect(await current().db.transaction((tx) => booking.signal(tx, 'prompt', { paid: true }))).toBe(true);
    await booking.drain();
    expect(await booking.get('prompt')).toMatchObject({ state: 'done', data: { paid: true } });
    booking.start();
    await until('the late one is undone', async () => (await booking.get('late'))?.state === 'compensated');
    await booking.stop();
    expect([undone, (await booking.get('late'))?.error]).toEqual([['late'], 'STEP_TIMEOUT']);
    expect(await current().db.transaction((tx) => booking.signal(tx, 'late', { paid: true }))).toBe(false);
  });
});
