/** A store that answers as long as somebody waits for the page: a browser that hung up stops its work with the next answer. */
import { Fault } from '../errors.ts';
import type { Store } from '../registry/ports.ts';

/** Reads, and writes that have not begun, fail with Fault CANCELLED once `signal` is aborted. What was written stays written. */
export function whileWanted<T extends Store>(store: T, signal: AbortSignal | undefined): T {
  if (!signal) return store;
  const refuseUnwanted = () => {
    if (signal.aborted) throw new Fault('CANCELLED');
  };
  return new Proxy(store, {
    get(target, name) {
      refuseUnwanted();
      const method = Reflect.get(target, name);
      if (name === 'write' || typeof method !== 'function') return method;
      return (...given: readonly unknown[]) => {
        const answer = method.apply(target, given);
        return answer instanceof Promise ? answer.finally(refuseUnwanted) : answer;
      };
    },
  });
}
