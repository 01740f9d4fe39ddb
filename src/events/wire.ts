/** What adapters share on the wire: headers that carry what a broker has no place for, and limits that are held before sending. */
import { type Channel, type Message, type StoredMessage, wireHeaders } from './bus.ts';
import { EventFault } from './error.ts';

/** The message's headers and the adapters' own. */
export function headersOf({ channel, id, key, headers }: Message): Readonly<Record<string, string>> {
  return {
    ...headers,
    [wireHeaders.id]: asHeader(id),
    [wireHeaders.key]: asHeader(key),
    [wireHeaders.subject]: asHeader(channel.subject),
  };
}

/** Keys and ids may be any text and headers only printable ASCII: the rest, spaces and `%` are percent-encoded. */
export function asHeader(text: string): string {
  return text.replace(/[^\x21-\x7e]|%/gu, (character) =>
    [...Buffer.from(character, 'utf8')].map((byte) => `%${byte.toString(16).padStart(2, '0').toUpperCase()}`).join(''),
  );
}

export function fromHeader(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** What the headers of a stored message say. Where they name no subject, its address does, if it stands for one subject alone. */
export function seenIn(
  headers: Iterable<readonly [string, string]>,
  address: string,
  channels: readonly Channel[],
): Pick<StoredMessage, 'subject' | 'id' | 'key' | 'headers' | 'address'> {
  const all = new Map([...headers].map(([name, value]) => [name.toLowerCase(), value]));
  const of = (name: string) => {
    const value = all.get(name);
    return value === undefined ? undefined : fromHeader(value);
  };
  const [only, ...others] = channels.filter((channel) => channel.address === address);
  return {
    address,
    subject: of(wireHeaders.subject) ?? (others.length === 0 ? only?.subject : undefined),
    id: of(wireHeaders.id),
    key: of(wireHeaders.key),
    headers: Object.fromEntries([...all].filter(([name]) => !name.startsWith('herald-'))),
  };
}

/** Throws MESSAGE_TOO_LARGE for a body longer than the broker takes. */
export function refuseLarge({ channel: { subject }, body }: Message, maxBodyBytes: number): void {
  if (body.byteLength <= maxBodyBytes) return;
  const message = `A ${subject} of ${body.byteLength} bytes is over the broker's limit of ${maxBodyBytes}.`;
  throw new EventFault('MESSAGE_TOO_LARGE', { subject, bytes: body.byteLength, maxBodyBytes }, { message });
}

/** Throws STREAM_MISSING, unless there is nothing missing. */
export function refuseMissing(streams: readonly string[], addresses: readonly string[] = []): void {
  if (streams.length === 0) return;
  const message =
    addresses.length === 0
      ? `The broker has no stream ${streams.join(', ')}.`
      : `The broker cannot take ${addresses.join(', ')} into ${streams.join(', ')}.`;
  throw new EventFault('STREAM_MISSING', { streams, ...(addresses.length > 0 && { addresses }) }, { message });
}

/** Loads an optional library; rejects with BUS_LIBRARY_MISSING, naming what to install. */
export async function loaded<Library>(bus: string, packages: string, load: () => Promise<Library>): Promise<Library> {
  try {
    return await load();
  } catch (cause) {
    const message = `The ${bus} bus needs ${packages}.`;
    const remedy = `Install it: npm install ${packages}.`;
    throw new EventFault('BUS_LIBRARY_MISSING', { bus, packages }, { message, remedy, cause });
  }
}

/** An address as people may see it: without what stands before the last @, since a password may hold one too. */
export function withoutCredentials(url: string): string {
  return url.replace(/\/\/.*@/, '//');
}

/** Rejects with BUS_TIMEOUT where the broker has not confirmed in time; it may have stored the message all the same. */
export async function confirmedWithin<Result>(
  bus: string,
  timeoutMs: number,
  confirming: Promise<Result>,
): Promise<Result> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new EventFault('BUS_TIMEOUT', { bus, timeoutMs })), timeoutMs);
  });
  try {
    return await Promise.race([confirming, late]);
  } finally {
    clearTimeout(timer);
  }
}
