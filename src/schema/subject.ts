/**
 * Subject names. A subject is one major line of one event type: `parliament.motionScheduled.v2` is line 2 of
 * `parliament.motionScheduled`. Where a catalog's grammar leaves the suffix out, the bare name is line 1.
 */

export interface SubjectName {
  readonly type: string;
  readonly major: number;
  /** Whether the name spells its major out. */
  readonly suffixed: boolean;
  /** The first segment: names belong to the domain that owns it. */
  readonly domain: string;
  readonly segments: readonly string[];
}

const suffix = /^(.+)\.v([1-9]\d{0,5})$/;

/** What every catalog demands of a name, so that it is safe in paths, file names and broker subjects. */
export const subjectPattern = /^[A-Za-z][A-Za-z0-9_-]*(\.[A-Za-z0-9_-]+)*$/;
export const maxSubjectLength = 200;

export function parseSubject(subject: string): SubjectName | undefined {
  if (subject.length > maxSubjectLength || !subjectPattern.test(subject)) return undefined;
  const match = suffix.exec(subject);
  const type = match?.[1] ?? subject;
  const segments = type.split('.');
  return { type, major: match ? Number(match[2]) : 1, suffixed: match !== null, domain: segments[0]!, segments };
}

/** Subject patterns in rules, tokens and exceptions: `*` stands for one segment, a last `**` or `>` for the rest. */
export function matchesSubject(pattern: string, subject: string): boolean {
  const wanted = pattern.split('.');
  const given = subject.split('.');
  for (const [index, part] of wanted.entries()) {
    if ((part === '**' || part === '>') && index === wanted.length - 1) return given.length > index;
    if (given[index] === undefined || (part !== '*' && part !== given[index])) return false;
  }
  return wanted.length === given.length;
}
