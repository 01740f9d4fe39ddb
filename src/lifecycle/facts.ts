/** The facts a transition depends on. The registry collects them in one transaction; the rules are in condition.ts. */
import type { Stage } from './stage.ts';

export interface Plan {
  readonly successor: string;
  /** Calendar dates, `YYYY-MM-DD`, UTC. */
  readonly announcedOn: string;
  readonly sunset: string;
  readonly reason: string;
  readonly migration: string;
  /** The day each stage was entered. */
  readonly entered: Readonly<Partial<Record<Stage, string>>>;
  readonly attestedBy?: string;
}

/** The catalog's periods, in days. */
export interface Periods {
  readonly notice: number;
  readonly dualWrite: number;
  readonly quiet: number;
}

/** What was seen of one subject. `unknown`: no evidence either way, which is never "unused". */
export interface Sightings {
  /** Last day a producer was seen on it. */
  readonly produced: string | 'unknown';
  /** Last day anyone was seen on it, in either role. */
  readonly seen: string | 'unknown';
}

export interface ConsumerFacts {
  readonly service: string;
  readonly acknowledged: boolean;
  /** Last day it was seen on the old subject and on the successor. */
  readonly seenHere: string | 'unknown';
  readonly seenOnSuccessor: string | 'unknown';
  /** First day it was seen on the successor after that last day here. */
  readonly movedOn?: string;
  /** Pointers of what it reads of the subject; absent: everything, as far as is known. */
  readonly reads?: readonly string[];
  /** It says that it reads nothing, was not seen to, and the catalog waits for readers alone. */
  readonly isUnconcerned?: boolean;
}

/** Pairs of an old and a new event held against the mapping on the last day there were any. */
export interface PairsSeen {
  readonly day: string;
  readonly agreed: number;
  readonly disagreed: number;
}

/** The durable groups that lay on a bus when it was last asked who reads the subject. */
export interface BusReaders {
  readonly bus: string;
  readonly groups: readonly string[];
  /** Those of them that are of no declared consumer. */
  readonly undeclared: readonly string[];
  readonly seenOn: string;
}

export interface Facts {
  readonly subject: string;
  readonly stage: Stage;
  readonly today: string;
  readonly periods: Periods;
  readonly plan: Plan;
  /** The day announced so far, where the plan moves it. */
  readonly sunsetSoFar?: string;
  /** The owner states that nothing uses the subject any more, where no usage was ever reported. */
  readonly attestedUnused: boolean;
  /** Undefined where no such subject exists. */
  readonly successor: { readonly stage: Stage; readonly versions: number; readonly leadsBackHere: boolean } | undefined;
  readonly here: Sightings;
  readonly there: Sightings;
  readonly consumers: readonly ConsumerFacts[];
  /** Undefined where nobody sent pairs since the announcement. */
  readonly pairs: PairsSeen | undefined;
  /** One for each bus that was ever asked. Nothing follows from a bus that nobody asked: not every service is on one. */
  readonly readers: readonly BusReaders[];
  /** The last step taken, if any: a refusal names who took it. */
  readonly last?: { readonly actor: string; readonly at: string };
}
