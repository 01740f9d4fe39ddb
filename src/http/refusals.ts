/**
 * Puts on record what is refused before a verb could: a token that does not hold, a role that does not reach, a body that cannot be
 * read. Strangers must not be able to fill the log: of what comes from nobody known so many a minute are written, the rest counted.
 */
import type { Fault, FaultCode } from '../errors.ts';
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

/** Refusals anybody can cause, as fast as they like. */
const cheap: ReadonlySet<FaultCode> = new Set(['UNAUTHENTICATED', 'RATE_LIMITED']);
/** Of questions, only who may not ask is on record: that something is not there, or a parameter is misspelt, is no refusal. */
const access: ReadonlySet<FaultCode> = new Set(['UNAUTHENTICATED', 'FORBIDDEN']);

export function refusalRecorder(store: Store, clock: Clock, perMinute = 60): RecordRefused {
  const quota = minuteQuota(clock, perMinute);
  return async ({ route, params, caller, fault, presented }) => {
    if (fault.status >= 500 || isRecorded(fault) || !concerns(route, fault, presented)) return;
    const unwritten = cheap.has(fault.code) ? quota.take() : 0;
    if (unwritten === undefined) return;
    const details: JsonObject = { route: route.id, ...refusalIn(fault), ...(unwritten > 0 && { unwritten }) };
    const about = { action: route.action ?? 'access.ask', ...named(params) };
    await recordRefusal({ store, caller }, about, fault, { details });
  };
}

/** Without credentials a question is no attempt at anything: browsers and probes ask so. */
function concerns({ action }: Route, { code }: Fault, presented: boolean): boolean {
  return action !== undefined || (presented && access.has(code));
}

/** What is no name stays out of the log. */
function named({ catalog, subject }: Readonly<Record<string, string>>) {
  return {
    ...(catalogName.safeParse(catalog).success && { catalog }),
    ...(subjectName.safeParse(subject).success && { subject }),
  };
}

/** `take` answers how many were passed over since the last one let through, or undefined where this one is. */
function minuteQuota(clock: Clock, perMinute: number): { take(): number | undefined } {
  let minute = 0;
  let taken = 0;
  let passed = 0;
  return {
    take() {
      const now = Math.floor(clock.now() / 60_000);
      if (now !== minute) taken = 0;
      minute = now;
      taken += 1;
      if (taken > perMinute) {
        passed += 1;
        return undefined;
      }
      const told = passed;
      passed = 0;
      return told;
    },
  };
}
