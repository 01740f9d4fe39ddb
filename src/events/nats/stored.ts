/** A message as NATS carries it, and back. */
import type { Msg, MsgHdrs } from '@nats-io/transport-node';
import type { Channel, StoredMessage } from '../bus.ts';
import { seenIn } from '../wire.ts';

/** What JetStream adds for itself. */
const servers = /^nats-/i;

export function storedOf(
  stream: string,
  message: Pick<Msg, 'subject' | 'headers'> & { readonly data: Uint8Array },
  at: { readonly sequence: number; readonly storedAt: number },
  channels: readonly Channel[],
): StoredMessage {
  const { subject: address, headers, data } = message;
  return {
    ...seenIn(plain(headers), address, channels),
    body: data,
    storedAt: at.storedAt,
    position: `${stream}:${at.sequence}`,
  };
}

function* plain(headers: MsgHdrs | undefined): Generator<readonly [string, string]> {
  for (const name of headers?.keys() ?? []) if (!servers.test(name)) yield [name, headers!.get(name)];
}
