/** The label `major.minor.patch` of a version: derived from what changed, never chosen. */
import type { Change } from '../compat/report.ts';

/** `line` is the major of the subject's name, where labels begin. A break that a waiver let in is a major step like any other. */
export function nextLabel(previous: string | undefined, change: Change, line: number): string {
  if (previous === undefined) return `${line}.0.0`;
  const [major = line, minor = 0, patch = 0] = previous.split('.').map(Number);
  const steps: Readonly<Record<Change, string>> = {
    none: previous,
    patch: `${major}.${minor}.${patch + 1}`,
    minor: `${major}.${minor + 1}.0`,
    major: `${major + 1}.0.0`,
  };
  return steps[change];
}
