/**
 * Who leads an ordered group. JetStream gives the messages of one key to whoever asks, so that their order needs one member that
 * asks. The lease is the only message of its subject in a stream whose messages run out: whoever writes it first leads, and
 * goes on leading by writing behind its own message.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { apiCode, apiCodes, type Connected, type Connection } from './connection.ts';

const streamOfLeases = 'HERALD_LEASES';
const leaseMs = 10_000;
const tryMs = 1_000;
const millisecond = 1_000_000;

export interface Lease {
  /** Gives it up, so that another member leads at once. */
  end(): Promise<void>;
}

export interface LeaseEvents {
  readonly onGained: () => void;
  readonly onLost: () => void;
  readonly onError: (error: unknown) => void;
}

/** Resolves after the first try. */
export async function leaseOf(
  connection: Connection,
  name: string,
  replicas: number,
  events: LeaseEvents,
): Promise<Lease> {
  const address = `herald.lease.${name}`;
  const holder = randomUUID();
  const ending = new AbortController();
  let held: { readonly sequence: number; readonly until: number } | undefined;

  const lose = () => {
    held = undefined;
    events.onLost();
  };

  const write = async ({ js }: Connected) => {
    // counted from before it was sent, so that this member never believes longer in it than the server
    const until = Date.now() + leaseMs;
    const expect = { streamName: streamOfLeases, lastSubjectSequence: held?.sequence ?? 0 };
    const { seq } = await js.publish(address, holder, { expect, timeout: 2_000 });
    const wasHeld = held !== undefined;
    held = { sequence: seq, until };
    if (!wasHeld) events.onGained();
  };

  const tryOnce = async () => {
    try {
      await write(await connection.up());
    } catch (error) {
      const isTaken = apiCode(error) === apiCodes.wrongLastSequence;
      if (!isTaken) events.onError(connection.fault(error, 'publish'));
      if (held !== undefined && (isTaken || held.until <= Date.now())) lose();
    }
  };

  await ensureLeases(await connection.up(), replicas);
  await tryOnce();
  const running = (async () => {
    while (!ending.signal.aborted) {
      const ms = held === undefined ? tryMs : leaseMs / 3;
      await sleep(ms, undefined, { signal: ending.signal, ref: false }).catch(() => {});
      if (!ending.signal.aborted) await tryOnce();
    }
  })();

  return {
    async end() {
      ending.abort();
      await running;
      if (held === undefined) return;
      const { sequence } = held;
      held = undefined;
      const { jsm } = await connection.up();
      await jsm.streams.deleteMessage(streamOfLeases, sequence, false);
    },
  };
}

async function ensureLeases({ jsm }: Connected, replicas: number): Promise<void> {
  try {
    await jsm.streams.info(streamOfLeases);
  } catch (error) {
    if (apiCode(error) !== apiCodes.streamNotFound) throw error;
    await jsm.streams
      .add({
        name: streamOfLeases,
        description: 'Which member leads an ordered group of herald-registry/events.',
        subjects: ['herald.lease.>'],
        storage: 'memory',
        max_msgs_per_subject: 1,
        max_age: leaseMs * millisecond,
        duplicate_window: leaseMs * millisecond,
        num_replicas: replicas,
      })
      .catch((failed: unknown) => {
        if (apiCode(failed) !== apiCodes.streamNameInUse) throw failed;
      });
  }
}
