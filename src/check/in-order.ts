/**
 * Candidates of one subject that come in together: each is held against the history as it will be once those before it that were let in
 * are written. What is found out about a history by one of them serves the next.
 */
import { trustedSchema } from '../schema/parse.ts';
import { type Checked, check } from './check.ts';
import type { Candidate, History, PastVersion, Rules } from './input.ts';
import { type CheckedLong, checkLong, type LongHistory } from './long-history.ts';

export interface OrderedCandidate {
  /** A document with no reference to others. */
  readonly candidate: Candidate;
  readonly rules: Rules;
  /** The fingerprint of the candidate, where it has one. */
  readonly content: string | undefined;
  /** Of the version that it becomes. */
  readonly createdAt: string;
}

export interface Ordered {
  readonly candidates: readonly OrderedCandidate[];
  /** With what each of the candidates asks for. */
  readonly history: History;
  readonly long?: Omit<LongHistory, 'content'> | undefined;
  /** The highest number that was given to a version. */
  readonly issued: number;
}

/** One check, and what is known since of a long history: of its versions up to a number. */
export interface Step extends CheckedLong {
  readonly upTo: number;
}

/** Ends before one that has to be held against versions that are not here. */
export function* stepsInOrder({ candidates, history, long, issued }: Ordered): Generator<Step> {
  let { versions } = history;
  let { numbers = [], known } = long ?? {};
  let next = issued + 1;
  for (const { candidate, rules, content, createdAt } of candidates) {
    const step: CheckedLong = long
      ? checkLong(
          candidate,
          { ...history, versions: answering(versions, known, content) },
          { numbers, content, ...(known && { known }) },
          rules,
        )
      : { checked: check(candidate, { ...history, versions }, rules) };
    const upTo = numbers.at(-1) ?? 0;
    yield { ...step, upTo };
    const { checked, representatives } = step;
    if (!checked) return;
    if (representatives) known = { upTo, representatives };
    if (!isLetIn(checked)) continue;
    versions = [...versions, versionOf(candidate, checked, next, createdAt)];
    numbers = [...numbers, next];
    next += 1;
  }
}

/** Whether it becomes a version, if its author may register it. */
export function isLetIn({ report }: Checked): boolean {
  return report.gate.allowed && report.same === undefined;
}

/** Those that `checkLong` is given: what one candidate asks for beside them is not the next one's. */
function answering(
  versions: readonly PastVersion[],
  known: LongHistory['known'],
  content: string | undefined,
): readonly PastVersion[] {
  if (!known) return versions;
  const { upTo, representatives } = known;
  const numbers = new Set(Object.values(representatives).flatMap((one) => one.numbers));
  return versions.filter(
    ({ number, fingerprint }, index) =>
      number > upTo || numbers.has(number) || fingerprint === content || index === versions.length - 1,
  );
}

/** As it will be read once it is written. */
export function versionOf({ source }: Candidate, checked: Checked, number: number, createdAt: string): PastVersion {
  const { report, version } = checked;
  if (!version) throw new Error('the gate allowed a document that could not be read');
  const { document, contract, classification } = version;
  return {
    number,
    label: report.label,
    fingerprint: report.fingerprint,
    document: 'value' in source ? trustedSchema(JSON.stringify(source.value), document.dialect) : document,
    contract,
    createdAt,
    ...(classification !== undefined && { classification }),
  };
}
