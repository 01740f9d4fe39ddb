/** Cancels a wait. The request behind it goes on: others may wait for the same reply. */
export interface Abortable {
  /** Rejects with its reason once it is aborted. */
  readonly signal?: AbortSignal;
}

export async function abortable<Value>({ signal }: Abortable, start: () => Promise<Value>): Promise<Value> {
  if (signal === undefined) return start();
  signal.throwIfAborted();
  let stop = () => {};
  const aborted = new Promise<never>((_, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    stop = () => signal.removeEventListener('abort', abort);
  });
  try {
    return await Promise.race([start(), aborted]);
  } finally {
    stop();
  }
}
