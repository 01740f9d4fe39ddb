/** Who leads an ordered group, where a broker hands the messages of one key to whoever asks: one member at a time, by a lease. */
import { setTimeout as sleep } from 'node:timers/promises';
import { leaseMs } from '../schema/lease.ts';

const tryMs = 1_000;

export interface Lease {
  /** Gives it up, so that another member leads at once. */
  end(): Promise<void>;
}

export interface LeaseEvents {
  readonly onGained: () => void;
  readonly onLost: () => void;
  readonly onError: (error: unknown) => void;
}

export interface LeaseKeeper {
  /** Takes the lease for `leaseMs` from now, or lengthens it; false where somebody else has it. */
  take(): Promise<boolean>;
  drop(): Promise<void>;
}

/** Keeps trying, and lengthens what it has. Resolves after the first try. */
export async function keepLease(
  { take, drop }: LeaseKeeper,
  { onGained, onLost, onError }: LeaseEvents,
): Promise<Lease> {
  const ending = new AbortController();
  let heldUntil: number | undefined;

  const tryOnce = async () => {
    // counted from before it was asked for, so that this member never believes in it longer than the broker
    const until = Date.now() + leaseMs;
    const isTaken = await take().catch((error: unknown) => {
      onError(error);
      return undefined;
    });
    const wasHeld = heldUntil !== undefined;
    if (isTaken) heldUntil = until;
    else if (isTaken === false || (wasHeld && heldUntil! <= Date.now())) heldUntil = undefined;
    if (!wasHeld && heldUntil !== undefined) onGained();
    if (wasHeld && heldUntil === undefined) onLost();
  };

  await tryOnce();
  const running = (async () => {
    while (!ending.signal.aborted) {
      const ms = heldUntil === undefined ? tryMs : leaseMs / 3;
      await sleep(ms, undefined, { signal: ending.signal, ref: false }).catch(() => {});
      if (!ending.signal.aborted) await tryOnce();
    }
  })();

  return {
    async end() {
      ending.abort();
      await running;
      if (heldUntil !== undefined) await drop();
      heldUntil = undefined;
    },
  };
}
