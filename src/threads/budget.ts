/**
 * How much work each caller may cause: seconds of it a minute, with twice that at once for who has been quiet. A queue that is
 * fair shares out what there is; this bounds what one caller takes of it when nobody else asks.
 */
import { Fault } from '../errors.ts';

export interface WorkBudget {
  /** Throws Fault RATE_LIMITED where the caller has used up its share. */
  require(caller: string): void;
  spend(caller: string, milliseconds: number): void;
}

const remembered = 10_000;

export function workBudget(secondsPerMinute: number, now: () => number): WorkBudget {
  const perMs = secondsPerMinute / 60;
  const largestMs = 2 * secondsPerMinute * 1_000;
  const accounts = new Map<string, { readonly leftMs: number; readonly at: number }>();
  const leftOf = (caller: string) => {
    const account = accounts.get(caller);
    return account ? Math.min(largestMs, account.leftMs + Math.max(0, now() - account.at) * perMs) : largestMs;
  };
  return {
    require(caller) {
      const leftMs = leftOf(caller);
      if (leftMs > 0) return;
      const retryAfterSeconds = Math.max(1, Math.ceil(-leftMs / perMs / 1_000));
      throw new Fault(
        'RATE_LIMITED',
        { secondsPerMinute, retryAfterSeconds },
        {
          message: `The caller has used the ${secondsPerMinute} s of work a minute it may cause; try again in ${retryAfterSeconds} s.`,
        },
      );
    },
    spend(caller, milliseconds) {
      const leftMs = leftOf(caller) - milliseconds;
      accounts.delete(caller);
      accounts.set(caller, { leftMs, at: now() });
      for (const oldest of accounts.keys()) {
        if (accounts.size <= remembered) break;
        accounts.delete(oldest);
      }
    },
  };
}

export const unlimited: WorkBudget = { require: () => {}, spend: () => {} };
