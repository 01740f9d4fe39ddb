/**
 * A candidate against a subject's history. Of a long one only the versions are read that answer for the others, where it is known
 * which these are; that is found out once and grows with the history.
 */
import type { Checked } from '../../check/check.ts';
import type { Candidate, History, PastVersion, Rules } from '../../check/input.ts';
import type { CheckedLong, LongHistory } from '../../check/long-history.ts';
import type { Representatives } from '../../check/representatives.ts';
import { looksAtAll } from '../../compat/history.ts';
import type { Level, World } from '../../compat/report.ts';
import { Fault } from '../../errors.ts';
import { type Lru, lru } from '../../lru.ts';
import { together } from '../../together.ts';
import type { Context } from '../context.ts';
import type { Reads, VersionContent, WantedVersions } from '../ports.ts';
import type { CatalogRecord, SubjectRecord, VersionRecord } from '../records.ts';
import type { CheckedInOrder } from './checks.ts';
import { type Loading, loadHistory } from './history.ts';

/** What representatives are kept for. */
type HistoryPlace = Pick<HistoryQuestion, 'subject' | 'rules' | 'level' | 'world'>;

export interface HistoryQuestion {
  readonly subject: SubjectRecord;
  readonly rules: CatalogRecord['rules'];
  readonly level: Level;
  readonly world: World;
  /** Of the candidates; what cannot be read has none. */
  readonly fingerprints: readonly string[];
  readonly produced: Loading['produced'];
  /** Whether every version has to be there, whatever the level looks at. */
  readonly isWhole: boolean;
}

/** The history as far as it was read, and what is known of the rest. */
export interface LoadedHistory {
  readonly history: History;
  readonly long?: Omit<LongHistory, 'content'> & { readonly contents: string; readonly isPending: boolean };
}

interface Known {
  readonly upTo: number;
  /** Of the versions up to there, as they were: versions may be withdrawn. */
  readonly contents: string;
  /** Absent where no version can answer for another. */
  readonly representatives?: Representatives;
}

/** Shorter ones are compared version by version. */
export const minLong = 9;
/** Histories of which it is kept; a few hundred bytes each, and ten for each version. */
const keptHistories = 2_000;

const known = new WeakMap<Context['store'], Lru<Known>>();

function knownOf({ store }: Pick<Context, 'store'>): Lru<Known> {
  const found = known.get(store) ?? lru<Known>(keptHistories);
  known.set(store, found);
  return found;
}

/** Of a history with versions that are not written yet it is kept apart: they may never be. */
function keyOf({ subject, rules, level, world }: HistoryPlace, isPending: boolean): string {
  return JSON.stringify([subject.catalog, subject.name, level, world, rules.formats, isPending]);
}

/** Known of a history with versions that are not written yet, as long as it is the one that is asked about. */
async function knownOfPending(
  context: Pick<Context, 'store'>,
  reads: Reads,
  question: HistoryQuestion,
): Promise<Known | undefined> {
  const { catalog, name } = question.subject;
  const key = keyOf(question, true);
  const known = knownOf(context).get(key);
  if (known === undefined || isStill(known, await reads.versionContents(catalog, name))) return known;
  knownOf(context).delete(key);
  return undefined;
}

function isStill({ upTo, contents }: Known, now: readonly VersionContent[]): boolean {
  return textOf(now.filter(({ number }) => number <= upTo)) === contents;
}

type Asking = Pick<Context, 'store' | 'limits' | 'checks' | 'caller'>;

export async function readHistory(
  context: Pick<Asking, 'store' | 'limits'>,
  reads: Reads,
  question: HistoryQuestion,
): Promise<LoadedHistory> {
  const { subject, level, rules, fingerprints: contents, produced, isWhole } = question;
  const load = (wanted?: WantedVersions) => loadHistory(reads, subject, { wanted, produced }, context.limits);
  if (!isWhole && !looksAtAll(level)) return { history: await load({ contents }) };
  if (isWhole || subject.issued < minLong || rules.history === 'retained') return { history: await load() };
  const before = (await knownOfPending(context, reads, question)) ?? knownOf(context).get(keyOf(question, false));
  const { upTo = 0, representatives } = before ?? {};
  const wanted = representatives && { contents, after: upTo, numbers: numbersIn(representatives) };
  const [now, history] = await together([reads.versionContents(subject.catalog, subject.name), load(wanted)]);
  // a version that was registered or withdrawn between the two is in one of them alone
  const isOne = now.at(-1)?.number === history.versions.at(-1)?.number;
  const isAsKnown = before !== undefined && isStill(before, now);
  if (!isOne || (wanted && !isAsKnown)) return { history: wanted ? await load() : history };
  if (isAsKnown && !representatives) return { history };
  return {
    history,
    long: {
      numbers: now.map(({ number }) => number),
      contents: textOf(now),
      isPending: now.some((one) => 'pending' in one),
      ...(wanted && { known: { upTo, representatives } }),
    },
  };
}

