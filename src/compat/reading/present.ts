/** Whether a pointer leads anywhere: whether some event that is sent has a value there. */
import type { SchemaDocument } from '../../schema/document.ts';
import type { Json } from '../../schema/json.ts';
import { type Pointer, segments } from '../../schema/pointer.ts';
import { prepare } from '../decide/decide.ts';
import type { FormatPolicy } from '../report.ts';
import { anyName, isIndex } from './reads.ts';

/** False: no event has a value there. Where that cannot be told, the pointer is taken to lead somewhere. */
export function leadsSomewhere(document: SchemaDocument, pointer: Pointer, formats: FormatPolicy = 'assert'): boolean {
  const absent: SchemaDocument = { root: { not: something(segments(pointer)) }, dialect: '2020-12', bundle: new Map() };
  return prepare(document, absent, { formats }).decide('backward', 'closed').verdict !== 'compatible';
}

/** A schema of the events that have a value at `path`. */
function something(path: readonly string[]): Json {
  const [first, ...rest] = path;
  if (first === undefined) return true;
  const inner = something(rest);
  if (first === anyName)
    return {
      anyOf: [
        { type: 'array', contains: inner },
        { type: 'object', not: { additionalProperties: { not: inner } } },
      ],
    };
  const named: Json = { type: 'object', required: [first], properties: { [first]: inner } };
  if (!isIndex(first)) return named;
  const index = Number(first);
  // an index past all lists is none
  if (index > maxIndex) return named;
  const before = Array.from({ length: index }, (): Json => true);
  return { anyOf: [named, { type: 'array', minItems: index + 1, prefixItems: [...before, inner] }] };
}

const maxIndex = 1_000;
