/**
 * The WebSocket bridge: connected clients get the events of their session as they happen. Each process reads every event for itself,
 * from now on; nothing is kept for clients that are away. Whoever may not see an event does not learn that there was one.
 */
import { randomUUID } from 'node:crypto';
import type { RunningConsumer } from './consumer/consumer.ts';
import type { ConsumerOptions } from './consumer/options.ts';
import type { ReceivedEvent } from './consumer/received.ts';
import { EventFault } from './error.ts';
import type { Sensitivity } from './events.ts';
import { memoryStore } from './store/memory-processed.ts';

/** What is asked of `createEvents`, whatever its subjects are. */
export interface BridgedEvents {
  sensitivityOf(subject: string): Promise<Sensitivity>;
  subscribeAll(
    group: string,
    subjects: readonly string[] | '*',
    handler: (event: ReceivedEvent) => Promise<void>,
    options: ConsumerOptions,
  ): Promise<RunningConsumer>;
}

/** What is asked of a socket of `ws`. */
export interface BridgeSocket {
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(text: string, sent: (error?: Error | null) => void): void;
  close(code: number, reason: string): void;
  terminate(): void;
  on(event: 'close' | 'error', heard: () => void): unknown;
}

/** A `WebSocketServer` of `ws`. */
export interface BridgeServer<Request> {
  on(event: 'connection', heard: (socket: BridgeSocket, request: Request) => void): unknown;
  off(event: 'connection', heard: (socket: BridgeSocket, request: Request) => void): unknown;
}

export interface BridgeOptions<Session, Request> {
  readonly server: BridgeServer<Request>;
  /** Who connects; undefined: nobody we know, and the socket is closed with 4401. */
  readonly session: (request: Request) => Session | undefined | Promise<Session | undefined>;
  /** Whether the event is of this session at all. Cheap, and asked first. */
  readonly filter: (session: Session, event: ReceivedEvent) => boolean;
  /** Whether this person may see this event. Asked for each, and a failure is a no. */
  readonly authorize: (session: Session, event: ReceivedEvent) => boolean | Promise<boolean>;
  /** The highest level this person is cleared for. */
  readonly clearance: (session: Session) => string;
  /**
   * By subject: masks what is above a level, as the generated `redact.js` does. Without one, an event above the clearance is not
   * sent at all.
   */
  readonly redact?: Readonly<Record<string, (event: unknown, level: string) => unknown>>;
  /** Default: all. */
  readonly subjects?: readonly string[];
  /** The group's name begins with it. Default `bridge`. */
  readonly group?: string;
  /** Bytes that may wait for a slow client before it is disconnected with 1013. Default 1 MiB. */
  readonly maxBufferedBytes?: number;
  readonly maxClients?: number;
  readonly onError?: (error: unknown) => void;
}

export interface Bridge {
  /** Clients connected now. */
  readonly clients: number;
  close(): Promise<void>;
}

const open = 1;
const maxClients = 10_000;
const closeCodes = { unknown: 4401, busy: 1013, away: 1001 } as const;

/**
 * @example
 * const bridge = await createBridge(events, {
 *   server: new WebSocketServer({ server: http }),
 *   session: (request) => sessions.get(request.headers.cookie),
 *   filter: ({ sessionId }, event) => event.key === sessionId,
 *   authorize: ({ user }, event) => access.maySee(user, event),
 *   clearance: ({ user }) => user.clearance,
 * });
 */
export async function createBridge<Session, Request>(
  events: BridgedEvents,
  options: BridgeOptions<Session, Request>,
): Promise<Bridge> {
  const clients = new Map<BridgeSocket, Session>();
  const onError = options.onError ?? (() => {});
  const admit = async (socket: BridgeSocket, request: Request) => {
    socket.on('error', () => clients.delete(socket));
    socket.on('close', () => clients.delete(socket));
    const session = await Promise.resolve(options.session(request)).catch((error: unknown) => void onError(error));
    if (session === undefined) socket.close(closeCodes.unknown, 'not signed in');
    else if (clients.size >= (options.maxClients ?? maxClients)) socket.close(closeCodes.busy, 'too many clients');
    else if (socket.readyState === open) clients.set(socket, session);
  };
  const connected = (socket: BridgeSocket, request: Request) => void admit(socket, request).catch(onError);
  const send = async (event: ReceivedEvent) => {
    const sensitivity = await events.sensitivityOf(event.subject);
    await Promise.all(
      [...clients].map(async ([socket, session]) => {
        const shown = await visible(options, session, event, sensitivity).catch(
          (error: unknown) => void onError(error),
        );
        if (shown !== undefined) deliver(options, clients, socket, event.subject, shown);
      }),
    );
  };
  const { processed } = memoryStore();
  const group = `${options.group ?? 'bridge'}-${randomUUID()}`;
  // what it forgets on the way out must not pile up on the broker
  const consumer = await events.subscribeAll(group, options.subjects ?? '*', send, {
    processed,
    start: 'new',
    ordered: true,
  });
  options.server.on('connection', connected);
  return {
    get clients() {
      return clients.size;
    },
    async close() {
      options.server.off('connection', connected);
      for (const socket of clients.keys()) socket.close(closeCodes.away, 'the server goes away');
      clients.clear();
      await consumer.stop();
      await consumer.forget();
    },
  };
}

/** The event as this person may see it; undefined: not at all. */
async function visible<Session, Request>(
  options: BridgeOptions<Session, Request>,
  session: Session,
  event: ReceivedEvent,
  { level, levels }: Sensitivity,
): Promise<unknown> {
  if (!options.filter(session, event)) return undefined;
  if ((await options.authorize(session, event)) !== true) return undefined;
  const clearance = options.clearance(session);
  const cleared = levels.indexOf(clearance);
  if (cleared < 0)
    throw new EventFault('OPTIONS_INVALID', { clearance }, { message: `"${clearance}" is no level of the catalog.` });
  const redact = options.redact?.[event.subject];
  if (redact !== undefined) return redact(event.event, clearance);
  // what states no level is taken for the most sensitive
  const needed = level === undefined ? levels.length - 1 : levels.indexOf(level);
  return cleared >= needed ? event.event : undefined;
}

/** A client that does not read is let go: what it would need to keep up would be taken from the others. */
function deliver<Session, Request>(
  { maxBufferedBytes = 1_048_576 }: BridgeOptions<Session, Request>,
  clients: Map<BridgeSocket, Session>,
  socket: BridgeSocket,
  subject: string,
  event: unknown,
): void {
  if (socket.readyState !== open) return;
  const text = JSON.stringify({ subject, event });
  if (socket.bufferedAmount + Buffer.byteLength(text) > maxBufferedBytes) {
    clients.delete(socket);
    socket.close(closeCodes.busy, 'reads too slowly');
    // a close frame waits behind what was not read; it does not wait for ever
    setTimeout(() => socket.terminate(), 5_000).unref();
    return;
  }
  socket.send(text, (error) => {
    if (error) clients.delete(socket);
  });
}
