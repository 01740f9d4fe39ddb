/**
 * Asks several things of one transaction at once, so that their answers are waited for once. It ends when all of them have ended:
 * work that goes on after a failure would reach the connection after its rollback, and be done outside of the transaction.
 */
export async function together<T extends readonly unknown[]>(asked: { [K in keyof T]: Promise<T[K]> }): Promise<T> {
  let failure: { readonly error: unknown } | undefined;
  const ended = asked.map((one) =>
    one.catch((error: unknown) => {
      // of an aborted transaction every later statement fails too: the first failure is the one that says why
      failure ??= { error };
    }),
  );
  const answers = await Promise.all(ended);
  if (failure) throw failure.error;
  return answers as unknown as T;
}
