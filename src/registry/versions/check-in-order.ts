/**
 * The checks of registrations of one subject that are written together, as one task: what they are held against is read and sent once,
 * and each is held against those before it as well.
 */
import type { Checked } from '../../check/check.ts';
import { isLetIn, versionOf } from '../../check/in-order.ts';
import type { PastVersion } from '../../check/input.ts';
import { looksAtAll } from '../../compat/history.ts';
import { Fault } from '../../errors.ts';
import { together } from '../../together.ts';
import { timestamp } from '../context.ts';
import type { Reads, Surroundings } from '../ports.ts';
import type { CatalogRecord, SubjectRecord } from '../records.ts';
import type { Requester } from '../requester.ts';
import { type CheckedCandidate, type PreparedCheck, prepareCheck } from './check.ts';
import { type HistoryQuestion, type LoadedHistory, minLong, readHistory, rememberChecked } from './checked-history.ts';
import { knowing } from './knowing.ts';
import type { Asked } from './registration.ts';

export interface CheckedRun {
  /** Of the first of them. */
  readonly checked: readonly CheckedCandidate[];
  /** How many of those that follow have to be checked each by itself. */
  readonly alone: number;
}

/** A subject that is there. */
export interface KnownSubject extends Surroundings {
  readonly catalog: CatalogRecord;
  readonly subject: SubjectRecord;
}

/** As many of `all` as can be checked in one task. */
export async function checkInOrder(all: readonly Asked[], reads: Reads, place: KnownSubject): Promise<CheckedRun> {
  const run = runOf(all, place);
  if (run.length < 2) return { checked: [], alone: 1 };
  try {
    return await checkRun(run, reads, place);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    // whoever is to blame meets it again alone
    return { checked: [], alone: run.length };
  }
}

function runOf(all: readonly Asked[], { catalog, subject }: KnownSubject): readonly Asked[] {
  const end = all.findIndex(({ context }) => context.caller.signal?.aborted === true);
  const level = subject.settings.level ?? catalog.rules.level;
  // one that becomes long is read otherwise from then on
  const maxRun = looksAtAll(level) && subject.issued < minLong ? minLong - subject.issued : all.length;
  return all.slice(0, Math.min(end < 0 ? all.length : end, maxRun));
}

async function checkRun(run: readonly Asked[], reads: Reads, place: KnownSubject): Promise<CheckedRun> {
  const prepared = await together(run.map((asked) => prepare(asked, reads, place)));
  const referring = prepared.findIndex(({ references }) => references.length > 0);
  const plain = referring < 0 ? prepared : prepared.slice(0, referring);
  const [first] = run;
  const question = questionOf(plain);
  if (!first || !question) return { checked: [], alone: 1 };
  const { context } = first;
  const { history, long } = await readHistory(context, reads, question);
  const createdAt = timestamp(context.clock);
  const { subject } = place;
  const ordered = {
    candidates: plain.map(({ candidate, rules, question: own }) => {
      return { candidate, rules, content: own?.fingerprints.at(0), createdAt };
    }),
    history,
    ...(long && { long: { numbers: long.numbers, ...(long.known && { known: long.known }) } }),
    issued: subject.issued,
  };
  const { checked, known, isStuck } = await context.checks.checkInOrder(ordered, requesterOf(run));
  const outcomes = outcomesOf(checked, plain, { history, subject, createdAt });
  if (long && known) rememberChecked(context, question, long, { ...known, pending: outcomes.pending });
  return { checked: outcomes.checked, alone: isStuck ? 1 : 0 };
}

function prepare({ context, input }: Asked, reads: Reads, place: KnownSubject): Promise<PreparedCheck<undefined>> {
  const load = async () => undefined;
  return prepareCheck(context, knowing(reads, input, place), place.catalog, place.subject, input, { load });
}

/** Of all of them together: they differ in their content alone. */
function questionOf(prepared: readonly PreparedCheck<undefined>[]): HistoryQuestion | undefined {
  const questions = prepared.flatMap(({ question }) => question ?? []);
  const [first] = questions;
  return first && { ...first, fingerprints: questions.flatMap(({ fingerprints }) => fingerprints) };
}

/** It ends once nobody of them wants it any more. */
function requesterOf(run: readonly Asked[]): Requester {
  const callers = run.map(({ context }) => context.caller);
  const sharing = callers.map(({ queue }) => queue);
  // several may be of one signal
  const signals = new Set(callers.map(({ signal }) => signal));
  const stop = new AbortController();
  for (const signal of signals)
    signal?.addEventListener('abort', () => {
      signals.delete(signal);
      if (signals.size === 0) stop.abort();
    });
  return { queue: sharing[0] ?? '', sharing, signal: stop.signal };
}

/** Each with the history before it. */
function outcomesOf(
  checked: readonly Checked[],
  prepared: readonly PreparedCheck<undefined>[],
  {
    history,
    subject,
    createdAt,
  }: Pick<LoadedHistory, 'history'> & {
    readonly subject: SubjectRecord;
    readonly createdAt: string;
  },
): { readonly checked: readonly CheckedCandidate[]; readonly pending: readonly PastVersion[] } {
  const pending: PastVersion[] = [];
  const outcomes = checked.map((one, index): CheckedCandidate => {
    const { candidate, references, basisWith } = prepared[index]!;
    const issued = subject.issued + pending.length;
    const before = pending.length === 0 ? subject : { ...subject, latest: issued, issued };
    const versions = [...history.versions, ...pending];
    if (isLetIn(one)) pending.push(versionOf(candidate, one, issued + 1, createdAt));
    return { checked: one, history: { ...history, versions }, references, basis: basisWith(before) };
  });
  return { checked: outcomes, pending };
}
