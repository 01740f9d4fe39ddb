/**
 * The validator for those who bring none: made by our own generator, as fast as Ajv and smaller. In a file of its own, so that
 * importing the client does not load it.
 */

import { UnsupportedPattern } from '../codegen/pattern/tree.ts';
import { type EmittedValidator, emitValidator, maxReferences } from '../codegen/validator/emit.ts';
import type { SchemaDocument } from '../schema/document.ts';
import type { Json } from '../schema/json.ts';
import { HeraldError } from './error.ts';
import type { CompileValidator, Rejection } from './options.ts';

type Validate = (value: Json) => readonly Rejection[] | null;

const none: readonly Rejection[] = [];

export const compile: CompileValidator = (document, { formats }) => {
  const { text: code, entries } = emitted(document, formats === 'assert');
  // two passes: the first one builds nothing and is all that valid events need
  const body = `${code}
const run = (v, out) => {
  left = ${maxReferences};
  return ${entries[0]};
};
return (v) => {
  if (run(v, null)) return null;
  const out = [];
  run(v, out);
  return out;
};`;
  const validate = functionOf(body);
  return { validate: (value) => guarded(validate, value) };
};

function guarded(validate: Validate, value: Json): readonly Rejection[] {
  try {
    return validate(value) ?? none;
  } catch (error) {
    // deeper than the stack, or references without end
    if (!(error instanceof RangeError)) throw error;
    return [
      {
        instancePointer: '',
        schemaPointer: '',
        keyword: 'limit',
        params: { limit: 'recursion' },
        message: 'nests too deep',
      },
    ];
  }
}

function emitted(document: SchemaDocument, asserts: boolean): EmittedValidator {
  try {
    return emitValidator(document, { asserts });
  } catch (cause) {
    if (cause instanceof UnsupportedPattern) throw new HeraldError('SCHEMA_INVALID', cause.message, { cause });
    throw cause;
  }
}

function functionOf(body: string): Validate {
  try {
    return (new Function(body) as () => Validate)();
  } catch (cause) {
    if (cause instanceof SyntaxError || cause instanceof RangeError) throw cause;
    const message = 'This runtime does not run generated code: pass a validator as `compile` or `validators`.';
    throw new HeraldError('VALIDATOR_UNAVAILABLE', message, { cause });
  }
}
