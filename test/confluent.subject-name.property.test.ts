import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeSubject, encodeSubject } from '../src/confluent/subject-name.ts';
import { subjectPattern } from '../src/schema/subject.ts';

test('a subject of any kind comes back, and no two meet', () => {
  const part = fc.constantFrom('x', 'a', '_', 'u', 'm', '3', 'f', '.', ':', '-', '/', ' ', 'é', '😀');
  const name = fc.array(part, { minLength: 1, maxLength: 12 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(name, name, (one, other) => {
      const encoded = encodeSubject(one)!;
      expect(encoded).toMatch(subjectPattern);
      expect(decodeSubject(encoded)).toBe(one);
      expect(encoded === encodeSubject(other)).toBe(one === other);
    }),
    { numRuns: 5_000 },
  );
});
