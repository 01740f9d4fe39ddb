/** The WebSocket bridge: clients get what is theirs, that they may see, as far as they are cleared; slow ones are let go. */
import { once } from 'node:events';
import type { IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { type Bridge, type BridgeOptions, createBridge, createEvents } from '../src/events/index.ts';
import { memoryBus } from '../src/events/memory/index.ts';
import { created, pinnedClient, type SherpaEvents, until } from './support/events.ts';

interface Person {
  readonly session: string;
  readonly clearance: string;
  readonly isAllowed: boolean;
}

describe('a bridge', () => {
  let server: WebSocketServer;
  let bridge: Bridge | undefined;
  const sockets: WebSocket[] = [];
  const errors: unknown[] = [];
  beforeEach(async () => {
    server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
    await once(server, 'listening');
    errors.length = 0;
  });
  afterEach(async () => {
    await bridge?.close();
    for (const socket of sockets.splice(0)) socket.terminate();
    server.close();
  });

  async function open(change: Partial<BridgeOptions<Person, IncomingMessage>> = {}) {
    const bus = memoryBus();
    const client = await pinnedClient('choice-sherpa', ['session.created', 'session.renamed']);
    const make = (service: string) => createEvents<SherpaEvents>({ catalog: 'choice-sherpa', service, client, bus });
    bridge = await createBridge(make('websocket'), {
      server,
      session: (request) => {
        const query = new URL(request.url ?? '', 'http://x').searchParams;
        const session = query.get('session');
        if (session === null) return undefined;
        return { session, clearance: query.get('clearance') ?? 'internal', isAllowed: query.get('allowed') !== 'no' };
      },
      filter: ({ session }, event) => event.key === session,
      authorize: async ({ isAllowed }) => isAllowed,
      clearance: ({ clearance }) => clearance,
      onError: (error) => errors.push(error),
      ...change,
    });
    return { bus, producer: make('session') };
  }

  async function connect(query: string) {
    const { port } = server.address() as AddressInfo;
    const socket = new WebSocket(`ws://127.0.0.1:${port}/?${query}`);
    sockets.push(socket);
    const got: { subject: string; event: { payload: Record<string, unknown> } }[] = [];
    socket.on('message', (data) => got.push(JSON.parse(String(data))));
    const closed = once(socket, 'close').then(([code]) => code as number);
    await once(socket, 'open');
    return { socket, got, closed };
  }

  const settle = () => new Promise((resolve) => setTimeout(resolve, 100));

  test('gives each client the events of its session, and no others', async () => {
    const { producer } = await open();
    const [one, two] = [await connect('session=s-1'), await connect('session=s-2')];
    await until('both', () => bridge!.clients === 2);
    await producer.publish('session.created', created('s-1', 'first'));
    await producer.publish('session.created', created('s-2', 'second'));
    await until('each one', () => one.got.length === 1 && two.got.length === 1);
    expect(one.got[0]).toMatchObject({ subject: 'session.created', event: { payload: { title: 'first' } } });
    expect(two.got[0]).toMatchObject({ event: { payload: { title: 'second' } } });
  });

  test('asks for each person and event, and a failure is a no', async () => {
    let asked = 0;
    const { producer } = await open({
      authorize: async ({ isAllowed }) => {
        asked += 1;
        if (!isAllowed) throw new Error('the access service is down');
        return true;
      },
    });
    const [yes, no] = [await connect('session=s'), await connect('session=s&allowed=no')];
    await until('both', () => bridge!.clients === 2);
    await producer.publish('session.created', created('s'));
    await until('the one', () => yes.got.length === 1);
    await settle();
    expect([no.got.length, asked, errors.length]).toEqual([0, 2, 1]);
  });

  test('sends nothing above a clearance, or what redaction leaves of it', async () => {
    const { producer } = await open();
    const [low, high] = [await connect('session=s&clearance=public'), await connect('session=s&clearance=internal')];
    await until('both', () => bridge!.clients === 2);
    await producer.publish('session.created', created('s'));
    await until('the one', () => high.got.length === 1);
    await settle();
    expect(low.got).toEqual([]);
    await bridge!.close();
    const masked = await open({
      redact: {
        'session.created': (event, level) => ({
          ...(event as object),
          payload: level === 'public' ? { session_id: 's' } : (event as { payload: object }).payload,
        }),
      },
    });
    const again = await connect('session=s&clearance=public');
    await until('it', () => bridge!.clients === 1);
    await masked.producer.publish('session.created', created('s'));
    await until('the rest of it', () => again.got.length === 1);
    expect(again.got[0]?.event.payload).toEqual({ session_id: 's' });
  });

  test('lets strangers and slow readers go, and keeps serving the others', async () => {
    const { producer } = await open({ maxBufferedBytes: 200_000 });
    const stranger = await connect('');
    expect(await stranger.closed).toBe(4401);
    const [slow, quick] = [await connect('session=s'), await connect('session=s')];
    await until('both', () => bridge!.clients === 2);
    slow.socket.pause();
    for (let index = 0; index < 400 && bridge!.clients === 2; index += 1)
      await producer.publish('session.created', created('s', 'x'.repeat(60_000)));
    await until('the slow one is gone', () => bridge!.clients === 1);
    await producer.publish('session.created', created('s', 'still here'));
    await until('the quick one', () => quick.got.at(-1)?.event.payload.title === 'still here');
  });

  test('leaves no group behind on the broker', async () => {
    const { bus } = await open();
    const channel = { subject: 'session.created', address: 'session.created', stream: 'EVT_SESSION' };
    expect((await bus.groupsOf(channel)).length).toBe(1);
    await bridge!.close();
    bridge = undefined;
    expect(await bus.groupsOf(channel)).toEqual([]);
  });
});
