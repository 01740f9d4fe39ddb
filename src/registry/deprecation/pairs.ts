/**
 * Compares pairs of an old and a new event under the plan's mapping, while both lines are sent. Events are not stored; the number
 * of pairs that agreed is, by day.
 */
import { Fault } from '../../errors.ts';
import type { PairVerdict } from '../../mapping/pairs.ts';
import type { Json } from '../../schema/json.ts';
import { type Context, today } from '../context.ts';
import { audited, entry } from '../refusal.ts';
import { findSubject, type SubjectKey } from '../versions/look-up.ts';
import { permitProducer } from './step.ts';

export interface EventPair {
  readonly correlationId?: string | undefined;
  readonly old: Json;
  readonly new: Json;
}

export interface CorrelatedEvent {
  readonly correlationId: string;
  readonly event: Json;
}

export interface PairsInput extends SubjectKey {
  readonly pairs?: readonly EventPair[] | undefined;
  /** Events of each line, in any order: those with the same correlation id are a pair. */
  readonly old?: readonly CorrelatedEvent[] | undefined;
  readonly new?: readonly CorrelatedEvent[] | undefined;
}

export interface PairsReport {
  readonly compared: number;
  readonly agreed: number;
  readonly disagreed: number;
  /** The first pairs that disagree, by their index among the pairs and their correlation id. */
  readonly disagreements: readonly (PairVerdict & { readonly index: number; readonly correlationId?: string })[];
  /** Pointers at which pairs disagree, the most frequent first. */
  readonly places: readonly { readonly pointer: string; readonly pairs: number }[];
  /** Correlation ids that only one line sent. */
  readonly unpaired: { readonly old: readonly string[]; readonly new: readonly string[] };
}

/** Faults: DEPRECATION_NOT_FOUND, SUBJECT_RETIRED, PAIRS_INVALID, MAPPING_TOO_COSTLY. */
export async function comparePairs(context: Context, input: PairsInput): Promise<PairsReport> {
  const key = { catalog: input.catalog, subject: input.subject };
  const { plan } = await findSubject(context.store, input);
  await permitProducer(context, context.store, key);
  if (!plan) throw new Fault('DEPRECATION_NOT_FOUND', key);
  if (plan.stage === 'retired') throw new Fault('SUBJECT_RETIRED', { ...key, successor: plan.successor });
  const { pairs, unpaired } = joined(input);
  if (pairs.length === 0)
    throw new Fault('PAIRS_INVALID', { unpaired: { old: [...unpaired.old], new: [...unpaired.new] } });
  // without a mapping both payloads must be equal
  const verdicts = await context.mappings.comparePairs(
    { backward: plan.mapping?.backward ?? '$', pairs },
    context.caller,
  );
  const report = reportOn(pairs, verdicts, unpaired);
  await count(context, key, report);
  return report;
}

async function count(context: Context, key: SubjectKey, { agreed, disagreed }: PairsReport): Promise<void> {
  const about = { action: 'deprecation.pairs', ...key };
  await audited(context, about, async (transaction) => {
    await transaction.addPairs({ ...key, day: today(context.clock), agreed, disagreed });
    await transaction.appendAudit({ ...entry(context, about), outcome: 'done', details: { agreed, disagreed } });
  });
}

function joined({ pairs = [], old = [], new: young = [] }: PairsInput) {
  const olds = byId(old, 'old');
  const news = byId(young, 'new');
  const matched = [...olds].flatMap(([correlationId, event]): readonly EventPair[] => {
    const other = news.get(correlationId);
    return other === undefined ? [] : [{ correlationId, old: event, new: other }];
  });
  const missing = (from: ReadonlyMap<string, Json>, other: ReadonlyMap<string, Json>) =>
    [...from.keys()].filter((id) => !other.has(id)).sort();
  return { pairs: [...pairs, ...matched], unpaired: { old: missing(olds, news), new: missing(news, olds) } };
}

function byId(events: readonly CorrelatedEvent[], line: 'old' | 'new'): ReadonlyMap<string, Json> {
  const found = new Map<string, Json>();
  for (const { correlationId, event } of events) {
    if (found.has(correlationId))
      throw new Fault(
        'PAIRS_INVALID',
        { line, correlationId },
        {
          message: `The correlation id "${correlationId}" occurs twice among the ${line} events: it must identify one event of each line.`,
        },
      );
    found.set(correlationId, event);
  }
  return found;
}

const maxListed = 100;

function reportOn(
  pairs: readonly EventPair[],
  verdicts: readonly PairVerdict[],
  unpaired: PairsReport['unpaired'],
): PairsReport {
  const disagreements = verdicts.flatMap((verdict, index) => {
    if (verdict.failed === undefined && verdict.differences.length === 0) return [];
    const correlationId = pairs[index]?.correlationId;
    return [{ index, ...(correlationId !== undefined && { correlationId }), ...verdict }];
  });
  return {
    compared: pairs.length,
    agreed: pairs.length - disagreements.length,
    disagreed: disagreements.length,
    disagreements: disagreements.slice(0, maxListed),
    places: placesOf(verdicts),
    unpaired,
  };
}

function placesOf(verdicts: readonly PairVerdict[]): PairsReport['places'] {
  const counts = new Map<string, number>();
  for (const { differences } of verdicts)
    for (const { pointer } of differences) counts.set(pointer, (counts.get(pointer) ?? 0) + 1);
  return [...counts]
    .map(([pointer, found]) => ({ pointer, pairs: found }))
    .toSorted((a, b) => b.pairs - a.pairs || (a.pointer < b.pointer ? -1 : 1))
    .slice(0, maxListed);
}
