import { describe, expect, test } from 'vitest';
import { compareDocuments } from '../src/compat/compare.ts';
import { directions, worlds } from '../src/compat/report.ts';
import { documentOf } from './support/document.ts';
import { type Golden, goldenFiles } from './support/golden.ts';

function compare(golden: Golden) {
  const { previous, next, dialect, formats, ignore } = golden;
  return compareDocuments(documentOf(previous, dialect), documentOf(next, dialect), {
    ...(formats === undefined ? {} : { formats }),
    ...(ignore === undefined ? {} : { ignore }),
  });
}

describe.each(goldenFiles())('$family', ({ cases }) => {
  test.each(cases)('$name: findings say what the verdicts say', (golden) => {
    const { findings, worlds: reports } = compare(golden);
    for (const world of worlds)
      for (const direction of directions) {
        const { verdict } = reports[world][direction];
        const breaking = findings.some(({ breaks }) => breaks[world].includes(direction));
        expect([world, direction, breaking]).toEqual([world, direction, verdict === 'incompatible']);
        const open = findings.some(({ rule }) => rule.startsWith('UNDECIDED_'));
        if (verdict === 'undecided') expect(open).toBe(true);
      }
  });
});
