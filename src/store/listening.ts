/** Hears on a connection of its own what other processes changed. */
import type postgres from 'postgres';
import type { Change } from '../registry/ports.ts';
import { renewedClient } from './renewed-client.ts';

/** What was said while nobody listened is not known, so everything may have changed. */
const anything: Change = { catalog: '', subject: '' };

/** Milliseconds until a listener that lost its connection listens again; and what a lost one is given to end. */
const pause = 250;
const grace = 1_000;

export interface Listening {
  /** Resolves when nothing is missed from now on; after a lost connection it listens again. */
  listen(heard: (change: Change) => void): Promise<void>;
  /** On a new connection: the one it has may be dead without a sign of it. */
  restart(): void;
  end(): Promise<void>;
}

/** `make` a client of one connection that calls `lost` when it loses it, and `hear` with what is said on it. */
export function listening(
  make: (lost: () => void, hear: (channel: string, text: string) => void) => postgres.Sql,
  channel: string,
): Listening {
  let heard: ((change: Change) => void) | undefined;
  let isWaiting = false;
  const hear = (_: string, text: string) => heard?.(JSON.parse(text) as Change);
  const ask = () => renewed.client.unsafe(`listen "${channel.replaceAll('"', '""')}"`);
  const again = () => {
    if (isWaiting) return;
    isWaiting = true;
    setTimeout(() => {
      isWaiting = false;
      if (heard !== undefined) ask().then(() => heard?.(anything), again);
    }, pause).unref();
  };
  const renewed = renewedClient((lost) => make(lost, hear), grace, again);
  return {
    listen: async (told) => {
      heard = told;
      await ask();
    },
    restart: () => renewed.renew(),
    end: async () => {
      heard = undefined;
      await renewed.end(5);
    },
  };
}
