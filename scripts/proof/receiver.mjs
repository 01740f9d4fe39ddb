/** A receiver of announcements on loopback that keeps what it is told, or refuses it for a while. */
import { createServer } from 'node:http';

export async function startReceiver() {
  const received = [];
  let refuses = false;
  const server = createServer((request, response) => {
    const chunks = [];
    request.on('data', (chunk) => chunks.push(chunk));
    request.on('end', () => {
      if (refuses) return void response.writeHead(503).end();
      received.push(JSON.parse(Buffer.concat(chunks).toString()));
      response.writeHead(204).end();
    });
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  const refuse = (whether) => {
    refuses = whether;
  };
  const close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    received,
    close,
    refuse,
  };
}
