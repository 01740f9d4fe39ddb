/**
 * Drizzle prepares only what was built by name. Everything else would be parsed and planned each time it is asked, and described
 * first: two round trips instead of one. So each text is prepared once for each connection, as far as there are few of them.
 */
import type postgres from 'postgres';

type Unsafe = Pick<postgres.Sql, 'unsafe'>;

/** Texts a connection remembers: more than this program has. */
const maxTexts = 500;

export function preparingStatements(client: postgres.Sql): postgres.Sql {
  const known = new Set<string>();
  const isPrepared = (text: string) => {
    if (known.has(text)) return true;
    if (known.size >= maxTexts || isOfAnyLength(text)) return false;
    known.add(text);
    return true;
  };
  const preparing = <T extends Unsafe>(asked: T): T =>
    new Proxy(asked, {
      get: (target, key) => {
        if (key !== 'unsafe') return Reflect.get(target, key);
        const unsafe: Unsafe['unsafe'] = (text, parameters, options) =>
          target.unsafe(text, parameters, { ...options, prepare: options?.prepare || isPrepared(text) });
        return unsafe;
      },
    });
  const begin = (work: (tx: postgres.TransactionSql) => unknown) => client.begin((tx) => work(preparing(tx)));
  return new Proxy(preparing(client), {
    get: (target, key) => (key === 'begin' ? begin : Reflect.get(target, key)),
  });
}

/** Lists of values, and rows of an insert, make another text for each number of them. */
function isOfAnyLength(text: string): boolean {
  return / in \(\$|\), \(/.test(text);
}
