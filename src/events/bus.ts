/**
 * The bus: what every broker adapter offers, and all that the rest of this room knows of a broker. `test/events-bus.contract.ts`
 * holds each adapter to the sentences below. Adapters reject with EventFault and nothing else.
 */

/** Where messages of one subject go. Made from the catalog by `channelOf`; adapters only read it. */
export interface Channel {
  /** The registered subject, e.g. `parliament.motionScheduled.v1`. */
  readonly subject: string;
  /** What tells it from others of its stream: a NATS subject, a Redis stream entry's field, a routing key, a Kafka header. */
  readonly address: string;
  /** The stream that keeps it: the domain's `stream`, else the domain; on Kafka the topic. Channels of one stream share their order. */
  readonly stream: string;
  /** How long the stream keeps messages. Undefined: the contract does not say, so the broker's own default stands. */
  readonly retentionMs?: number;
}

export interface Message {
  readonly channel: Channel;
  /** Within `limits.deduplicationMs` a second message with this id on this stream is confirmed and not stored again. */
  readonly id: string;
  /** Messages of one key on one stream keep the order in which their publications were confirmed. */
  readonly key: string;
  /** Delivered as it is, byte for byte. */
  readonly body: Uint8Array;
  /** Lower-case names, printable ASCII values. Names that begin with `herald-` are the adapters' own. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Headers that carry what a broker has no place of its own for. */
export const wireHeaders = { id: 'herald-id', key: 'herald-key', subject: 'herald-subject' } as const;

/** A message as it lies in a stream. */
export interface StoredMessage {
  /** Undefined where another program published it and the address stands for several subjects. */
  readonly subject: string | undefined;
  readonly address: string;
  /** Undefined where another program published without `wireHeaders.id`. */
  readonly id: string | undefined;
  readonly key: string | undefined;
  readonly body: Uint8Array;
  /** Without the adapters' own. */
  readonly headers: Readonly<Record<string, string>>;
  /** When the broker stored it, in milliseconds since 1970. */
  readonly storedAt: number;
  /** Where it lies, in the broker's own terms; for people. */
  readonly position: string;
}

/** A message given to a member of a group. It is settled by `ack` or `nak`, once; later calls do nothing. */
export interface Delivery extends StoredMessage {
  /** How often this group was given it, this time included. Undefined where the broker does not count. */
  readonly attempt: number | undefined;
  /** Resolves once the acknowledgement was sent to the broker. Lost on the way, the message comes again. */
  ack(): Promise<void>;
  /** Gives it back: delivered again after `delayMs`, to any member. */
  nak(delayMs: number): Promise<void>;
  /** Still at work: the time until it is delivered to somebody else begins anew. */
  progress(): Promise<void>;
}

/** Where a group begins that the broker does not know yet. A known group goes on where it was. */
export type Start = 'earliest' | 'new' | { readonly time: number };

export interface SubscribeOptions {
  /** Durable: the broker remembers what the group has settled after every member is gone. Members of one group share messages. */
  readonly group: string;
  readonly channels: readonly Channel[];
  /**
   * Of one key at most one message is unsettled in the whole group, and they come in stream order: message n+1 follows only
   * after n was acked; given back, n comes again before n+1. Across keys there is no promise.
   */
  readonly ordered: boolean;
  readonly start: Start;
  /** Unsettled messages this member holds at most. */
  readonly maxInFlight: number;
  /** Unsettled for this long and without `progress`, a message is delivered again, to any member. */
  readonly ackWaitMs: number;
  /** Must not throw. Called again before earlier deliveries are settled, up to `maxInFlight`. */
  readonly onDelivery: (delivery: Delivery) => void;
  /** Hears what goes wrong between deliveries, such as a lost connection. The adapter goes on by itself. */
  readonly onError: (error: unknown) => void;
}

export interface Subscription {
  /** No delivery after this was called. What is unsettled may still be settled; resolves when all is, or after `timeoutMs`. */
  stop(timeoutMs: number): Promise<void>;
}

export interface Backlog {
  /** Stored and not yet given to any member. */
  readonly pending: number;
  /** Given and not settled. */
  readonly inFlight: number;
  /** When the oldest unacknowledged message was stored; undefined where there is none or the broker cannot tell cheaply. */
  readonly oldestAt?: number;
}

export interface Group {
  readonly name: string;
  /** Addresses it reads; patterns as the broker writes them. */
  readonly addresses: readonly string[];
}

export interface ReadOptions {
  readonly channels: readonly Channel[];
  /** `last`: the newest message of each channel alone. */
  readonly from: 'earliest' | 'last' | { readonly time: number };
  /** Messages stored before this time, in milliseconds since 1970. Default: all that is stored when reading begins. */
  readonly to?: number;
}

export interface BusLimits {
  /** A body this long is stored, a longer one rejected with MESSAGE_TOO_LARGE before it is sent. */
  readonly maxBodyBytes: number;
  /** For how long an id is remembered. 0: not at all. */
  readonly deduplicationMs: number;
  /** Whether `read` works. Where it does not, it rejects with BUS_UNSUPPORTED. */
  readonly canRead: boolean;
}

export interface Bus {
  /** `memory`, `nats`, `redis`, `rabbitmq`, `kafka`; decides the template of the catalog's `transports`. */
  readonly kind: string;
  /** Asked after the first connection, since servers state theirs. */
  limits(): Promise<BusLimits>;
  /** Makes the streams of these channels where they are missing. Changes and deletes nothing that is there. */
  ensure(channels: readonly Channel[]): Promise<void>;
  /** Rejects with STREAM_MISSING, naming every stream and address of these channels that cannot be published to. */
  verify(channels: readonly Channel[]): Promise<void>;
  /**
   * Resolves when the broker has stored the message (`duplicate`: had it already). Rejected, it may be stored all the same: a
   * confirmation can be lost. The same message is then published again under the same id. Any number may be under way.
   */
  publish(message: Message, options: { readonly timeoutMs: number }): Promise<{ readonly duplicate: boolean }>;
  /** Resolves when the group exists and deliveries can come. Rejects with BUS_UNSUPPORTED what the broker cannot promise. */
  subscribe(options: SubscribeOptions): Promise<Subscription>;
  backlog(group: string, channels: readonly Channel[]): Promise<Backlog>;
  /** Durable groups that read from this channel, whether a member is there or not: who would miss it. */
  groupsOf(channel: Channel): Promise<readonly Group[]>;
  /** Forgets a group and what it has settled. Messages stay. A group that is not there is no error. */
  removeGroup(group: string, channels: readonly Channel[]): Promise<void>;
  /** Stored messages in stream order, without any group: each stream's own order, streams one after another. Ends. */
  read(options: ReadOptions): AsyncIterable<StoredMessage>;
  /** Stops what is subscribed and disconnects. Nothing can be published afterwards: BUS_CLOSED. */
  close(): Promise<void>;
}
