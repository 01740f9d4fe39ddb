/** What NATS says, with what is to be done about the words that people meet most. */

/** A row is what a message holds and its remedy. */
const remedies: readonly (readonly [RegExp, string])[] = [
  [/jetstream is not enabled/, 'start nats-server with --jetstream, or with jetstream {} in its configuration'],
  [/JetStream not enabled for account/, '"jetstream: enabled" in that account'],
  [/Authorization Violation/i, 'user and password stand before the @ of the address, or in --credentials FILE.creds'],
  [
    /Permissions Violation/i,
    'whoever provisions may do everything in its account: "herald provision permissions" makes such a user',
  ],
  [/nothing that speaks NATS/, 'a server that only takes TLS is at tls://'],
];

export function natsSaid(error: unknown): Error {
  const message = error instanceof Error ? error.message : String(error);
  const [, remedy] = remedies.find(([pattern]) => pattern.test(message)) ?? [];
  return new Error(remedy === undefined ? message : `${message} (${remedy})`, { cause: error });
}
