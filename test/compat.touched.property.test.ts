/**
 * A value is accepted by the part of a document that it touches exactly where the whole document accepts it: said by Ajv, by the
 * evaluator and by @hyperjump/json-schema of both, for random schemas and for every case of the JSON Schema Test Suite.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { touchedPart } from '../src/compat/confirm/touched.ts';
import { type Dialect, dialects, type SchemaDocument } from '../src/schema/document.ts';
import { evaluatorOf } from '../src/schema/evaluator/evaluator.ts';
import type { Json } from '../src/schema/json.ts';
import { families, schema, value } from './support/arbitrary.ts';
import { documentOf } from './support/document.ts';
import { run, timeoutMs } from './support/fuzz.ts';
import { suiteOf } from './support/suite.ts';
import { downTo } from './support/translate.ts';
import { ajvValidator, hyperjumpValidator } from './support/validators.ts';

function evaluated(document: SchemaDocument, event: Json): boolean {
  return evaluatorOf(document, { formats: 'assert' }).accepts(event);
}

const values = fc.array(value, { minLength: 1, maxLength: 6 });

describe.each([...families, 'mixed'] as const)('%s', (family) => {
  test.each(dialects)(
    'the evaluator and Ajv say of the part what they say of the whole, in %s',
    (dialect) => {
      let parts = 0;
      const property = fc.property(schema(family, 3), values, (root, events) => {
        const document = documentOf(downTo(root, dialect), dialect);
        const whole = ajvValidator(document, 'assert');
        for (const event of events) {
          const part = touchedPart(document, event);
          if (part === undefined) continue;
          parts += 1;
          expect(evaluated(part.document, event)).toBe(evaluated(document, event));
          const [said, saidOfPart] = [whole(event), ajvValidator(part.document, 'assert')(event)];
          if (said !== undefined && saidOfPart !== undefined) expect(saidOfPart).toBe(said);
        }
      });
      fc.assert(property, run(60));
      expect(parts).toBeGreaterThan(100);
    },
    timeoutMs,
  );

  test(
    'so does a validator of others',
    async () => {
      const property = fc.asyncProperty(schema(family, 3), values, async (root, events) => {
        const document = documentOf(root);
        const whole = await hyperjumpValidator(document, 'annotate');
        for (const event of events) {
          const part = touchedPart(document, event);
          if (part === undefined) continue;
          expect((await hyperjumpValidator(part.document, 'annotate'))(event)).toBe(whole(event));
        }
      });
      await fc.assert(property, run(40));
    },
    timeoutMs,
  );
});

/** A row says how many of the cases are answered by a part: the rest leads into other resources or documents, or by dynamic references. */
test.each<[Dialect, number]>([
  ['draft-04', 500],
  ['draft-06', 700],
  ['draft-07', 800],
  ['2019-09', 1_000],
  ['2020-12', 1_000],
])('every case of the suite in %s stays what it is', (dialect, atLeast) => {
  let parts = 0;
  for (const { name, document, valid, invalid } of suiteOf(dialect, 'required')) {
    const whole = evaluatorOf(document, { formats: 'assert' });
    for (const event of [...valid, ...invalid]) {
      const part = touchedPart(document, event);
      if (part === undefined) continue;
      parts += 1;
      const said = evaluatorOf(part.document, { formats: 'assert' }).accepts(event);
      expect([name, event, said]).toEqual([name, event, whole.accepts(event)]);
    }
  }
  expect(parts).toBeGreaterThanOrEqual(atLeast);
});
