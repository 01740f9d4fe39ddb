/** Records refusals that happen before a verb runs: an invalid token, a role without the permission, an unreadable body. */
import type { Fault, FaultCode } from '../errors.ts';
import type { Caller } from '../registry/caller.ts';
import { isRecorded, type RefusalContext, recordRefusal } from '../registry/refusal.ts';
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

/** Of reads, only denied access is recorded: a missing thing or a misspelt parameter is not a refusal. */
const access: ReadonlySet<FaultCode> = new Set(['UNAUTHENTICATED', 'FORBIDDEN']);

export function refusalRecorder(context: Pick<RefusalContext, 'store' | 'refusals'>): RecordRefused {
  return async ({ route, params, caller, fault, presented }) => {
    if (fault.status >= 500 || isRecorded(fault) || !concerns(route, fault, presented)) return;
    const details: JsonObject = { route: route.id, ...refusalIn(fault) };
    const about = { action: route.action ?? 'access.ask', ...named(params) };
    await recordRefusal({ ...context, caller }, about, fault, { details });
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
