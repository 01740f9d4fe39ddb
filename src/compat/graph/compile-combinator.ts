/** `allOf`, `anyOf`, `oneOf`, `not`, `if` (applicator vocabulary §10.2). */
import { isArray, isObject, type Json } from '../../schema/json.ts';
import { below, constrain, type Frame, read } from './compile.ts';
import { exactlyOne, not, or } from './connective.ts';
import { TRUE } from './node.ts';
import type { Part } from './shape.ts';

export function compileCombinators(frame: Frame): void {
  const { arena } = frame.compiler;
  for (const keyword of ['allOf', 'anyOf', 'oneOf'] as const) {
    const schemas = read(frame, keyword);
    if (!isArray(schemas)) continue;
    const must = keyword === 'allOf';
    const parts = schemas.map((schema, index) => branch(frame, keyword, index, schema, must));
    const lits = parts.map((part) => part.shape.lit);
    if (must) {
      for (const [index, part] of parts.entries()) constrain(frame, keyword, part.shape.lit, [part], String(index));
    } else constrain(frame, keyword, keyword === 'anyOf' ? or(arena, lits) : exactlyOne(arena, lits), parts);
  }
  const negated = read(frame, 'not');
  if (isSchema(negated)) {
    const part = below(frame, ['not'], negated, { kind: 'same', when: TRUE, lends: false, must: false });
    constrain(frame, 'not', not(arena, part.shape.lit), [part]);
  }
  compileConditional(frame);
}

function isSchema(value: Json | undefined): value is Json {
  return typeof value === 'boolean' || isObject(value);
}

function branch(frame: Frame, keyword: string, index: number, schema: Json, must: boolean): Part {
  const part = below(frame, [keyword, String(index)], schema, { kind: 'same', when: TRUE, lends: true, must });
  return must ? part : { ...part, step: { kind: 'same', when: part.shape.lit, lends: true, must } };
}

function compileConditional(frame: Frame): void {
  const { arena } = frame.compiler;
  const condition = read(frame, 'if');
  if (!isSchema(condition)) return;
  const test = below(frame, ['if'], condition, { kind: 'same', when: TRUE, lends: true, must: false });
  const holds = test.shape.lit;
  constrain(frame, 'if', TRUE, [{ ...test, step: { kind: 'same', when: holds, lends: true, must: false } }]);
  for (const [keyword, when] of [
    ['then', holds],
    ['else', not(arena, holds)],
  ] as const) {
    const schema = read(frame, keyword);
    if (!isSchema(schema)) continue;
    const part = below(frame, [keyword], schema, { kind: 'same', when, lends: true, must: false });
    constrain(frame, keyword, or(arena, [not(arena, when), part.shape.lit]), [part]);
  }
}
