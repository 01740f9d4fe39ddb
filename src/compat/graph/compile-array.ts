/** Arrays: tuples and tails in both spellings, counts, `contains` (applicator vocabulary §10.3.1, validation §6.4). */
import { isArray, type Json } from '../../schema/json.ts';
import { intern } from './arena.ts';
import { atLeast, atMost, counted, item, items, link, unique } from './atom.ts';
import { below, constrain, type Frame, read, undecidable } from './compile.ts';
import { and, or } from './connective.ts';
import { evaluatedItems } from './evaluated.ts';
import { ANY, type EvaluatedItems, type Lit, T, TRUE } from './node.ts';
import type { Part } from './shape.ts';

export function compileArrays(frame: Frame): void {
  const { arena } = frame.compiler;
  for (const keyword of ['minItems', 'maxItems'] as const) {
    const count = read(frame, keyword);
    if (typeof count === 'number') constrain(frame, keyword, counted(arena, keyword, count));
  }
  if (read(frame, 'uniqueItems') === true) constrain(frame, 'uniqueItems', unique(arena));
  compileItems(frame);
  compileContains(frame);
  const left = read(frame, 'unevaluatedItems');
  if (left !== undefined) compileUnevaluated(frame, left);
}

function compileItems(frame: Frame): void {
  const { shape } = frame;
  const tupleKeyword = frame.dialect === '2020-12' ? 'prefixItems' : 'items';
  const tuple = read(frame, tupleKeyword);
  const tailKeyword = isArray(tuple) && tupleKeyword === 'items' ? 'additionalItems' : 'items';
  const from = isArray(tuple) ? tuple.length : 0;
  if (isArray(tuple)) {
    const parts = tuple.map((schema, index) =>
      below(frame, [tupleKeyword, String(index)], schema, { kind: 'index', index }),
    );
    const lits = parts.map((part, index) => item(frame.compiler.arena, index, part.shape.lit));
    constrain(frame, tupleKeyword, and(frame.compiler.arena, lits), parts);
    shape.tuple = tuple.length;
  }
  const tail = read(frame, tailKeyword);
  if (tail === undefined || isArray(tail)) return;
  const part = below(frame, [tailKeyword], tail, { kind: 'indexes', from });
  constrain(frame, tailKeyword, items(frame.compiler.arena, from, part.shape.lit), [part]);
  shape.tail = true;
  shape.evaluatesAllItems = true;
}

function compileContains(frame: Frame): void {
  const { arena } = frame.compiler;
  const schema = read(frame, 'contains');
  if (schema === undefined) return;
  const part = below(frame, ['contains'], schema, { kind: 'counted' });
  const [minimum, maximum] = [read(frame, 'minContains'), read(frame, 'maxContains')];
  const lit = part.shape.lit;
  const atLeastKeyword = typeof minimum === 'number' ? 'minContains' : 'contains';
  constrain(frame, atLeastKeyword, atLeast(arena, typeof minimum === 'number' ? minimum : 1, lit), [part]);
  if (typeof maximum === 'number') constrain(frame, 'maxContains', atMost(arena, maximum, lit), [part]);
  if (frame.dialect === '2020-12') frame.shape.matching = lit;
}

/** What the neighbours evaluate is known only when every schema they lead to is compiled: a link stands in until then. */
function compileUnevaluated(frame: Frame, schema: Json): void {
  const { compiler, shape } = frame;
  const but: EvaluatedItems[] = [];
  const part: Part = below(frame, ['unevaluatedItems'], schema, { kind: 'unevaluatedItems', but });
  const place = link(compiler.arena, `${compiler.side}${shape.id}:unevaluatedItems`);
  constrain(frame, 'unevaluatedItems', place, [part]);
  shape.tail = true;
  shape.evaluatesAllItems = true;
  compiler.later.push(() => {
    const evaluated = evaluatedItems(shape);
    but.push(...(evaluated ?? []));
    const left = evaluated === undefined ? undecidable(frame) : leftOver(frame, part.shape.lit, but);
    compiler.arena.links.set(place >> 1, left);
  });
}

function leftOver(frame: Frame, lit: Lit, but: readonly EvaluatedItems[]): Lit {
  const { arena } = frame.compiler;
  if (lit === TRUE || but.some((group) => group.when.length === 0 && group.prefix === Infinity)) return TRUE;
  if (but.every((group) => group.when.length === 0)) {
    const from = but.reduce((max, group) => Math.max(max, group.prefix), 0);
    const matching = but.flatMap((group) => (group.matching === undefined ? [] : [group.matching]));
    return items(arena, from, or(arena, [lit, ...matching]));
  }
  return intern(arena, { kind: 'unevaluatedItems', lit, but }, ANY, T.array);
}
