/** Where a plan stands: each consumer, and everything that blocks the next stage. */
import { Fault } from '../errors.ts';
import { type ConsumerStanding, standing } from '../lifecycle/consumer.ts';
import type { ConsumerFacts } from '../lifecycle/facts.ts';
import { type Judgement, judge, nextTransition, type Transition } from '../lifecycle/transition.ts';
import { catalogOf } from './check.ts';
import type { Context } from './context.ts';
import type { Place } from './deprecate.ts';
import { collectFacts } from './plan.ts';
import type { DeprecationRecord, TransitionRecord } from './ports.ts';

export interface DeprecationStatus {
  readonly plan: DeprecationRecord;
  readonly consumers: readonly (Pick<ConsumerFacts, 'service' | 'seenHere' | 'seenOnSuccessor'> & ConsumerStanding)[];
  /** Absent once retired. */
  readonly next?: { readonly transition: Transition } & Judgement;
  readonly transitions: readonly TransitionRecord[];
}

export async function deprecationStatus(context: Context, place: Place): Promise<DeprecationStatus> {
  const { store } = context;
  const catalog = await catalogOf(store, place.catalog);
  const subject = await store.subject(place.catalog, place.subject);
  if (!subject) throw new Fault('SUBJECT_NOT_FOUND', { ...place });
  const plan = await store.deprecation(place.catalog, place.subject);
  if (!plan) throw new Fault('DEPRECATION_NOT_FOUND', { ...place });
  const facts = await collectFacts(context, store, catalog, subject, plan);
  const transition = nextTransition(subject.stage);
  return {
    plan,
    consumers: facts.consumers.map((consumer) => {
      const { service, seenHere, seenOnSuccessor } = consumer;
      return { service, seenHere, seenOnSuccessor, ...standing(consumer) };
    }),
    ...(transition && { next: { transition, ...judge(transition, facts) } }),
    transitions: await store.transitions(place.catalog, place.subject),
  };
}
