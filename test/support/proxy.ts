/** A way to a server that a test can cut, while the server goes on serving everybody else. */
import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

export interface Proxy {
  readonly url: string;
  /** Ends every connection and refuses new ones; the answer lets them through again. */
  cut(): () => Promise<void>;
  /** Keeps back what the server sends; the answer hands it on in one piece. */
  hold(): () => void;
  close(): Promise<void>;
}

export async function proxyTo(url: string): Promise<Proxy> {
  const target = new URL(url);
  const sockets = new Set<Socket>();
  const clients = new Set<Socket>();
  const join = (from: Socket, to: Socket) => {
    sockets.add(from);
    from.pipe(to);
    from.on('error', () => to.destroy());
    from.on('close', () => {
      sockets.delete(from);
      to.destroy();
    });
  };
  const serve = () =>
    createServer((socket) => {
      const server = connect(Number(target.port), target.hostname);
      join(socket, server);
      join(server, socket);
      clients.add(socket);
      socket.on('close', () => clients.delete(socket));
    });
  let listening = serve().listen(0, '127.0.0.1');
  await once(listening, 'listening');
  const { port } = listening.address() as { readonly port: number };
  const shown = new URL(url);
  shown.hostname = '127.0.0.1';
  shown.port = String(port);
  const stop = () => {
    listening.close();
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: shown.href.replace(/\/$/, ''),
    cut() {
      stop();
      return async () => {
        listening = serve().listen(port, '127.0.0.1');
        await once(listening, 'listening');
      };
    },
    hold() {
      const held = [...clients];
      for (const socket of held) socket.cork();
      return () => {
        for (const socket of held) socket.uncork();
      };
    },
    async close() {
      stop();
    },
  };
}
