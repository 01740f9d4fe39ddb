/**
 * postgres.js 3.4.9 keeps counting rows where an error ended a result after some of them: the next result on that connection begins
 * at that count, and what stands before it is missing (github.com/porsager/postgres/issues/1119). A missing row reads as "there is
 * none". So such a result is refused, and after an error that may have come amid rows the connection is not used again.
 */
import type postgres from 'postgres';

type Rows = readonly unknown[];
type Unsafe = Pick<postgres.Sql, 'unsafe'>;
type Send = <T>(send: () => Promise<T>) => Promise<T>;

/** `client`, each use of a connection through `send`; `onBroken` is called where one must not be used again. */
export function wholeResults(client: postgres.Sql, send: Send, onBroken: () => void): postgres.Sql {
  const checking = <T extends Unsafe>(asked: T, through: Send): T =>
    new Proxy(asked, {
      get: (target, key) => {
        if (key !== 'unsafe') return Reflect.get(target, key);
        return (...given: Parameters<Unsafe['unsafe']>) =>
          wholeQuery(() => target.unsafe(...given) as PendingQuery, through, onBroken);
      },
    });
  const begin = (work: (tx: postgres.TransactionSql) => unknown) =>
    send(() => client.begin((tx) => work(checking(tx, (query) => query()))));
  return new Proxy(checking(client, send), {
    get: (target, key) => (key === 'begin' ? begin : Reflect.get(target, key)),
  });
}

type PendingQuery = postgres.PendingQuery<postgres.Row[]>;

/** What drizzle asks of a query: rows, or their values. It is sent once somebody waits for it. */
interface Query extends Pick<Promise<Rows>, 'then' | 'catch' | 'finally'> {
  values(): Query;
}

function wholeQuery(make: () => PendingQuery, send: Send, onBroken: () => void): Query {
  let asValues = false;
  let sent: Promise<Rows> | undefined;
  const sentOnce = () => {
    sent ??= send(async () => whole(await (asValues ? make().values() : make()), onBroken)).catch((error: unknown) => {
      if (endsAmidRows(error)) onBroken();
      throw error;
    });
    return sent;
  };
  const query: Query = {
    values: () => {
      asValues = true;
      return query;
    },
    then: (resolve, reject) => sentOnce().then(resolve, reject),
    catch: (reject) => sentOnce().catch(reject),
    finally: (settle) => sentOnce().finally(settle),
  };
  return query;
}

function whole(rows: Rows, onBroken: () => void): Rows {
  if (rows.length === 0 || 0 in rows) return rows;
  onBroken();
  throw Object.assign(new Error('a result lacks its first rows'), { code: 'CONNECTION_CLOSED' });
}

/** A statement that took too long, or was cancelled: the one error that often comes after rows. Of others the next result tells. */
function endsAmidRows(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '57014';
}
