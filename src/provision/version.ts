/** A server that is older than what is asked of it. */
import type { Remark } from './plan.ts';

/** `since`: the first version that does it, as `[major, minor]`; nothing is said of a version that is not known. */
export function tooOld(version: string, since: readonly [number, number], why: string): readonly Remark[] {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(version) ?? [];
  if (major === undefined) return [];
  const [least, leastMinor] = since;
  if (Number(major) > least || (Number(major) === least && Number(minor) >= leastMinor)) return [];
  const message = `${why} need ${since.join('.')} or later.`;
  return [{ level: 'problem', code: 'server-too-old', about: `server ${version}`, message }];
}
