/** What PgBouncer does with the settings that a client states when it connects: drops them, or refuses them. */
import { createServer, connect as dial, type Socket } from 'node:net';

/** A startup message is its length, the version of the protocol, and names and values that end with a zero each. */
const headerBytes = 8;
const keptNames: ReadonlySet<string> = new Set(['user', 'database']);

export interface Pooler {
  readonly url: string;
  close(): void;
}

export async function poolerBefore(databaseUrl: string, settings: 'dropped' | 'refused'): Promise<Pooler> {
  const { hostname, port } = new URL(databaseUrl);
  const sockets: Socket[] = [];
  const server = createServer((client) => {
    const database = dial(Number(port || 5432), hostname);
    sockets.push(client, database);
    for (const socket of [client, database]) socket.on('error', () => {});
    client.once('data', (startup: Buffer) => {
      if (settings === 'refused') {
        client.end(refusal('unsupported startup parameter: search_path'));
        return;
      }
      database.write(withoutSettings(startup));
      client.pipe(database);
      database.pipe(client);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  return {
    url: url.href,
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}

function withoutSettings(startup: Buffer): Buffer {
  const words = startup.subarray(headerBytes).toString('utf8').split('\0');
  const kept: string[] = [];
  for (let index = 0; index + 1 < words.length; index += 2)
    if (keptNames.has(words[index] ?? '')) kept.push(`${words[index]}\0${words[index + 1]}\0`);
  const body = Buffer.from(`${kept.join('')}\0`);
  const message = Buffer.alloc(headerBytes + body.length);
  message.writeInt32BE(message.length, 0);
  startup.copy(message, 4, 4, headerBytes);
  body.copy(message, headerBytes);
  return message;
}

/** An ErrorResponse: fields of a letter and a text. */
function refusal(message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0C08P01\0M${message}\0\0`);
  const reply = Buffer.alloc(5 + fields.length);
  reply.write('E');
  reply.writeInt32BE(4 + fields.length, 1);
  fields.copy(reply, 5);
  return reply;
}
