/**
 * Records refusals that happen before a verb runs: an invalid token, a role without the permission, an unreadable body. Strangers
 * must not be able to fill the log: of refusals without a known caller a number per minute is written, and the rest is counted.
 */
import type { Fault, FaultCode } from '../errors.ts';
import { lru } from '../lru.ts';
import type { Caller } from '../registry/caller.ts';
import type { Clock, Store } from '../registry/ports.ts';
import { isRecorded, recordRefusal } from '../registry/refusal.ts';
import type { JsonObject } from '../schema/json.ts';
import { refusalIn } from './proof.ts';
import type { Route } from './route.ts';
import { catalogName, subjectName } from './shapes/parameters.ts';

export interface Refused {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
  readonly caller: Caller;
  readonly fault: Fault;
  /** Whether credentials came with the request. */
  readonly presented: boolean;
}

export type RecordRefused = (refused: Refused) => Promise<void>;

/** Refusals that anybody can cause at any rate. */
const cheap: ReadonlySet<FaultCode> = new Set(['UNAUTHENTICATED', 'RATE_LIMITED']);
/** Of reads, only denied access is recorded: a missing thing or a misspelt parameter is not a refusal. */
const access: ReadonlySet<FaultCode> = new Set(['UNAUTHENTICATED', 'FORBIDDEN']);

/** Known callers cause refusals too, and each has a share of the log: an attempt is on record, the thousandth says nothing more. */
const perMinutePerCaller = 30;
const maxCallers = 10_000;

export function refusalRecorder(store: Store, clock: Clock, perMinute = 60): RecordRefused {
  const quota = minuteQuota(clock, perMinute);
  const quotas = lru<ReturnType<typeof minuteQuota>>(maxCallers);
  const quotaOf = (actor: string) => {
    const own = quotas.get(actor) ?? minuteQuota(clock, perMinutePerCaller);
    quotas.set(actor, own);
    return own;
  };
  return async ({ route, params, caller, fault, presented }) => {
    if (fault.status >= 500 || isRecorded(fault) || !concerns(route, fault, presented)) return;
    const unwritten = cheap.has(fault.code) ? quota.take() : quotaOf(caller.actor).take();
    if (unwritten === undefined) return;
    const details: JsonObject = { route: route.id, ...refusalIn(fault), ...(unwritten > 0 && { unwritten }) };
    const about = { action: route.action ?? 'access.ask', ...named(params) };
    await recordRefusal({ store, caller }, about, fault, { details });
  };
}

/** A read without credentials is not an attempt to get in: browsers and probes send such requests. */
function concerns({ action }: Route, { code }: Fault, presented: boolean): boolean {
  return action !== undefined || (presented && access.has(code));
}

/** Text that is not a valid name stays out of the log. */
function named({ catalog, subject }: Readonly<Record<string, string>>) {
  return {
    ...(catalogName.safeParse(catalog).success && { catalog }),
    ...(subjectName.safeParse(subject).success && { subject }),
  };
}

/** `take` returns how many were skipped since the last one that was written, or undefined where this one is skipped. */
function minuteQuota(clock: Clock, perMinute: number): { take(): number | undefined } {
  let minute = 0;
  let taken = 0;
  let skipped = 0;
  return {
    take() {
      const now = Math.floor(clock.now() / 60_000);
      if (now !== minute) taken = 0;
      minute = now;
      taken += 1;
      if (taken > perMinute) {
        skipped += 1;
        return undefined;
      }
      const since = skipped;
      skipped = 0;
      return since;
    },
  };
}
