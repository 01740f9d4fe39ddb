/** Statements that are sent in the order in which they are written down, none of them waiting for the answer to another. */

/** Sent now: a lazy query would be sent after what is asked behind it. */
export function begun(query: PromiseLike<unknown>): Promise<void> {
  return new Promise((resolve, reject) => {
    query.then(() => resolve(), reject);
  });
}
