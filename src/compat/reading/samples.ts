/**
 * Recorded events as a reading: the fields that occur in them are what is read, and each of them has to stay an event that a reader
 * of those fields accepts.
 */
import type { SchemaDocument } from '../../schema/document.ts';
import { evaluatorOf } from '../../schema/evaluator/evaluator.ts';
import { isArray, isObject, type Json } from '../../schema/json.ts';
import { append, type Pointer } from '../../schema/pointer.ts';
import type { Rejection } from '../../schema/rejection.ts';
import { WorkExceeded } from '../../schema/work.ts';
import { shortWordPattern } from '../confirm/backtracking.ts';
import type { FormatPolicy } from '../report.ts';
import { project } from './project.ts';
import { anyName, readsOf } from './reads.ts';

/** The pointers of all that stands in `samples`, items under `*`; the outermost only where a value holds nothing. */
export function fieldsOf(samples: readonly Json[]): readonly Pointer[] {
  return [...new Set(samples.flatMap((sample) => leaves(sample, '')))].sort();
}

function leaves(value: Json, at: Pointer): readonly Pointer[] {
  if (isArray(value)) return value.length === 0 ? [at] : value.flatMap((item) => leaves(item, append(at, anyName)));
  if (!isObject(value)) return [at];
  const members = Object.entries(value);
  return members.length === 0 ? [at] : members.flatMap(([name, inner]) => leaves(inner, append(at, name)));
}

/** Why a reader who has `document` refuses `sample`; undefined where it accepts it. `reads`: the fields of the sample where absent. */
export function sampleRejection(
  document: SchemaDocument,
  reads: readonly Pointer[] | undefined,
  sample: Json,
  formats: FormatPolicy = 'assert',
): Rejection | undefined {
  const seen = project(document, readsOf(reads ?? fieldsOf([sample])), { formats });
  return firstRejection(seen.document, sample, formats);
}

/** The innermost reason that is found first; undefined where the event is accepted. */
export function firstRejection(document: SchemaDocument, event: Json, formats: FormatPolicy): Rejection | undefined {
  try {
    return evaluatorOf(document, { formats, otherwise: shortWordPattern }).rejections(event)[0];
  } catch (error) {
    if (!(error instanceof WorkExceeded)) throw error;
    return { instancePointer: '', schemaPointer: '', keyword: 'limit', params: { limit: 'references' } };
  }
}

/** Where in the event: the member that is missing, or one too many, where it is one. */
export function rejectedPlace({
  instancePointer,
  params = {},
}: Pick<Rejection, 'instancePointer'> & Partial<Rejection>): Pointer {
  const member = params.missingProperty ?? params.additionalProperty ?? params.unevaluatedProperty;
  return typeof member === 'string' ? append(instancePointer, member) : instancePointer;
}
