/** Servers that a broker's address may lead to by mistake, and what they say. */
import { once } from 'node:events';
import { createServer as httpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';

const says = (bytes: Buffer) =>
  createServer((socket) => {
    socket.on('error', () => {});
    socket.write(bytes);
  });

const strangers = {
  'a web server': () => httpServer((_request, response) => void response.end('no')),
  'a mail server': () => says(Buffer.from('220 mail.example.org ESMTP\r\n')),
  zeros: () => says(Buffer.alloc(4_096, 0)),
  'the largest lengths': () => says(Buffer.alloc(4_096, 0xff)),
  'a length of 2 GiB less one': () => says(Buffer.from([0x7f, 0xff, 0xff, 0xff, 0x7f, 0xff, 0xff, 0xff, 0, 0, 0, 0])),
} as const satisfies Readonly<Record<string, () => Server>>;

export type Stranger = keyof typeof strangers;

/** Clients end the connection with these at once; with the others they wait for bytes that were announced. */
export const plainStrangers = ['a web server', 'zeros', 'the largest lengths'] as const satisfies readonly Stranger[];
export const allStrangers = Object.keys(strangers) as readonly Stranger[];

export async function stranger(name: Stranger): Promise<{ readonly address: string; close(): void }> {
  const server = strangers[name]().listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, close: () => void server.close() };
}
