/** A message as an entry of a stream, and back. */
import type { Channel, Message, StoredMessage } from '../bus.ts';
import { headersOf, seenIn } from '../wire.ts';

/** Fields of an entry; headers are one field, as JSON. */
export function fieldsOf(message: Message): readonly (string | Buffer)[] {
  const { channel, body } = message;
  return ['address', channel.address, 'headers', JSON.stringify(headersOf(message)), 'body', Buffer.from(body)];
}

export interface Entry {
  readonly id: string;
  readonly fields: ReadonlyMap<string, Buffer>;
}

/** What XRANGE and its like answer; undefined stands for an entry that was trimmed meanwhile. */
export function entriesIn(answer: unknown): readonly Entry[] {
  return ((answer ?? []) as readonly (readonly [Buffer, readonly Buffer[] | null] | null)[]).flatMap((row) => {
    const [id, fields] = row ?? [];
    return id && fields ? [{ id: id.toString(), fields: pairs(fields) }] : [];
  });
}

function pairs(flat: readonly Buffer[]): ReadonlyMap<string, Buffer> {
  const found = new Map<string, Buffer>();
  for (let index = 0; index + 1 < flat.length; index += 2) found.set(flat[index]!.toString(), flat[index + 1]!);
  return found;
}

/** Undefined where the entry is of none of these channels. */
export function storedOf(
  stream: string,
  { id, fields }: Entry,
  channels: readonly Channel[],
): StoredMessage | undefined {
  // another program may write without saying for whom: then it is for the only subject there is
  const [only, ...others] = channels;
  const address = fields.get('address')?.toString() ?? (others.length === 0 ? only?.address : undefined);
  if (address === undefined || !channels.some((channel) => channel.address === address)) return undefined;
  return {
    ...seenIn(headersIn(fields.get('headers')), address, channels),
    body: fields.get('body') ?? Buffer.alloc(0),
    storedAt: millisecondsOf(id),
    position: `${stream}:${id}`,
  };
}

function headersIn(text: Buffer | undefined): readonly (readonly [string, string])[] {
  try {
    const headers: unknown = JSON.parse(text?.toString() ?? '{}');
    return Object.entries(headers as object).map(([name, value]) => [name, String(value)] as const);
  } catch {
    return [];
  }
}

export function millisecondsOf(id: string): number {
  return Number(id.split('-')[0]);
}
