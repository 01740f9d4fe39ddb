// Shown in src/events/README.md; run with Emmett itself by test/events-emmett.test.ts.

import type { PublishContext } from '../../src/events/index.ts';

/** What Emmett gives an inline projection: it runs in the transaction in which the stream is appended to. */
interface Recorded {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly metadata: { readonly messageId: string; readonly streamName: string; readonly streamPosition: bigint };
}

interface Client {
  query(text: string, values?: unknown[]): Promise<{ readonly rows: readonly object[] }>;
}

interface Context {
  readonly connection: { readonly client: Client };
}

interface Adding {
  add(tx: Client, subject: string, payload: unknown, context: PublishContext): Promise<unknown>;
}

// --- shown
/** Each event of a stream is held against its contract and goes to the outbox, in the transaction that appends it. */
export const publishing = (events: Adding, subjects: readonly string[]) => ({
  name: 'outbox',
  canHandle: [...subjects],
  async handle(recorded: readonly Recorded[], { connection: { client } }: Context) {
    for (const { type, data, metadata } of recorded)
      await events.add(client, type, data, { id: metadata.messageId, key: metadata.streamName });
  },
});

/** The state as of the newest event, so that only later ones are read. */
export const snapshots = <State>(subjects: readonly string[], evolve: (state: State, event: Recorded) => State) => ({
  name: 'snapshot',
  canHandle: [...subjects],
  async handle(recorded: readonly Recorded[], { connection: { client } }: Context) {
    for (const event of recorded) {
      const { streamName, streamPosition } = event.metadata;
      const { rows } = await client.query('select state from snapshot where stream = $1', [streamName]);
      const state = evolve(((rows[0] as { state?: State } | undefined)?.state ?? {}) as State, event);
      await client.query(
        `insert into snapshot (stream, position, state) values ($1, $2, $3)
        on conflict (stream) do update set position = excluded.position, state = excluded.state`,
        [streamName, String(streamPosition), JSON.stringify(state)],
      );
    }
  },
});
// --- end
