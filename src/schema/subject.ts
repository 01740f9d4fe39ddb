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

/**
 * Subject patterns mean the same in rules, exceptions, services, tokens, webhooks and `herald pull`: `*` stands for one segment, a
 * last `**` or `>` for one or more, `*` alone for every subject. A pattern that ends in `*` covers every major line: `order.*` matches
 * `order.placed` and `order.placed.v2`.
 */
export function matchesSubject(pattern: string, subject: string): boolean {
  if (pattern === '*' || matchesSegments(pattern, subject)) return true;
  const [, type] = suffix.exec(subject) ?? [];
  return type !== undefined && pattern.endsWith('*') && matchesSegments(pattern, type);
}

function matchesSegments(pattern: string, subject: string): boolean {
  const wanted = pattern.split('.');
  const given = subject.split('.');
  for (const [index, part] of wanted.entries()) {
    if ((part === '**' || part === '>') && index === wanted.length - 1) return given.length > index;
    if (given[index] === undefined || (part !== '*' && part !== given[index])) return false;
  }
  return wanted.length === given.length;
}

/** Why no subject can match `pattern`; undefined where one can. */
export function patternProblem(pattern: string): string | undefined {
  for (const [index, part] of pattern.split('.').entries()) {
    if ((part === '**' || part === '>') && index < pattern.split('.').length - 1)
      return `"${pattern}" matches nothing: "${part}" stands for the rest, so it comes last`;
    if (part !== '*' && part !== '**' && part !== '>' && !/^[A-Za-z0-9_-]+$/.test(part))
      return `"${pattern}" matches nothing: its segments are names, "*", or a last "**"`;
  }
  return undefined;
}

/** Patterns that name a catalog too, as tokens, webhooks and `herald pull` have them: `shop/order.*`; `*` for any catalog. */
export function qualifiedPatternProblem(pattern: string): string | undefined {
  const [catalog = '', subject, ...more] = pattern.split('/');
  if (subject === undefined || more.length > 0)
    return `"${pattern}" matches nothing: write CATALOG/PATTERN, such as "shop/order.*" or "shop/**"`;
  if (catalog !== '*' && !/^[a-z][a-z0-9-]*$/.test(catalog))
    return `"${pattern}" matches nothing: "${catalog}" is no name of a catalog`;
  return patternProblem(subject);
}
