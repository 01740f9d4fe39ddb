/**
 * Runs several queries of one transaction at once. It ends when all of them have ended: a query that goes on after a failure would
 * reach the connection after its rollback, and run outside the transaction.
 */
export async function together<T extends readonly unknown[]>(queries: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
  let failure: { readonly error: unknown } | undefined;
  const settled = queries.map((query) =>
    query.catch((error: unknown) => {
      // once a transaction is aborted every later statement fails too: the first failure gives the cause
      failure ??= { error };
    }),
  );
  // a lazy query runs each time it is waited for: only `settled` may be
  const results: readonly unknown[] = await Promise.all(settled);
  if (failure) throw failure.error;
  return results as T;
}
