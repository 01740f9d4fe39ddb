/** What Redis says, with the command it says it of, and what is to be done about the words that people meet most. */

interface ReplyError extends Error {
  readonly command?: { readonly name: string; readonly args: readonly unknown[] };
}

/** A row is what a message holds and its remedy. */
const remedies: readonly (readonly [RegExp, string])[] = [
  [/NOAUTH|WRONGPASS/, 'user and password stand before the @ of the address'],
  [/NOPERM/, 'ACL SETUSER <user> ~herald:* +info +scan +exists +del +@hash +@stream'],
  [/WRONGTYPE/, 'something else has that key: streams of Herald have keys that begin with herald:'],
  [/Protocol error|nothing that speaks the protocol|EPIPE|ECONNRESET/, 'is it Redis, and is it TLS: rediss://?'],
  [/READONLY/, 'it is a replica: name its primary'],
];

export function redisSaid(error: unknown): Error {
  const { message, command } = (error instanceof Error ? error : new Error(String(error))) as ReplyError;
  const key = command?.args.find((arg) => typeof arg === 'string');
  // what greets the server has no key, and its arguments are secrets
  const asked = command === undefined || !/WRONGTYPE|NOPERM/.test(message) ? '' : `${command.name} ${key ?? ''}: `;
  const [, remedy] = remedies.find(([pattern]) => pattern.test(message)) ?? [];
  return new Error(`${asked}${message}${remedy === undefined ? '' : ` (${remedy})`}`, { cause: error });
}
