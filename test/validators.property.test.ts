/**
 * One answer everywhere: the literal reading of the specification, @hyperjump/json-schema, Ajv in both modes where it is asked, the
 * validator of events, the evaluator behind it, generated validators and the engine agree on every value.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shortWordPattern } from '../src/compat/confirm/backtracking.ts';
import { prepare } from '../src/compat/decide/decide.ts';
import { compileAjv } from '../src/schema/ajv.ts';
import type { SchemaDocument } from '../src/schema/document.ts';
import { evaluatorOf } from '../src/schema/evaluator/evaluator.ts';
import type { Json } from '../src/schema/json.ts';
import { patternProblems } from '../src/schema/pattern-problems.ts';
import { compileValidator } from '../src/schema/validator.ts';
import { families, schema, value } from './support/arbitrary.ts';
import { documentOf } from './support/document.ts';
import { run, timeoutMs } from './support/fuzz.ts';
import { generatedValidator } from './support/generated.ts';
import { accepts } from './support/reference.ts';
import { hyperjumpValidator } from './support/validators.ts';

// Ajv forgets what `contains` and conditions evaluated (its own suite lists these): there it is not asked
function ajvKnowsIt(root: unknown): boolean {
  return !JSON.stringify(root).includes('unevaluated');
}

/** Every voice that is heard about an event; each says nothing of a schema that it refuses. */
async function voicesOn(document: SchemaDocument): Promise<Readonly<Record<string, Voice>>> {
  const evaluator = evaluatorOf(document, { formats: 'annotate', otherwise: shortWordPattern });
  const pair = prepare(documentOf(true), document, { formats: 'annotate' });
  return {
    hyperjump: await hyperjumpValidator(document, 'annotate'),
    evaluator: evaluator.accepts,
    reasons: (each) => evaluator.rejections(each).length === 0,
    engine: (each) => pair.accepts('next', each),
    ...(patternProblems(document).length === 0 && {
      'validator of events': acceptedBy(document),
      'generated validator': generatedValidator(document, false),
    }),
    ...(ajvKnowsIt(document.root) &&
      Object.fromEntries([false, true].map((all) => [`ajv ${all}`, byAjv(document, all)]))),
  };
}

type Voice = (value: Json) => boolean | undefined;

function acceptedBy(document: SchemaDocument): Voice {
  const compiled = compileValidator(document, { formats: 'annotate' });
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  return (each) => compiled.validator.validate(each).length === 0;
}

function byAjv(document: SchemaDocument, allErrors: boolean): Voice {
  const mode = compileAjv(document, { formats: 'annotate', allErrors, otherwise: shortWordPattern });
  return (each) => {
    mode.restart();
    return mode.validate(each);
  };
}

test.each([...families, 'mixed'] as const)(
  '%s: all validators say the same',
  async (family) => {
    await fc.assert(
      fc.asyncProperty(schema(family), fc.array(value, { minLength: 10, maxLength: 10 }), async (root, values) => {
        const voices = Object.entries(await voicesOn(documentOf(root)));
        for (const each of values) {
          const literal = accepts(root, each);
          const said = voices.map(([name, ask]) => [name, ask(each) ?? literal]);
          expect([each, said]).toEqual([each, voices.map(([name]) => [name, literal])]);
        }
      }),
      run(40),
    );
  },
  timeoutMs,
);
