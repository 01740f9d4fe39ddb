/** The processed-event store and idempotency keys in this process: for tests, and for handlers whose effect dies with it anyway. */
import { EventFault } from '../error.ts';
import type { Failures, IdempotencyKeyStore, ParkedEvent, ProcessedEventStore } from './consumer-store.ts';

export interface MemoryStore {
  readonly processed: ProcessedEventStore;
  readonly keys: IdempotencyKeyStore;
}

export function memoryStore(now: () => number = Date.now): MemoryStore {
  return { processed: memoryProcessed(now), keys: memoryKeys(now) };
}

function memoryKeys(now: () => number): IdempotencyKeyStore {
  const keys = new Map<string, number>();
  return {
    has: async (key) => (keys.get(key) ?? 0) > now(),
    put: async (key, ttlSeconds) => void keys.set(key, now() + ttlSeconds * 1_000),
  };
}

function memoryProcessed(now: () => number): ProcessedEventStore {
  const states = new Map<string, 'busy' | 'done'>();
  const tries = new Map<string, { starts: number; failures: Failures | undefined }>();
  const parked = new Map<string, ParkedEvent>();
  const keyOf = (group: string, id: string) => JSON.stringify([group, id]);
  const move = (id: string, state: ParkedEvent['state']) => {
    const event = parked.get(id);
    if (event?.state !== 'parked') return undefined;
    parked.set(id, { ...event, state });
    return event;
  };
  return {
    async process(group, ids, run) {
      const keys = new Map([...new Set(ids)].map((id) => [id, keyOf(group, id)]));
      if ([...keys.values()].some((key) => states.get(key) === 'busy')) throw new EventFault('EVENT_BUSY');
      const fresh = new Set([...keys].filter(([, key]) => !states.has(key)).map(([id]) => id));
      if (fresh.size === 0) return;
      for (const id of fresh) states.set(keyOf(group, id), 'busy');
      try {
        await run(fresh, { tx: undefined, native: undefined });
        for (const id of fresh) states.set(keyOf(group, id), 'done');
      } catch (error) {
        for (const id of fresh) states.delete(keyOf(group, id));
        throw error;
      }
    },
    async starting(group, id) {
      const known = tries.get(keyOf(group, id)) ?? { starts: 0, failures: undefined };
      tries.set(keyOf(group, id), { ...known, starts: known.starts + 1 });
      return known.starts;
    },
    async failed(group, id) {
      const { attempts = 0, firstAt = now() } = tries.get(keyOf(group, id))?.failures ?? {};
      const failures = { attempts: attempts + 1, firstAt, lastAt: now() };
      tries.set(keyOf(group, id), { starts: 0, failures });
      return failures;
    },
    async park(event) {
      parked.set(event.id, { ...event, parkedAt: now(), state: 'parked' });
      states.set(keyOf(event.group, event.eventId), 'done');
      tries.delete(keyOf(event.group, event.eventId));
    },
    async takeUp(group, run) {
      const event = [...parked.values()].find((each) => each.group === group && each.state === 'redrive');
      if (event === undefined) return false;
      if ((await run(event)) && parked.get(event.id) === event) parked.set(event.id, { ...event, state: 'redriven' });
      return true;
    },
    parked: {
      list: async ({ group, subject, state, limit = 100 }) =>
        [...parked.values()]
          .filter((event) => group === undefined || event.group === group)
          .filter((event) => subject === undefined || event.subject === subject)
          .filter((event) => state === undefined || event.state === state)
          .slice(0, limit),
      get: async (id) => parked.get(id),
      async redrive(id) {
        const event = move(id, 'redrive');
        if (event !== undefined) states.delete(keyOf(event.group, event.eventId));
        return event !== undefined;
      },
      discard: async (id) => move(id, 'discarded') !== undefined,
    },
  };
}
