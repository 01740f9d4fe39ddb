/**
 * Holds a producer to what the closed world assumes: an event its schema accepts, with no member beyond those its schema declares
 * at that place (the writer language W of a schema; a place where the schema declares nothing, or says openly that anything may
 * come, is free).
 */
import type { SchemaDocument } from '../../schema/document.ts';
import { isArray, isObject, type Json } from '../../schema/json.ts';
import { append, type Pointer } from '../../schema/pointer.ts';
import type { FormatPolicy } from '../report.ts';
import { prepare } from './decide.ts';

/** `unknown`: that rests on something the engine cannot evaluate, such as a pattern beyond regular languages. */
export type WriterVerdict =
  | { readonly allowed: true }
  | { readonly allowed: false; readonly undeclared: readonly Pointer[] }
  | { readonly allowed: 'unknown' };

/** Members tried one by one; an event with more members is refused without naming them. */
const maxMembers = 500;

/** For an event the schema accepts: whether its writer may send it, and the members that it may not. */
export function asWriter(document: SchemaDocument, event: Json, formats: FormatPolicy = 'assert'): WriterVerdict {
  const pair = prepare(document, document, { formats });
  const may = (value: Json) => pair.writes('next', value, 'closed');
  const whole = may(event);
  if (whole === undefined) return { allowed: 'unknown' };
  if (whole) return { allowed: true };
  const members = memberPointers(event);
  if (members.length > maxMembers) return { allowed: false, undeclared: [] };
  const droppable = members.filter((pointer) => pair.accepts('next', without(event, [pointer])) === true);
  if (may(without(event, droppable)) !== true) return { allowed: false, undeclared: [] };
  // everything droppable is dropped, then taken back from the outside in: what cannot come back is what may not be sent
  const undeclared = droppable
    .toSorted((one, other) => one.split('/').length - other.split('/').length)
    .reduce<readonly Pointer[]>((dropped, pointer) => {
      const rest = dropped.filter((other) => other !== pointer);
      return may(without(event, rest)) === true ? rest : dropped;
    }, droppable);
  return { allowed: false, undeclared: outermost(undeclared) };
}

function memberPointers(value: Json, at: Pointer = ''): readonly Pointer[] {
  if (isArray(value)) return value.flatMap((item, index) => memberPointers(item, append(at, index)));
  if (!isObject(value)) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const pointer = append(at, name);
    return [...memberPointers(inner, pointer), pointer];
  });
}

/** `value` without the members at `pointers`. */
function without(value: Json, pointers: readonly Pointer[], at: Pointer = ''): Json {
  if (isArray(value)) return value.map((item, index) => without(item, pointers, append(at, index)));
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([name]) => !pointers.includes(append(at, name)));
  return Object.fromEntries(kept.map(([name, inner]) => [name, without(inner, pointers, append(at, name))]));
}

function outermost(pointers: readonly Pointer[]): readonly Pointer[] {
  return pointers
    .filter((pointer) => !pointers.some((other) => other !== pointer && pointer.startsWith(`${other}/`)))
    .sort();
}
