/**
 * postgres.js rejects a transaction whose connection is gone, but the work inside goes on: its next statement, or the commit or
 * rollback at its end, is written to a socket that is no more, in a callback of its own where nobody can catch the exception. So once
 * a transaction is over its statements are refused here, and a failure waits one turn of the event loop before it may roll back.
 */
import type postgres from 'postgres';

interface Life {
  over: boolean;
}

type Work = (tx: postgres.TransactionSql) => unknown;

export function survivingLostConnections(client: postgres.Sql): postgres.Sql {
  const begin = async (work: Work): Promise<unknown> => {
    const life: Life = { over: false };
    try {
      return await client.begin((tx) => settledWhileAlive(work(refusingAfter(tx, life)), life));
    } finally {
      life.over = true;
    }
  };
  return new Proxy(client, {
    get: (target, key) => (key === 'begin' ? begin : Reflect.get(target, key)),
  });
}

/** Once the transaction is over nobody waits for its work, and neither commit nor rollback may be written for it. */
function settledWhileAlive(work: unknown, life: Life): Promise<unknown> {
  return new Promise((resolve, reject) => {
    Promise.resolve(work).then(
      (result) => {
        if (!life.over) resolve(result);
      },
      (error: unknown) =>
        setImmediate(() => {
          if (!life.over) reject(error);
        }),
    );
  });
}

function refusingAfter(tx: postgres.TransactionSql, life: Life): postgres.TransactionSql {
  return new Proxy(tx, {
    get: (target, key) => {
      if (life.over && key === 'unsafe')
        throw Object.assign(new Error('the transaction is over'), { code: 'CONNECTION_CLOSED' });
      return Reflect.get(target, key);
    },
  });
}
