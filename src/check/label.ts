/** The label `major.minor.patch` of a version: derived from what changed, never chosen. The major is the subject's line. */
import type { Change } from '../compat/report.ts';

/** A break that was let in (by a waiver or level NONE) stays in its line, so it counts as a change of the accepted values. */
export function nextLabel(previous: string | undefined, change: Change, major: number): string {
  if (previous === undefined) return `${major}.0.0`;
  const [, minor = 0, patch = 0] = previous.split('.').map(Number);
  if (change === 'none') return previous;
  return change === 'patch' ? `${major}.${minor}.${patch + 1}` : `${major}.${minor + 1}.0`;
}
