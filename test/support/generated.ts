/** A generated validator, run. */
import { emitValidator } from '../../src/codegen/validator/emit.ts';
import type { SchemaDocument } from '../../src/schema/document.ts';
import type { Json } from '../../src/schema/json.ts';

export function generatedValidator(document: SchemaDocument, asserts = true): (value: Json) => boolean {
  const { text, entries } = emitValidator(document, { asserts });
  const code = `${text}\nreturn (v) => { left = 1e6; const out = null; return ${entries[0]}; };`;
  return new Function(code)() as (value: Json) => boolean;
}
