/** The connection to a nats-server. What is there and silent, or is none, is told of in time. */
import { connect as dial } from 'node:net';
import type { JetStreamManager } from '@nats-io/jetstream';
import type { ConnectionOptions, NatsConnection } from '@nats-io/transport-node';
import { loaded } from '../library.ts';
import { withoutCredentials } from '../reach.ts';
import type { NatsServer } from './stream-checks.ts';

const packages = '@nats-io/transport-node @nats-io/jetstream';

export interface Connected {
  readonly nc: NatsConnection;
  readonly jsm: JetStreamManager;
  readonly server: NatsServer;
}

/** `credentials`: the content of a `.creds` file. */
export async function connect(url: string, credentials: string | undefined): Promise<Connected> {
  const { transport, jetstream } = await loaded(packages, async () => ({
    transport: await import('@nats-io/transport-node'),
    jetstream: await import('@nats-io/jetstream'),
  }));
  const authenticator =
    credentials === undefined
      ? {}
      : { authenticator: transport.credsAuthenticator(new TextEncoder().encode(credentials)) };
  await greeted(url);
  const nc = await transport.connect({ ...loginOf(url), ...authenticator, reconnect: false, timeout: 5_000 });
  const jsm = await jetstream.jetstreamManager(nc, { checkAPI: false });
  const info = nc.info;
  const server: NatsServer = {
    version: info?.version ?? '0',
    isClustered: info !== undefined && 'cluster' in info && Boolean(info.cluster),
    maxPayload: info?.max_payload ?? 1_048_576,
  };
  return { nc, jsm, server };
}

const greetingMs = 5_000;

/**
 * A server of NATS speaks first. What stays silent is none, and the client would leave the connection to it open, so that the program
 * did not end. Under `tls:` a server may wait for the handshake.
 */
function greeted(url: string): Promise<void> {
  const { protocol, hostname, port } = new URL(url);
  if (protocol === 'tls:') return Promise.resolve();
  return new Promise((resolve, reject) => {
    const socket = dial({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || 4_222, timeout: greetingMs });
    const end = (error?: Error) => {
      socket.destroy();
      if (error === undefined) resolve();
      else reject(error);
    };
    socket.on('data', (data) => end(/^INFO /.test(data.toString()) ? undefined : new Error('what answers is no NATS')));
    socket.on('timeout', () => end(new Error(`nothing that speaks NATS within ${greetingMs / 1_000} s`)));
    socket.on('close', () => end(new Error('it ends the connection'))).on('error', end);
  });
}

/** What the client does not read from an address itself. */
function loginOf(url: string): ConnectionOptions {
  const parsed = new URL(url);
  const servers = withoutCredentials(url);
  const tls = parsed.protocol === 'tls:' ? { tls: {} } : {};
  if (parsed.username === '') return { servers, ...tls };
  const user = decodeURIComponent(parsed.username);
  if (parsed.password === '') return { servers, token: user, ...tls };
  return { servers, user, pass: decodeURIComponent(parsed.password), ...tls };
}
