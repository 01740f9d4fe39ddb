/** What surrounds every question: driver errors made ours, an end to waiting, another go after a conflict. */
import { Fault } from '../errors.ts';
import type { Driver } from './database.ts';
import { isSerializationFailure, withoutValues } from './fault.ts';

/** How long an answer is waited for, and who is told whether it came. */
export type Waiting = Pick<Driver, 'patience' | 'answered' | 'unanswered'>;

/** Times the same work is begun in all before a conflict is given up on. */
const attempts = 6;

/** Every method, run after `before`, its driver errors made ours: what `work` catches must not carry values either. */
export function guarded<T extends object>(methods: T, waiting: Waiting, before: () => void = () => {}): T {
  const around = ([key, method]: [string, (...given: unknown[]) => Promise<unknown>]) => [
    key,
    async (...given: unknown[]) => {
      before();
      try {
        return await within(waiting, method(...given));
      } catch (error) {
        throw withoutValues(error);
      }
    },
  ];
  return Object.fromEntries(Object.entries(methods).map(around)) as T;
}

/** Fault STORE_UNAVAILABLE where `answer` takes longer than `patience`. */
export async function within<T>({ patience, answered, unanswered }: Waiting, answer: Promise<T>): Promise<T> {
  if (patience === Number.POSITIVE_INFINITY) return answer;
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<never>((_, refuse) => {
    timer = setTimeout(() => {
      unanswered?.();
      refuse(new Fault('STORE_UNAVAILABLE', { retryable: true }));
    }, patience);
  });
  try {
    const result = await Promise.race([answer, enough]);
    answered?.();
    return result;
  } finally {
    clearTimeout(timer);
  }
}

/** `work`, begun again while another transaction was in its way; its driver errors made ours. */
export async function repeated<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (caught) {
      const error = withoutValues(caught);
      if (attempt === attempts || !isSerializationFailure(error)) throw error;
      // Both losers would otherwise meet again.
      await new Promise((resolve) => setTimeout(resolve, Math.random() * 10 * 2 ** attempt));
    }
  }
}
