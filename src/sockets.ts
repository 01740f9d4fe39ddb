/**
 * Sockets for broker clients that believe what a server says of lengths. A server that does not speak the broker's protocol, such as
 * the program that got a broker's address after it, would end the process from where no caller can catch it; here it ends the
 * connection.
 */
import type { Socket, TcpSocketConnectOpts } from 'node:net';

/** One byte more than the largest frame that AMQP can announce. */
const anyFrameBytes = 2 ** 32;

/**
 * For rabbitmq-client, which asks its socket for as many bytes as the server announces ("HTTP/1.1" announces 1.3 GB): Node.js throws
 * where that is over 1 GiB and over the size of the socket's buffer.
 */
export function roomForAnyFrame(
  url: string,
  { socket, tls }: { readonly socket?: TcpSocketConnectOpts; readonly tls?: unknown } = {},
): { readonly socket: TcpSocketConnectOpts } {
  // TLS sockets take one size for both directions; what is sent is bounded by the confirmations that are waited for
  const isEncrypted = Boolean(tls) || url.startsWith('amqps:');
  const size = isEncrypted ? { highWaterMark: anyFrameBytes } : { readableHighWaterMark: anyFrameBytes };
  const room: Partial<TcpSocketConnectOpts> & typeof size = { ...socket, ...size };
  return { socket: room as TcpSocketConnectOpts };
}

/** For KafkaJS, which reads the length of an answer also where that is negative or not there, and throws as the bytes come in. */
export function endedByFaultsOfReading<Of extends Socket>(socket: Of): Of {
  const emit = socket.emit.bind(socket);
  socket.emit = (event: string | symbol, ...values: unknown[]) => {
    try {
      return emit(event, ...values);
    } catch (error) {
      if (event !== 'data') throw error;
      socket.destroy(new Error('The server does not speak Kafka.', { cause: error }));
      return true;
    }
  };
  return socket;
}
