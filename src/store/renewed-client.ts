/**
 * A client of postgres.js that never uses a connection again once it was lost. postgres.js does, with what was left over from before:
 * a question put to a connection between the socket's `error` and its `close` is neither sent nor refused. On the next connection
 * it is either waited for, by everything that comes after it, for ever; or taken as answered, with no rows, by the first answer to
 * something else, and a `begin` so answered is a transaction that never began (github.com/porsager/postgres/pull/1142).
 * So with its first loss a client is put aside: what runs on its other connections may end, what it would send anew is refused, and
 * whoever asks next is given a new client.
 */
import { Socket } from 'node:net';
import type postgres from 'postgres';

export interface Renewed {
  /** Always the current client: for `unsafe`, `begin` and `options`. */
  readonly client: postgres.Sql;
  /** Puts the current client aside without a sign that it lost a connection. */
  renew(): void;
  /** Lets go of every connection, within `seconds`; of what was put aside, at once. */
  end(seconds: number): Promise<void>;
}

/**
 * `make` a client that calls `onLoss` with each connection it loses. One put aside has `graceMs` milliseconds for what it began; `after` it
 * was put aside there is a new one.
 */
export function renewedClient(
  make: (onLoss: () => void) => postgres.Sql,
  graceMs: number,
  after: () => void = () => {},
): Renewed {
  const aside = new Set<postgres.Sql>();
  const next = (): postgres.Sql => {
    const made = make(() => {
      if (made === current) renew();
    });
    return made;
  };
  const renew = () => {
    const old = current;
    current = next();
    aside.add(old);
    refuseToConnect(old);
    void letGo(old, graceMs).then(() => aside.delete(old));
    after();
  };
  let current = next();
  return {
    client: new Proxy(current, { get: (_, key) => Reflect.get(current, key) }),
    renew,
    end: async (seconds) => {
      await Promise.all([current.end({ timeout: seconds }), ...[...aside].map((one) => one.end({ timeout: 0 }))]);
    },
  };
}

/** These options are read anew for each connection; with several hosts the refusal would be passed over, and the next host tried. */
function refuseToConnect(client: postgres.Sql): void {
  const socket = () => {
    const refused = new Socket();
    // not before somebody listens to it
    setImmediate(() => refused.destroy(Object.assign(new Error('lost a connection'), { code: 'CONNECTION_CLOSED' })));
    return refused;
  };
  Object.assign(client.options, { socket, host: client.options.host.slice(0, 1) });
}

/**
 * What was put to a lost connection is refused together with its attempt to connect again; a question for each connection there is
 * makes every lost one try. Then idle connections are let go of at once, since they are others' to have; those in use when their work
 * has ended, or nobody can still wait for it.
 */
async function letGo(client: postgres.Sql, graceMs: number): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve)); // a client tells of the loss before it has noted it down
  for (let asked = 0; asked < client.options.max; asked += 1) client.unsafe('select 1').catch(() => {});
  void (client as postgres.Sql & { close(): Promise<void> }).close(); // lets idle ones go; its types do not tell of it
  await new Promise((resolve) => setTimeout(resolve, graceMs).unref());
  await client.end({ timeout: 0 });
}
