/** Carries a plan out: what is safe by itself, what is risky when allowed, what would destroy never. Reads back what the broker made of it. */
import { Fault } from '../errors.ts';
import type { Broker, Source } from './broker.ts';
import { type Change, type Plan, planOf } from './plan.ts';
import { keyOf, type Wanted } from './resource.ts';

export interface ProvisionOptions {
  readonly sources: readonly Source[];
  readonly environment?: string;
  readonly prune: boolean;
}

export interface ApplyOptions extends ProvisionOptions {
  readonly allowsRisky: boolean;
  /** The plan that was looked at: nothing else is carried out. */
  readonly reviewed?: string;
}

/**
 * `withheld`: left as it is by rule. `failed`: the broker refused. `waiting`: not tried, since what it stands in is missing.
 * `differs`: the broker took it and does not have it.
 */
export type OutcomeState = 'done' | 'withheld' | 'failed' | 'waiting' | 'differs';

export interface Outcome extends Change {
  readonly state: OutcomeState;
  readonly reason?: string;
}

export interface Applied {
  readonly plan: Plan;
  readonly outcomes: readonly Outcome[];
  /** Why the broker could not be asked afterwards; absent where it could. What is `done` then is what it said of each change alone. */
  readonly unread?: string;
}

export async function plan(broker: Broker, options: ProvisionOptions): Promise<Plan> {
  return (await current(broker, options)).plan;
}

async function current(broker: Broker, { sources, environment, prune }: ProvisionOptions) {
  const read = await broker.read(sources, environment);
  const { target, grades } = broker;
  const catalogs = sources.map(({ catalog }) => catalog.name).sort();
  const env = environment === undefined ? {} : { environment };
  return { ...read, plan: planOf({ ...read, target, grades, catalogs, ...env, prune }) };
}

/** Rejects with PLAN_STALE where a reviewed plan is not the plan of now, and with PLAN_BLOCKED where it has problems. */
export async function apply(broker: Broker, options: ApplyOptions): Promise<Applied> {
  const { plan: now, wanted } = await current(broker, options);
  if (options.reviewed !== undefined && options.reviewed !== now.fingerprint)
    throw new Fault(
      'PLAN_STALE',
      {},
      {
        message:
          'The broker or the catalog has changed since this plan was made. Nothing was done: plan again, and look again.',
      },
    );
  const problems = now.remarks.filter(({ level }) => level === 'problem');
  if (problems.length > 0)
    throw new Fault(
      'PLAN_BLOCKED',
      { problems: problems.map(({ about, message }) => ({ place: about, message })) },
      { message: 'Nothing was done: the broker cannot be made to agree with the catalog.' },
    );
  const byKey = new Map(wanted.map((one) => [keyOf(one), one]));
  const lacking = new Set<string>();
  const outcomes: Outcome[] = [];
  for (const batch of batchesOf(now.changes)) {
    const carrying = batch.map((change) =>
      carriedOut(broker, change, byKey.get(keyOf(change)), { ...options, lacking }),
    );
    for (const outcome of await Promise.all(carrying)) {
      if (outcome.class === 'create' && outcome.state !== 'done') lacking.add(outcome.name);
      outcomes.push(outcome);
    }
  }
  if (!outcomes.some(({ state }) => state === 'done')) return { plan: now, outcomes };
  try {
    return { plan: now, outcomes: await readBack(broker, options, outcomes) };
  } catch (error) {
    // what was done is told even so
    if (!(error instanceof Fault)) throw error;
    return { plan: now, outcomes, unread: error.message };
  }
}

/** A cluster takes its time over each change; those of one kind do not wait for each other. */
const maxAtOnce = 8;

function batchesOf(changes: readonly Change[]): readonly (readonly Change[])[] {
  const batches: Change[][] = [];
  for (const change of changes) {
    const last = batches.at(-1);
    const [first] = last ?? [];
    const fits = first?.kind === change.kind && (first.class === 'delete') === (change.class === 'delete');
    if (last !== undefined && fits && last.length < maxAtOnce) last.push(change);
    else batches.push([change]);
  }
  return batches;
}

type Carrying = Pick<ApplyOptions, 'allowsRisky'> & { readonly lacking: ReadonlySet<string> };

async function carriedOut(
  broker: Broker,
  change: Change,
  wanted: Wanted | undefined,
  { allowsRisky, lacking }: Carrying,
): Promise<Outcome> {
  if (change.class === 'replace')
    return {
      ...change,
      state: 'withheld',
      reason: 'The broker cannot change this where it stands; whoever makes it anew loses what it holds.',
    };
  if (change.class === 'risky' && !allowsRisky)
    return { ...change, state: 'withheld', reason: 'Risky: carried out with --allow risky.' };
  if (change.of !== undefined && lacking.has(change.of))
    return { ...change, state: 'waiting', reason: `${change.of} is not there.` };
  try {
    await broker.apply(change, wanted);
    return { ...change, state: 'done' };
  } catch (error) {
    return { ...change, state: 'failed', reason: error instanceof Error ? error.message : String(error) };
  }
}

/** Brokers leave out what they do not know, and say nothing of it. */
async function readBack(
  broker: Broker,
  options: ProvisionOptions,
  outcomes: readonly Outcome[],
): Promise<readonly Outcome[]> {
  const after = await plan(broker, options);
  const reported = after.changes.filter((change) => change.class !== 'unreported');
  const open = new Map(reported.map((change) => [keyOf(change), change]));
  return outcomes.map((outcome) => {
    const still = outcome.state === 'done' ? open.get(keyOf(outcome)) : undefined;
    if (still === undefined) return outcome;
    return { ...outcome, state: 'differs', reason: difference(still) };
  });
}

function difference({ settings }: Change): string {
  const keys = settings.map(({ key }) => key);
  const [owner] = settings.filter(({ key }) => key === 'catalog');
  // some brokers say it elsewhere, and that may have been refused
  if (owner !== undefined && keys.length === 1)
    return `It is there, and the broker does not say yet that it is of ${owner.to}.`;
  return `The broker took it and still differs${keys.length === 0 ? '' : ` in ${keys.join(', ')}`}.`;
}
