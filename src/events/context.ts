/** What a publication belongs to. Handlers' publications inherit it; `runInContext` gives it to everything a request does. */
import { AsyncLocalStorage } from 'node:async_hooks';
import type { JsonObject } from '../schema/json.ts';

export interface PublishContext {
  /** The event's id. Default: a new UUID of version 7. The same id again is the same event. */
  readonly id?: string;
  /** When it happened. Default: now. */
  readonly time?: Date;
  readonly tenant?: string;
  /** The story this event belongs to; an opaque token. Default: inherited, else new. */
  readonly correlation?: string;
  /** The id of the event that caused this one. Default: the one being handled. */
  readonly causation?: string;
  /** A W3C `traceparent`. Default: inherited, else a new trace. */
  readonly traceparent?: string;
  /** Members of the envelope that neither catalog nor contract can know, such as `{ actor: { id, kind } }`. */
  readonly envelope?: JsonObject;
  /** Keeps order with events of the same key. Default: the payload's value at the contract's `orderingKey`. */
  readonly key?: string;
}

/** What a publication takes over from around it. */
export type Inherited = Pick<PublishContext, 'tenant' | 'correlation' | 'causation' | 'traceparent' | 'envelope'>;

const ambient = new AsyncLocalStorage<Inherited>();

/**
 * Runs `body` so that everything it publishes belongs to `context`.
 *
 * @example
 * app.use((request, next) => runInContext({ correlation: request.id, traceparent: request.headers.traceparent }, next));
 */
export function runInContext<Result>(context: Inherited, body: () => Result): Result {
  return ambient.run({ ...ambient.getStore(), ...context }, body);
}

export function inherited(): Inherited {
  return ambient.getStore() ?? {};
}
