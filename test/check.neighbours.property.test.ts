import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fieldIndex } from '../src/check/neighbours.ts';
import { eventLines, expectedOf, fieldNames, seenOf, someFields, textOf } from './support/neighbours.ts';

test('each asker sees what stands in events other than its own', () => {
  let several = 0;
  fc.assert(
    fc.property(fc.dictionary(fc.constantFrom(...eventLines), someFields, { noNullPrototype: true }), (stated) => {
      const present = new Map(Object.entries(stated));
      if (present.size > 3) several += 1;
      const entries = [...present].map(([subject, fields]) => ({
        subject,
        document: { root: JSON.parse(textOf(fields)), dialect: '2020-12' as const, bundle: new Map() },
      }));
      const index = fieldIndex(entries);
      for (const asker of eventLines)
        expect(seenOf(index.around(asker, new Set(fieldNames)))).toEqual(expectedOf(present, asker));
    }),
    { numRuns: 500 },
  );
  expect(several).toBeGreaterThan(50);
});
