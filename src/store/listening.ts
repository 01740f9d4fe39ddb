/** Hears on a connection of its own what other processes changed. */
import type postgres from 'postgres';
import type { Change } from '../registry/ports.ts';

/** What was said while nobody listened is not known, so everything may have changed. */
const anything: Change = { catalog: '', subject: '' };

export interface Listening {
  /** Resolves when nothing is missed from now on; after a lost connection it listens again. */
  listen(heard: (change: Change) => void): Promise<void>;
  /** On a new connection: the one it has may be dead without a sign of it. */
  restart(): void;
  end(): Promise<void>;
}

export function listening(make: () => postgres.Sql, channel: string): Listening {
  let client = make();
  let again = () => {};
  const listen = async (heard: (change: Change) => void, first: boolean) => {
    let missed = !first;
    await client.listen(
      channel,
      (text) => heard(JSON.parse(text) as Change),
      () => {
        if (missed) heard(anything);
        missed = true;
      },
    );
  };
  return {
    listen: async (heard) => {
      await listen(heard, true);
      again = () => void listen(heard, false).catch(() => {}); // with the loss of that connection it tries once more by itself
    },
    restart: () => {
      void client.end({ timeout: 0 });
      client = make();
      again();
    },
    end: () => client.end({ timeout: 5 }),
  };
}