function numbersIn(representatives: Representatives): readonly number[] {
  return [...new Set(Object.values(representatives).flatMap(({ numbers }) => numbers))];
}

function textOf(contents: readonly VersionContent[]): string {
  return contents.map(nameOf).join(' ');
}

function nameOf(one: VersionContent): string {
  return `${one.number}:${'pending' in one ? one.pending : one.schemaId}`;
}

/** Asks the versions that answer for the others, and every version where that does not settle it. */
export async function checkHistory(
  context: Asking,
  reads: Reads,
  question: HistoryQuestion,
  { history, long }: LoadedHistory,
  { candidate, rules }: { readonly candidate: Candidate; readonly rules: Rules },
): Promise<Checked> {
  if (long === undefined) return context.checks.check(candidate, history, rules, context.caller);
  const { contents, isPending, ...stated } = long;
  const asked = { ...stated, content: question.fingerprints.at(0) };
  const { representatives, checked } = await checkLong(context, history, asked, { candidate, rules });
  const { numbers, known: before } = long;
  const upTo = numbers.at(-1) ?? 0;
  knownOf(context).set(keyOf(question, isPending), { upTo, contents, ...(representatives && { representatives }) });
  if (checked) return checked;
  const { subject, produced } = question;
  const whole = before ? await loadHistory(reads, subject, { produced }, context.limits) : history;
  return context.checks.check(candidate, whole, rules, context.caller);
}

/** Where it takes too long to find the versions that answer for others, every version is asked from then on. */
async function checkLong(
  { checks, caller }: Asking,
  history: History,
  long: LongHistory,
  { candidate, rules }: { readonly candidate: Candidate; readonly rules: Rules },
): Promise<CheckedLong> {
  try {
    return await checks.checkLong(candidate, history, long, rules, caller);
  } catch (error) {
    if (error instanceof Fault && error.code === 'UNDECIDED') return {};
    throw error;
  }
}

/** What checks that were done in one go found out, the last of them of the versions up to a number. `pending`: those they let in. */
export function rememberChecked(
  context: Pick<Context, 'store'>,
  question: HistoryQuestion,
  { contents, isPending }: NonNullable<LoadedHistory['long']>,
  found: NonNullable<CheckedInOrder['known']> & { readonly pending: readonly PastVersion[] },
): void {
  const { upTo, representatives } = found;
  const added = found.pending.filter(({ number }) => number <= upTo);
  const names = added.map(({ number, fingerprint }) => nameOf({ number, pending: fingerprint }));
  knownOf(context).set(keyOf(question, isPending || added.length > 0), {
    upTo,
    contents: [contents, ...names].join(' '),
    ...(representatives && { representatives }),
  });
}

/** What is known of a history with versions that were not written yet holds of the stored one once they are. */
export function rememberWritten(
  context: Pick<Context, 'store'>,
  subject: SubjectRecord,
  rules: CatalogRecord['rules'],
  versions: readonly VersionRecord[],
): void {
  const { level = rules.level, world = rules.world } = subject.settings;
  const place = { subject, rules, level, world };
  const known = knownOf(context).get(keyOf(place, true));
  if (known === undefined) return;
  const stored = new Map(
    versions.map(({ number, schema: { id, fingerprint } }) => [
      nameOf({ number, pending: fingerprint }),
      nameOf({ number, schemaId: id }),
    ]),
  );
  const names = known.contents.split(' ').map((name) => stored.get(name) ?? name);
  knownOf(context).set(keyOf(place, false), { ...known, contents: names.join(' ') });
}
