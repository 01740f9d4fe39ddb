/**
 * Dual-writing: while a subject is being replaced its producer publishes the old event and its successor, in one transaction and under
 * one correlation. What went out as a pair is what the deprecation asks for as evidence.
 */
import type { Client } from '../client/client.ts';
import { inherited, type PublishContext } from './context.ts';
import { EventFault } from './error.ts';
import type { TransactionLike } from './sql.ts';
import { uuidv7 } from './uuid.ts';

export interface DualWriteOptions<Old, Successor> {
  /** The successor's payload from the old one. */
  readonly map: (old: Old) => Successor;
}

export interface DualWritten {
  /** Undefined once the old subject is retired: then only the successor is published. */
  readonly old: string | undefined;
  readonly successor: string;
}

export interface DualWrite<Old> {
  /** Both events in the caller's transaction. */
  add(tx: TransactionLike, payload: Old, context?: PublishContext): Promise<DualWritten>;
  /** Tells the registry now of the pairs that were written since the last time, and of who reads the old subject on the bus. */
  report(): Promise<void>;
}

interface Parts {
  readonly catalog: string;
  readonly old: string;
  readonly successor: string;
  readonly client: Pick<Client, 'reportPairs'>;
  readonly add: (
    tx: TransactionLike,
    subject: string,
    payload: unknown,
    context: PublishContext,
  ) => Promise<{ readonly id: string }>;
  readonly reportReaders: () => Promise<unknown>;
  readonly now: () => number;
  readonly onError: (error: unknown) => void;
  readonly closing: (() => Promise<void>)[];
}

/** What the code makes of an event is evidence whether its transaction commits or not. Pairs are evidence, not a copy of the stream: beyond these a report leaves them out. */
const maxPairs = 100;
const reportPairsEveryMs = 10_000;
const reportReadersEveryMs = 60_000;

export function dualWriteOf<Old, Successor>(parts: Parts, { map }: DualWriteOptions<Old, Successor>): DualWrite<Old> {
  const pairs: { readonly old: unknown; readonly new: unknown }[] = [];
  let isRetired = false;
  const reportPairs = async () => {
    const reported = pairs.splice(0);
    if (reported.length > 0) await parts.client.reportPairs(parts.catalog, parts.old, reported);
  };
  const reportReaders = async () => {
    if (!isRetired) await parts.reportReaders();
  };
  const stops = [
    every(reportPairsEveryMs, reportPairs, parts.onError),
    every(reportReadersEveryMs, reportReaders, parts.onError),
  ];
  parts.closing.push(async () => {
    for (const stop of stops) stop();
    await reportPairs().catch(parts.onError);
  });
  return {
    async report() {
      await reportPairs();
      await reportReaders();
    },
    async add(tx, payload, context = {}) {
      // one correlation is what distinguishes a pair from two events
      const correlation = context.correlation ?? inherited().correlation ?? uuidv7(parts.now());
      const successor = map(payload);
      const old = await oldEvent(parts, tx, payload, { ...context, correlation });
      isRetired = old === undefined;
      const { id } = await parts.add(tx, parts.successor, successor, { ...context, correlation });
      if (old !== undefined && pairs.length < maxPairs) pairs.push({ old: payload, new: successor });
      return { old, successor: id };
    },
  };
}

function every(ms: number, run: () => Promise<void>, onError: (error: unknown) => void): () => void {
  const timer = setInterval(() => void run().catch(onError), ms);
  timer.unref();
  return () => clearInterval(timer);
}

/** The stage ends the pair, and not a release of the producer: what is retired is not published any more. */
async function oldEvent(
  parts: Parts,
  tx: TransactionLike,
  payload: unknown,
  context: PublishContext,
): Promise<string | undefined> {
  try {
    return (await parts.add(tx, parts.old, payload, context)).id;
  } catch (error) {
    if (error instanceof EventFault && error.code === 'SUBJECT_RETIRED') return undefined;
    throw error;
  }
}
