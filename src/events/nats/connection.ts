/** The connection to NATS: made when first needed, made again by the client whenever it is lost, and its errors in our words. */
import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream';
import type { ConnectionOptions, MsgHdrs, NatsConnection } from '@nats-io/transport-node';
import { filtersSeveral } from '../../schema/nats-names.ts';
import { EventFault } from '../error.ts';
import { loaded, withoutCredentials } from '../wire.ts';

export interface Connected {
  readonly nc: NatsConnection;
  readonly js: JetStreamClient;
  readonly jsm: JetStreamManager;
  readonly emptyHeaders: () => MsgHdrs;
  readonly newInbox: () => string;
  /** From 2.10 on a durable may filter by several subjects. */
  readonly filtersSeveral: boolean;
}

export interface Connection {
  /** Rejects with BUS_CLOSED, BUS_UNREACHABLE, BUS_FORBIDDEN, BUS_UNSUPPORTED. Never waits for a server that is away. */
  up(): Promise<Connected>;
  /** Whether the server is there now. */
  isUp(): boolean;
  /** Called each time the connection was made anew; the answer ends that. */
  onReconnect(heard: () => void): () => void;
  /** Hears of what the server says between requests, such as a permission that is missing. */
  onError(heard: (error: unknown) => void): () => void;
  fault(error: unknown, what: 'publish' | 'ask'): EventFault;
  close(): Promise<void>;
}

const packages = '@nats-io/transport-node @nats-io/jetstream';

export function natsConnection(servers: readonly string[], stated: ConnectionOptions): Connection {
  const shown = servers.map(withoutCredentials);
  const reconnects = new Set<() => void>();
  const errors = new Set<(error: unknown) => void>();
  let isClosed = false;
  let isUp = false;
  let opening: Promise<Connected> | undefined;

  const open = async (): Promise<Connected> => {
    const { transport, jetstream } = await loaded('nats', packages, async () => ({
      transport: await import('@nats-io/transport-node'),
      jetstream: await import('@nats-io/jetstream'),
    }));
    const nc = await transport.connect({ ...defaults, ...credentials(servers), ...stated });
    isUp = true;
    void watch(nc);
    return {
      nc,
      js: jetstream.jetstream(nc),
      // a service that may do little may not ask for the account either
      jsm: await jetstream.jetstreamManager(nc, { checkAPI: false }),
      emptyHeaders: () => transport.headers(),
      newInbox: () => transport.createInbox(stated.inboxPrefix),
      filtersSeveral: filtersSeveral(nc.info?.version ?? ''),
    };
  };

  const watch = async (nc: NatsConnection) => {
    for await (const status of nc.status()) {
      if (status.type === 'disconnect') isUp = false;
      if (status.type === 'reconnect') {
        isUp = true;
        for (const heard of reconnects) heard();
      }
      if (status.type === 'error') for (const heard of errors) heard(connection.fault(status.error, 'ask'));
    }
    isUp = false;
    // the client gave up, as it does when its credentials ran out: the next request begins anew
    opening = undefined;
  };

  const unreachable = (cause?: unknown) =>
    new EventFault(
      'BUS_UNREACHABLE',
      { bus: 'nats', servers: shown },
      { message: `NATS at ${shown.join(', ')} does not answer.`, cause },
    );

  const connection: Connection = {
    async up() {
      if (isClosed) throw new EventFault('BUS_CLOSED', { bus: 'nats' });
      opening ??= open().catch((error: unknown) => {
        opening = undefined;
        throw error instanceof EventFault ? error : connection.fault(error, 'ask');
      });
      const connected = await opening;
      if (isClosed) throw new EventFault('BUS_CLOSED', { bus: 'nats' });
      if (!isUp) throw unreachable();
      return connected;
    },
    isUp: () => isUp,
    onReconnect(heard) {
      reconnects.add(heard);
      return () => reconnects.delete(heard);
    },
    onError(heard) {
      errors.add(heard);
      return () => errors.delete(heard);
    },
    fault(error, what) {
      if (error instanceof EventFault) return error;
      if (isClosed) return new EventFault('BUS_CLOSED', { bus: 'nats' });
      const names = chain(error).map(({ name }) => name);
      const is = (name: string) => names.includes(name);
      const text = error instanceof Error ? error.message : String(error);
      if (is('PermissionViolationError') || is('AuthorizationError') || is('UserAuthenticationExpiredError'))
        return new EventFault('BUS_FORBIDDEN', { bus: 'nats' }, { message: `NATS refuses: ${text}.`, cause: error });
      const api = chain(error).find(({ name }) => name.startsWith('JetStreamApi') || /NotFoundError$/.test(name));
      if (api !== undefined) return apiFault(api as Error & { readonly code?: number });
      if (is('JetStreamNotEnabled') || is('NoRespondersError')) return silent(what, error);
      if (is('TimeoutError') && isUp) return new EventFault('BUS_TIMEOUT', { bus: 'nats' }, { cause: error });
      if (is('InvalidSubjectError') || is('InvalidNameError') || is('InvalidArgumentError'))
        return new EventFault('BUS_UNSUPPORTED', { bus: 'nats' }, { message: `NATS cannot: ${text}.`, cause: error });
      return unreachable(error);
    },
    async close() {
      if (isClosed) return;
      isClosed = true;
      const connected = await opening?.catch(() => undefined);
      if (connected === undefined) return;
      // acknowledgements on their way get there, where somebody is there to get them
      if (isUp) await asLongAsOpen(connected.nc, connected.nc.flush());
      await connected.nc.close().catch(() => {});
    },
  };

  /** Nobody answers: JetStream is not there, not yet again, or has no stream that takes the subject. */
  const silent = (what: 'publish' | 'ask', cause: unknown) => {
    if (what === 'publish') return new EventFault('STREAM_MISSING', { bus: 'nats' }, { cause });
    return unreachable(cause);
  };

  return connection;
}

