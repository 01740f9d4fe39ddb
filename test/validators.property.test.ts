/** The validators against each other: the literal reading of the specification, Ajv in both modes and @hyperjump/json-schema agree. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shortWordPattern } from '../src/compat/confirm/backtracking.ts';
import { compileAjv } from '../src/schema/ajv.ts';
import { families, schema, value } from './support/arbitrary.ts';
import { documentOf } from './support/document.ts';
import { run, timeoutMs } from './support/fuzz.ts';
import { accepts } from './support/reference.ts';
import { hyperjumpValidator } from './support/validators.ts';

// Ajv forgets what `contains` and conditions evaluated (its own suite lists these): there it is not asked
function ajvKnowsIt(root: unknown): boolean {
  return !JSON.stringify(root).includes('unevaluated');
}

test.each([...families, 'mixed'] as const)(
  '%s: all validators say the same',
  async (family) => {
    await fc.assert(
      fc.asyncProperty(schema(family), fc.array(value, { minLength: 10, maxLength: 10 }), async (root, values) => {
        const document = documentOf(root);
        const hyperjump = await hyperjumpValidator(document, 'annotate');
        const modes = ajvKnowsIt(root)
          ? [false, true].map((allErrors) =>
              compileAjv(document, { formats: 'annotate', allErrors, otherwise: shortWordPattern }),
            )
          : [];
        for (const each of values) {
          const literal = accepts(root, each);
          const others = modes.map((mode) => {
            mode.restart();
            return mode.validate(each) === true;
          });
          expect([each, hyperjump(each) ?? literal, ...others]).toEqual([each, literal, ...others.map(() => literal)]);
        }
      }),
      run(40),
    );
  },
  timeoutMs,
);
