import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isIdentifier, typeName } from '../src/codegen/identifier.ts';

test('typeName gives something a module can declare, whatever the text', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('await', 'null', 'enum', 'any'),
  );
  fc.assert(
    fc.property(text, (given) => {
      const name = typeName(given);
      expect(isIdentifier(name)).toBe(true);
      expect(() => new Function(`"use strict"; class ${name} {}; return ${name};`)).not.toThrow();
    }),
    { numRuns: 2_000, seed: 3 },
  );
});
