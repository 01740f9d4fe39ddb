/**
 * A port on 127.0.0.1 for a server that is started by its number, perhaps again later. It lies below what operating systems hand out
 * by themselves: a port that they chose is theirs again once nobody listens, and while a broker is down another program would have it.
 */
import { once } from 'node:events';
import { createServer } from 'node:net';

const first = 15_000;
const count = 15_000;

export async function freePort() {
  for (;;) {
    const port = first + Math.floor(Math.random() * count);
    const server = createServer();
    const isFree = await new Promise((resolve, reject) => {
      server.once('listening', () => resolve(true));
      server.once('error', (error) => (error.code === 'EADDRINUSE' ? resolve(false) : reject(error)));
      server.listen(port, '127.0.0.1');
    });
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}
