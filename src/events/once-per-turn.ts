/** `run` once in the next turn of the event loop, however often it is asked for in this one. */
export function oncePerTurn(run: () => void): () => void {
  let isPlanned = false;
  return () => {
    if (isPlanned) return;
    isPlanned = true;
    setImmediate(() => {
      isPlanned = false;
      run();
    });
  };
}
