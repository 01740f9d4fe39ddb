/** What surrounds every question: driver errors made ours, a timeout, another go after a conflict. */
import { Fault } from '../errors.ts';
import type { Driver } from './database.ts';
import { isSerializationFailure, withoutValues } from './fault.ts';

/** How long an answer is waited for, and who hears whether it came. */
export type Timeout = Pick<Driver, 'timeoutMs' | 'answered' | 'unanswered'>;

/** Times the same work is begun in all before a conflict is given up on. */
const attempts = 6;

/** Every method, run after `before`, its driver errors made ours: what `work` catches must not carry values either. */
export function guarded<T extends object>(methods: T, timeout: Timeout, before: () => void = () => {}): T {
  const around = ([key, method]: [string, (...given: unknown[]) => Promise<unknown>]) => [
    key,
    async (...given: unknown[]) => {
      before();
      try {
        return await within(timeout, method(...given));
      } catch (error) {
        throw withoutValues(error);
      }
    },
  ];
  return Object.fromEntries(Object.entries(methods).map(around)) as T;
}

/** Fault STORE_UNAVAILABLE where `answer` takes longer than `timeoutMs`. */
export async function within<T>({ timeoutMs, answered, unanswered }: Timeout, answer: Promise<T>): Promise<T> {
  if (timeoutMs === Number.POSITIVE_INFINITY) return answer;
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, refuse) => {
    timer = setTimeout(() => {
      unanswered?.();
      refuse(new Fault('STORE_UNAVAILABLE', { retryable: true }));
    }, timeoutMs);
  });
  try {
    const result = await Promise.race([answer, expired]);
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
