/** The state of a plan: each consumer, and everything that blocks the next stage. */
import { Fault } from '../../errors.ts';
import { readersExpireOn } from '../../lifecycle/condition.ts';
import { type MigrationState, migrationState } from '../../lifecycle/consumer.ts';
import type { BusReaders, ConsumerFacts, Facts } from '../../lifecycle/facts.ts';
import {
  evaluateTransition,
  nextTransition,
  type Transition,
  type TransitionDecision,
} from '../../lifecycle/transition.ts';
import type { Context } from '../context.ts';
import type { BusReadersRecord, DeprecationRecord, PairCount, TransitionRecord } from '../records.ts';
import type { SubjectKey } from '../versions/look-up.ts';
import { catalogOf } from '../versions/look-up.ts';
import { type OnSuccessor, onSuccessor } from './on-successor.ts';
import { collectFacts } from './plan.ts';

/** `since`: the day it moved, or when it acknowledged. */
export type ConsumerStatus = Pick<ConsumerFacts, 'service' | 'seenHere' | 'seenOnSuccessor' | 'reads'> & {
  readonly state: MigrationState['state'];
  readonly since?: string;
  readonly note?: string;
  /** What becomes of it where it reads events of the successor as it reads those of the subject; absent where that was not asked. */
  readonly onSuccessor?: OnSuccessor;
};

export interface DeprecationStatus {
  readonly plan: DeprecationRecord;
  readonly consumers: readonly ConsumerStatus[];
  /** The last days on which old and new events were compared. */
  readonly pairs: readonly PairCount[];
  /** What each bus showed when it was last asked; from `expiresOn` on it says nothing any more. */
  readonly readers: readonly (BusReaders & { readonly reportedBy: string; readonly expiresOn: string })[];
  /** Absent once retired. */
  readonly next?: { readonly transition: Transition } & TransitionDecision;
  readonly transitions: readonly TransitionRecord[];
}

/** `withSuccessor`: each consumer's reading is held against the successor, which takes a comparison. */
export async function deprecationStatus(
  context: Context,
  key: SubjectKey,
  { withSuccessor = false }: { readonly withSuccessor?: boolean } = {},
): Promise<DeprecationStatus> {
  const { store } = context;
  const catalog = await catalogOf(store, key.catalog);
  const subject = await store.subject(key.catalog, key.subject);
  if (!subject) throw new Fault('SUBJECT_NOT_FOUND', { ...key });
  const plan = await store.deprecation(key.catalog, key.subject);
  if (!plan) throw new Fault('DEPRECATION_NOT_FOUND', { ...key });
  const facts = await collectFacts(context, store, catalog, subject, { plan });
  const transition = nextTransition(subject.stage);
  const judged = withSuccessor ? await onSuccessor(context, catalog, subject, plan.successor) : undefined;
  return {
    plan,
    consumers: facts.consumers.map((consumer) => ({
      ...statusOf(consumer, plan),
      ...onlyPresent(judged?.get(consumer.service)),
    })),
    pairs: (await store.pairs({ ...key, since: plan.announcedOn })).slice(-daysShown),
    readers: readersShown(facts, await store.busReaders(key.catalog, key.subject)),
    ...(transition && { next: { transition, ...evaluateTransition(transition, facts) } }),
    transitions: await store.transitions(key.catalog, key.subject),
  };
}

const daysShown = 30;

function readersShown({ readers, periods }: Facts, records: readonly BusReadersRecord[]): DeprecationStatus['readers'] {
  return records.flatMap(({ bus, reportedBy }) => {
    const seen = readers.find((each) => each.bus === bus);
    return seen ? [{ ...seen, reportedBy, expiresOn: readersExpireOn(seen.seenOn, periods) }] : [];
  });
}

function statusOf(consumer: ConsumerFacts, plan: DeprecationRecord): ConsumerStatus {
  const { service, seenHere, seenOnSuccessor, reads } = consumer;
  const said = plan.consumers.find((one) => one.service === service && one.state === 'acknowledged');
  const state = migrationState(consumer);
  const since = 'since' in state ? state.since : said?.since;
  return {
    service,
    state: state.state,
    seenHere,
    seenOnSuccessor,
    ...(reads && { reads }),
    ...(since !== undefined && { since }),
    ...(said?.note !== undefined && { note: said.note }),
  };
}

function onlyPresent(judged: OnSuccessor | undefined): Pick<ConsumerStatus, 'onSuccessor'> {
  return judged ? { onSuccessor: judged } : {};
}
