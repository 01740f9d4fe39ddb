/**
 * The ports whose methods executors run, and how a call travels: as plain data, copied on the way. Each executor
 * loads its own work alone.
 */
import { Fault } from '../errors.ts';
import type { Mappings } from '../registry/deprecation/mappings.ts';
import type { Requester } from '../registry/requester.ts';
import type { Validations } from '../registry/validation/validations.ts';
import type { Checks } from '../registry/versions/checks.ts';
import type { Generation } from '../registry/versions/generation.ts';
import type { TaskOutcome } from './executor.ts';

/** What runs in threads. */
export type ThreadWork = Checks & Generation & Validations;
/** What runs in processes of its own: `Mappings` evaluates expressions, and one step of them can allocate without bound. */
export type ProcessWork = Mappings;

/** The call of a port's method, without the requester. */
export interface Task<Port> {
  readonly method: keyof Port;
  readonly input: readonly unknown[];
}

type Method = (...given: readonly unknown[]) => Promise<unknown>;

/** Every method of `port` as a task for `run`. */
export function remote<Port extends object>(
  methods: readonly (keyof Port)[],
  run: (task: Task<Port>, requester: Requester) => Promise<unknown>,
): Port {
  const forwarded = methods.map((method): [keyof Port, Method] => [
    method,
    // a port's methods take the requester last
    (...given) => run({ method, input: given.slice(0, -1) }, given.at(-1) as Requester),
  ]);
  return Object.fromEntries(forwarded) as Port;
}

/** In the executor: nobody else waits there, it does one task at a time. */
const nobody: Requester = { queue: '' };

export function performer<Port extends object>(port: Port): (task: Task<Port>) => Promise<TaskOutcome> {
  return async ({ method, input }) => {
    try {
      const perform = port[method] as Method;
      return { ok: true, result: await perform(...input, nobody) };
    } catch (error) {
      if (!(error instanceof Fault))
        return { ok: false, error: error instanceof Error ? error : new Error(String(error)) };
      const { code, details, message } = error;
      return { ok: false, fault: { code, details, message } };
    }
  };
}
