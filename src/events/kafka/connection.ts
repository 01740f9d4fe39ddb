/** The connection to Kafka: made when first needed, made again by the client, and its errors in our words. */
import { EventFault } from '../error.ts';
import { confirmedWithin, withoutCredentials } from '../wire.ts';
import type { KafkaAdmin, KafkaClient, KafkaProducer } from './client.ts';

export interface Connection {
  /** Asks about topics and groups. Rejects with EventFault. */
  ask<Result>(question: (admin: KafkaAdmin) => Promise<Result>): Promise<Result>;
  producer(): Promise<KafkaProducer>;
  client(): Promise<KafkaClient>;
  isClosed(): boolean;
  fault(error: unknown): EventFault;
  close(): Promise<void>;
}

/** A broker that is away keeps nobody from going. */
const goodbyeMs = 2_000;

export async function goodbye(saying: Promise<unknown> | undefined): Promise<void> {
  await confirmedWithin('kafka', goodbyeMs, Promise.resolve(saying)).catch(() => {});
}

interface Opened {
  readonly client: KafkaClient;
  readonly admin: KafkaAdmin;
  readonly producer: KafkaProducer;
}

export function kafkaConnection(url: string, make: () => Promise<KafkaClient>): Connection {
  const shown = withoutCredentials(url);
  let isClosed = false;
  let opening: Promise<Opened> | undefined;

  const fault = (error: unknown): EventFault => {
    if (error instanceof EventFault) return error;
    if (isClosed) return new EventFault('BUS_CLOSED', { bus: 'kafka' });
    return kafkaFault(error, shown);
  };

  const open = async (): Promise<Opened> => {
    const client = await make();
    const [admin, producer] = [client.admin(), client.producer()];
    try {
      await admin.connect();
      await producer.connect();
      return { client, admin, producer };
    } catch (error) {
      await Promise.allSettled([admin.disconnect(), producer.disconnect()]);
      throw error;
    }
  };

  const up = async (): Promise<Opened> => {
    if (isClosed) throw new EventFault('BUS_CLOSED', { bus: 'kafka' });
    opening ??= open().catch((error: unknown) => {
      opening = undefined;
      throw fault(error);
    });
    const opened = await opening;
    if (isClosed) throw new EventFault('BUS_CLOSED', { bus: 'kafka' });
    return opened;
  };

  return {
    async ask(question) {
      const { admin } = await up();
      try {
        return await question(admin);
      } catch (error) {
        throw fault(error);
      }
    },
    producer: async () => (await up()).producer,
    client: async () => (await up()).client,
    isClosed: () => isClosed,
    fault,
    async close() {
      if (isClosed) return;
      isClosed = true;
      const opened = await opening?.catch(() => undefined);
      await Promise.all([goodbye(opened?.admin.disconnect()), goodbye(opened?.producer.disconnect())]);
    },
  };
}

/** What Kafka says, or the client for it, and which fault that is. https://kafka.apache.org/protocol#protocol_error_codes */
const words: readonly (readonly [RegExp, EventFault['code'], string])[] = [
  [/AUTHORIZATION_FAILED|AUTHENTICATION|SASL/i, 'BUS_FORBIDDEN', 'refuses'],
  [/UNKNOWN_TOPIC_OR_PARTITION|UNKNOWN_TOPIC_OR_PART/, 'STREAM_MISSING', 'does not have this topic'],
  [/MESSAGE_TOO_LARGE|MSG_SIZE_TOO_LARGE|RECORD_LIST_TOO_LARGE/, 'MESSAGE_TOO_LARGE', 'takes no message of this size'],
  [/INVALID_(?!REQUEST)|INCONSISTENT_GROUP_PROTOCOL|UNSUPPORTED|DoesNotSupportApiKey/, 'BUS_UNSUPPORTED', 'cannot'],
  [/NON_EMPTY_GROUP/, 'BUS_UNSUPPORTED', 'forgets no group that has members'],
  [
    /NOT_ENOUGH_REPLICAS|REQUEST_TIMED_OUT|RequestTimeout|REBALANCE|ILLEGAL_GENERATION|UNKNOWN_MEMBER|INVALID_REQUEST/,
    'BUS_TIMEOUT',
    'is not ready',
  ],
];

function kafkaFault(error: unknown, shown: string): EventFault {
  const said = chain(error).join(' ');
  const [, code, what] = words.find(([word]) => word.test(said)) ?? [];
  const cause = error === undefined ? {} : { cause: error };
  const type = typeOf(error);
  const details = { bus: 'kafka', server: shown, ...(type && { code: type }) };
  if (code === undefined)
    return new EventFault('BUS_UNREACHABLE', details, { message: `Kafka at ${shown} does not answer.`, ...cause });
  const stated = error instanceof Error && code === 'BUS_UNSUPPORTED' ? `: ${error.message.replace(/\.$/, '')}` : '';
  const named = type === undefined ? stated : ` (${type})`;
  return new EventFault(code, details, { message: `Kafka at ${shown} ${what}${named}.`, ...cause });
}

interface KafkaError extends Error {
  /** Kafka's own word. */
  readonly type?: string;
  readonly originalError?: unknown;
  /** Of several requests. */
  readonly errors?: readonly unknown[];
  readonly groups?: readonly { readonly error?: unknown }[];
}

function chain(error: unknown): readonly string[] {
  if (!(error instanceof Error)) return [];
  const { name, type = '', cause, originalError, errors = [], groups = [] } = error as KafkaError;
  const more = [cause, originalError, ...errors, ...groups.map((group) => group.error)];
  return [name, type, ...more.filter((each) => each !== error).flatMap(chain)];
}

function typeOf(error: unknown): string | undefined {
  return chain(error).find((word) => /^[A-Z][A-Z_]+$/.test(word));
}
