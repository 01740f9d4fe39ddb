/** A way to a TCP server that can be cut, or stop passing anything on without saying so. */
import { connect, createServer } from 'node:net';

export async function gateTo(port, host = '127.0.0.1') {
  const sockets = new Set();
  let stalled = false;
  const server = createServer((from) => {
    const to = connect(port, host);
    for (const socket of [from, to]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        sockets.delete(socket);
        for (const other of [from, to]) other.destroy();
      });
    }
    if (stalled) return;
    from.pipe(to);
    to.pipe(from);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const cut = () => {
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port: server.address().port,
    cut,
    stall() {
      stalled = true;
      for (const socket of sockets) socket.unpipe().pause();
    },
    /** What was under way when it stalled is lost: a network that comes back does not bring it. */
    resume() {
      stalled = false;
      cut();
    },
    close() {
      cut();
      server.close();
    },
  };
}
