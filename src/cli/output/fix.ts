import type { Fix } from '../../compat/report.ts';

/** What was shown of a fix, and no more than that. */
export function fixText({ title, tried }: Fix): string {
  return tried === 'alone'
    ? `checked fix: ${title}`
    : `fix, checked with the other breaking edits taken back: ${title}`;
}
