/** Hears on a connection of its own what other processes changed. */
import type postgres from 'postgres';
import type { Change } from '../registry/ports.ts';
import { renewedClient } from './renewed-client.ts';

/** What was said while nobody listened is not known, so everything may have changed. */
const anything: Change = { catalog: '', subject: '' };

/** Milliseconds until a listener that lost its connection listens again; and what a lost one is given to end. */
const retryAfterMs = 250;
const graceMs = 1_000;

export interface Listening {
  /** Resolves when nothing is missed from now on; after a lost connection it listens again. */
  listen(onChange: (change: Change) => void): Promise<void>;
  /** On a new connection: the one it has may be dead without a sign of it. */
  restart(): void;
  end(): Promise<void>;
}

/** `make` a client of one connection that calls `onLoss` when it loses it, and `onNotify` with what is said on it. */
export function listening(
  make: (onLoss: () => void, onNotify: (channel: string, text: string) => void) => postgres.Sql,
  channel: string,
): Listening {
  let onChange: ((change: Change) => void) | undefined;
  let isWaiting = false;
  const onNotify = (_: string, text: string) => onChange?.(JSON.parse(text) as Change);
  const subscribe = () => renewed.client.unsafe(`listen "${channel.replaceAll('"', '""')}"`);
  const resubscribe = () => {
    if (isWaiting) return;
    isWaiting = true;
    setTimeout(() => {
      isWaiting = false;
      if (onChange !== undefined) subscribe().then(() => onChange?.(anything), resubscribe);
    }, retryAfterMs).unref();
  };
  const renewed = renewedClient((onLoss) => make(onLoss, onNotify), graceMs, resubscribe);
  return {
    listen: async (callback) => {
      onChange = callback;
      await subscribe();
    },
    restart: () => renewed.renew(),
    end: async () => {
      onChange = undefined;
      await renewed.end(5);
    },
  };
}