/** Milliseconds that a silent server is waited for. */
const silentMs = 1_000;

/** The client forgets what it waits for when its connection closes, and then waits for ever; failures are those of whoever asks next. */
export async function asLongAsOpen(nc: NatsConnection, asked: Promise<unknown>): Promise<void> {
  await Promise.race([asked.catch(() => {}), nc.closed(), pause(silentMs)]);
}

const defaults: ConnectionOptions = {
  maxReconnectAttempts: -1,
  reconnectTimeWait: 250,
  reconnectJitter: 250,
  pingInterval: 10_000,
  timeout: 5_000,
};

/** What the client does not read from an address itself. */
function credentials(servers: readonly string[]): ConnectionOptions {
  const [first = ''] = servers;
  const plain = servers.map(withoutCredentials);
  const url = URL.canParse(first) ? new URL(first) : undefined;
  const tls = url?.protocol === 'tls:' ? { tls: {} } : {};
  if (url === undefined || url.username === '') return { servers: plain, ...tls };
  const user = decodeURIComponent(url.username);
  if (url.password === '') return { servers: plain, token: user, ...tls };
  return { servers: plain, user, pass: decodeURIComponent(url.password), ...tls };
}

function chain(error: unknown): readonly Error[] {
  return error instanceof Error ? [error, ...chain(error.cause)] : [];
}

/** Codes of the server: https://github.com/nats-io/nats-server/blob/main/server/errors.json */
export const apiCodes = {
  consumerNotFound: 10014,
  streamNotFound: 10059,
  streamNameInUse: 10058,
  subjectsOverlap: 10065,
  messageTooLarge: 10054,
  otherStream: 10060,
  wrongLastSequence: 10071,
  jetStreamDisabled: 10076,
  notForAccount: 10039,
  noMessage: 10037,
} as const;

/** Whether the server refused because this user may not. */
export function isForbidden(error: unknown): boolean {
  return chain(error).some(({ name }) => name === 'PermissionViolationError');
}

export function apiCode(error: unknown): number | undefined {
  const found = chain(error).find((each) => typeof (each as { readonly code?: unknown }).code === 'number');
  return (found as { readonly code?: number } | undefined)?.code;
}

function apiFault(error: Error & { readonly code?: number }): EventFault {
  const { code } = error;
  const details = { bus: 'nats', code };
  const said = { message: `NATS refuses: ${error.message}.`, cause: error };
  if (code === apiCodes.messageTooLarge)
    return new EventFault('MESSAGE_TOO_LARGE', details, {
      message: 'The message is over the limit of its stream (max_msg_size).',
      cause: error,
    });
  if (code === apiCodes.streamNotFound || code === apiCodes.otherStream)
    return new EventFault('STREAM_MISSING', details, said);
  if (code === apiCodes.jetStreamDisabled || code === apiCodes.notForAccount)
    return new EventFault('BUS_UNSUPPORTED', details, {
      message: 'JetStream is not enabled on this server or account.',
      remedy: 'Start nats-server with -js, or enable JetStream for the account.',
      cause: error,
    });
  if (code === apiCodes.subjectsOverlap) return new EventFault('BUS_UNSUPPORTED', details, said);
  return new EventFault('BUS_TIMEOUT', details, said);
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
