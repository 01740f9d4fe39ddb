/**
 * A check against a long history, by the versions that answer for the others. Its verdicts are those of a check against every
 * version; findings that break nothing are about the versions that were asked alone.
 */
import { type Checked, check } from './check.ts';
import type { Candidate, History, Rules } from './input.ts';
import { asked, type Representatives, representativesOf, settles } from './representatives.ts';

/** What is known of a subject's versions beside those that `History` holds. */
export interface LongHistory {
  /** Of all versions, oldest first. */
  readonly numbers: readonly number[];
  /** The fingerprint of the candidate, where it has one. */
  readonly content: string | undefined;
  /** Of those up to a number; absent where nothing is known, and the history holds every version. */
  readonly known?: { readonly upTo: number; readonly representatives: Representatives };
}

export interface CheckedLong {
  /** Absent where every version has to be asked. */
  readonly checked?: Checked;
  /** Absent where no version can answer for another. */
  readonly representatives?: Representatives;
}

/** `history` holds the versions that are known to answer for others, all that came after, and those of the candidate's content. */
export function checkLong(
  candidate: Candidate,
  history: History,
  { numbers, content, known }: LongHistory,
  rules: Rules,
): CheckedLong {
  const { versions } = history;
  const { catalog, level = catalog.level, world = catalog.world } = rules;
  const enforced = { level, world, formats: catalog.formats };
  const representatives = representativesOf(versions, enforced, known);
  const numbersAsked = representatives && asked(representatives, enforced);
  if (!numbersAsked) return {};
  if ((rules.ignore ?? []).length > 0) return { representatives };
  const kept = versions.filter(({ number, fingerprint }) => numbersAsked.includes(number) || fingerprint === content);
  const { report, ...rest } = check(candidate, { ...history, versions: kept }, rules);
  const isRead = rest.version !== undefined;
  const isSettled =
    (report.readers ?? []).every(({ reading }) => reading === 'everything') &&
    settles(representatives, enforced, report.worlds);
  if (isRead && !isSettled) return { representatives };
  const compared = isRead ? numbers.toReversed() : report.compared;
  return { representatives, checked: { ...rest, report: { ...report, compared } } };
}
