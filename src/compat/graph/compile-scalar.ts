/** `type`, `enum`, `const`, numbers and strings (validation vocabulary §6.1–6.3), `format`. */
import { isArray, type Json } from '../../schema/json.ts';
import { bound, counted, format, multipleOf, pattern } from './atom.ts';
import { constrain, type Frame, read } from './compile.ts';
import { oneOfValues, type, valueSet } from './connective.ts';
import { type Mask, NUMBER, T } from './node.ts';

/** A row gives the values a type name covers. */
const typeMasks: ReadonlyMap<Json, Mask> = new Map<Json, Mask>([
  ['null', T.null],
  ['boolean', T.boolean],
  ['integer', T.integer],
  ['number', NUMBER],
  ['string', T.string],
  ['array', T.array],
  ['object', T.object],
]);

export function compileScalars(frame: Frame): void {
  const { arena, options } = frame.compiler;
  const named = read(frame, 'type');
  if (named !== undefined) constrain(frame, 'type', type(arena, maskNamed(named)));
  const values = read(frame, 'enum');
  if (isArray(values)) constrain(frame, 'enum', oneOfValues(arena, valueSet(values)));
  const value = read(frame, 'const');
  if (value !== undefined) constrain(frame, 'const', oneOfValues(arena, valueSet([value])));
  compileNumbers(frame);
  const counts = (keyword: 'minLength' | 'maxLength') => {
    const count = read(frame, keyword);
    if (typeof count === 'number') constrain(frame, keyword, counted(arena, keyword, count));
  };
  counts('minLength');
  counts('maxLength');
  const source = read(frame, 'pattern');
  if (typeof source === 'string') constrain(frame, 'pattern', pattern(arena, source));
  const name = read(frame, 'format');
  if (typeof name === 'string' && options.formats === 'assert') constrain(frame, 'format', format(arena, name));
}

function maskNamed(named: Json): Mask {
  const names = isArray(named) ? named : [named];
  return names.reduce<Mask>((mask, name) => mask | (typeMasks.get(name) ?? 0), 0);
}

/** A row is a bound: its kind of node, and the keywords that include and exclude it. */
const bounds = [
  ['min', 'minimum', 'exclusiveMinimum'],
  ['max', 'maximum', 'exclusiveMaximum'],
] as const;

function compileNumbers(frame: Frame): void {
  const { arena } = frame.compiler;
  for (const [kind, inclusive, exclusive] of bounds) {
    const at = read(frame, inclusive);
    const beyond = read(frame, exclusive);
    // draft-04: a boolean that sharpens its neighbour
    const sharpened = frame.dialect === 'draft-04' && beyond === true;
    if (typeof at === 'number') constrain(frame, inclusive, bound(arena, kind, at, sharpened));
    if (typeof beyond === 'number' && frame.dialect !== 'draft-04')
      constrain(frame, exclusive, bound(arena, kind, beyond, true));
  }
  const step = read(frame, 'multipleOf');
  if (typeof step === 'number' && step > 0) constrain(frame, 'multipleOf', multipleOf(arena, step));
}
