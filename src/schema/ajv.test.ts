import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileAjv } from './ajv.ts';
import { type Dialect, dialects } from './document.ts';
import type { Json, JsonObject } from './json.ts';

test.each([false, true])('lengths are counted in code points (all errors: %s)', (allErrors) => {
  const compiledFor = (root: JsonObject) =>
    compileAjv({ root, dialect: '2020-12', bundle: new Map() }, { formats: 'assert', allErrors });
  const limits = [0, 1, 2, 3, 4, 7].map((limit) => ({
    limit,
    min: compiledFor({ minLength: limit }),
    max: compiledFor({ maxLength: limit }),
    both: compiledFor({ minLength: limit, maxLength: limit, type: ['string', 'null'] }),
  }));
  const unit = fc.constantFrom('a', 'é', '𝄞', '\ud834', '\udd1e', '\u0000');
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 9 }), (units) => {
      const text = units.join('');
      // the iterator of strings goes by code points, and takes half of a pair for one
      const { length } = [...text];
      for (const { limit, min, max, both } of limits) {
        const verdicts = [min, max, both].map((each) => each.validate(text));
        expect([limit, verdicts]).toEqual([limit, [length >= limit, length <= limit, length === limit]]);
      }
    }),
  );
  for (const { min, max, both } of limits)
    expect([min.validate(7), max.validate([]), both.validate(null)]).toEqual([true, true, true]);
});

/** Characters of code for `size` references to a schema of `size` properties or members. */
function codeOf(size: number, dialect: Dialect, held: (size: number) => Json): number {
  const each = (value: Json) => Object.fromEntries(Array.from({ length: size }, (_, at) => [`p${at}`, value]));
  const root = { properties: each({ $ref: '#/definitions/held' }), definitions: { held: held(size) } };
  let code = 0;
  const onCompiled = ({ characters }: { readonly characters: number }) => {
    code += characters;
  };
  compileAjv({ root, dialect, bundle: new Map() }, { formats: 'assert', allErrors: false, onCompiled });
  return code;
}

const listOf = (size: number) => Array.from({ length: size }, (_, at) => `p${at}`);

test.each(dialects)('code grows with the document, not with references times what they lead to, in %s', (dialect) => {
  const held: readonly ((size: number) => Json)[] = [
    (size) => ({ properties: Object.fromEntries(listOf(size).map((name) => [name, { type: 'string' }])) }),
    (size) => ({ enum: listOf(size) }),
    (size) => ({ required: listOf(size) }),
  ];
  // twice the document; four times the product
  for (const each of held) expect(codeOf(80, dialect, each) / codeOf(40, dialect, each)).toBeLessThan(2.5);
});
