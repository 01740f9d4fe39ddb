/** The connection to RabbitMQ: made when first needed, made again by the client, and its errors in our words. */
import type { Channel, Connection as ClientConnection, ConnectionOptions as ClientOptions } from 'rabbitmq-client';
import { EventFault } from '../error.ts';
import { loaded, withoutCredentials } from '../wire.ts';

export interface Connection {
  /** Rejects with BUS_CLOSED, BUS_UNREACHABLE, BUS_FORBIDDEN. Never waits for a broker that is away. */
  channel(): Promise<Channel>;
  /** Runs on a channel of its own: RabbitMQ closes a channel with the first thing it refuses. Rejects with EventFault. */
  on<Result>(run: (channel: Channel) => Promise<Result>): Promise<Result>;
  /** RabbitMQ takes no publications while its memory or disk is full. */
  isBlocked(): boolean;
  fault(error: unknown): EventFault;
  close(): Promise<void>;
}

export function rabbitConnection(url: string, stated: ClientOptions): Connection {
  const shown = withoutCredentials(url);
  let isClosed = false;
  let isUp = false;
  let isBlocked = false;
  let why: unknown;
  let opening: Promise<ClientConnection> | undefined;

  const open = async (): Promise<ClientConnection> => {
    const { Connection: Client } = await loaded('rabbitmq', 'rabbitmq-client', () => import('rabbitmq-client'));
    const client = new Client({ ...defaults, url, ...stated });
    client.on('connection', () => {
      isUp = true;
      isBlocked = false;
    });
    client.on('connection.blocked', () => {
      isBlocked = true;
    });
    client.on('connection.unblocked', () => {
      isBlocked = false;
    });
    await new Promise<void>((resolve) => {
      client.once('connection', resolve);
      client.on('error', (error: unknown) => {
        isUp = false;
        why = error;
        resolve();
      });
    });
    if (isUp) return client;
    client.unsafeDestroy();
    throw fault(why);
  };

  const fault = (error: unknown): EventFault => {
    if (error instanceof EventFault) return error;
    if (isClosed) return new EventFault('BUS_CLOSED', { bus: 'rabbitmq' });
    return rabbitFault(error, shown);
  };

  const channel = async (): Promise<Channel> => {
    if (isClosed) throw new EventFault('BUS_CLOSED', { bus: 'rabbitmq' });
    opening ??= open().catch((error: unknown) => {
      opening = undefined;
      throw error;
    });
    const client = await opening;
    if (isClosed) throw new EventFault('BUS_CLOSED', { bus: 'rabbitmq' });
    if (!isUp) throw rabbitFault(why, shown);
    try {
      const acquired = await client.acquire({ emitErrorsFromChannel: true });
      // what went wrong rejects what was asked; unheard it would end the process
      acquired.on('error', () => {});
      return acquired;
    } catch (error) {
      throw fault(error);
    }
  };

  return {
    channel,
    async on(run) {
      const acquired = await channel();
      try {
        return await run(acquired);
      } catch (error) {
        throw fault(error);
      } finally {
        await acquired.close().catch(() => {});
      }
    },
    isBlocked: () => isBlocked,
    fault,
    async close() {
      if (isClosed) return;
      isClosed = true;
      const client = await opening?.catch(() => undefined);
      if (client === undefined) return;
      if (!isUp) client.unsafeDestroy();
      else await client.close().catch(() => {});
    },
  };
}

const defaults: ClientOptions = {
  retryLow: 250,
  retryHigh: 5_000,
  acquireTimeout: 5_000,
  connectionTimeout: 5_000,
  heartbeat: 10,
  noDelay: true,
};

/** The word AMQP has for what went wrong, such as `NOT_FOUND`; undefined where it was the connection. */
export function amqpCode(error: unknown): string | undefined {
  for (let each = error; each instanceof Error; each = each.cause) {
    const { code } = each as Error & { readonly code?: unknown };
    if (each.name.startsWith('AMQP') && typeof code === 'string') return code;
  }
  return undefined;
}

function rabbitFault(error: unknown, shown: string): EventFault {
  const code = amqpCode(error);
  const details = { bus: 'rabbitmq', server: shown, ...(code && { code }) };
  const cause = error === undefined ? {} : { cause: error };
  const text = error instanceof Error ? error.message : '';
  if (code === 'ACCESS_REFUSED' || code === 'NOT_ALLOWED')
    return new EventFault('BUS_FORBIDDEN', details, { message: `RabbitMQ at ${shown} refuses (${code}).`, ...cause });
  if (code === 'NOT_FOUND')
    return new EventFault('STREAM_MISSING', details, { message: `RabbitMQ does not have it: ${text}.`, ...cause });
  if (code === 'PRECONDITION_FAILED' || code === 'NOT_IMPLEMENTED')
    return new EventFault('BUS_UNSUPPORTED', details, { message: `RabbitMQ cannot: ${text}.`, ...cause });
  if (code === 'BASIC_NACK' || code === 'RESOURCE_LOCKED')
    return new EventFault('BUS_TIMEOUT', details, { message: `RabbitMQ did not take it (${code}).`, ...cause });
  return new EventFault('BUS_UNREACHABLE', details, { message: `RabbitMQ at ${shown} does not answer.`, ...cause });
}
