import { describe, expect, it } from 'vitest';
import type { Json } from '../../schema/json.ts';
import { createContext } from '../evaluate/context.ts';
import type { Arena } from '../graph/arena.ts';
import { pprop, present, prop } from '../graph/atom.ts';
import { not, type } from '../graph/connective.ts';
import { keySet } from '../graph/keyset.ts';
import { FALSE, type Lit, T } from '../graph/node.ts';
import { buildGraph } from '../graph/prepare.ts';
import { openPool } from '../language/pool.ts';
import { answer } from './goal.ts';
import { createSolver, type Outcome } from './solver.ts';

const properties = (count: number) =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`p${index}`, { type: 'number' }]));

/** Goals beside one schema; `ask` keeps it as their base, `askAlone` does not. */
function beside(schema: Json) {
  const document = { root: schema, dialect: '2020-12', bundle: new Map() } as const;
  const graph = buildGraph(document, document, { formats: 'assert', ignore: new Set() });
  const context = createContext(graph.arena, openPool());
  const base = graph.previous.lit;
  const kept = createSolver(context, 100_000, graph.hints);
  return {
    arena: graph.arena,
    meter: context.meter,
    ask: (lits: readonly Lit[], maxSteps?: number): Outcome =>
      answer(kept, { lits: [base, ...lits], writers: [], base }, maxSteps),
    askAlone: (lits: readonly Lit[]): Outcome =>
      answer(createSolver(context, 100_000, graph.hints), { lits: [base, ...lits], writers: [] }),
  };
}

function goalsOf(arena: Arena): readonly (readonly Lit[])[] {
  const text = type(arena, T.string);
  return [
    [not(arena, prop(arena, 'p0', FALSE)), prop(arena, 'p1', FALSE)],
    [prop(arena, 'p1', FALSE), prop(arena, 'p2', FALSE)],
    [prop(arena, 'kind', text), present(arena, 'kind')],
    [not(arena, prop(arena, 'p0', text))],
    [prop(arena, 'p0', text)],
    [pprop(arena, keySet(['p0', 'p1'], [], true), FALSE)],
    [pprop(arena, keySet(['p0'], [], true), FALSE)],
    [not(arena, pprop(arena, keySet(['p0', 'p1', 'p2', 'kind'], [], true), text))],
    [present(arena, 'p2'), present(arena, 'other')],
  ];
}

describe('a goal on a base', () => {
  const schema: Json = {
    type: 'object',
    properties: { ...properties(3), kind: { enum: ['a', 'b'] } },
    required: ['p0'],
    anyOf: [{ required: ['p1'] }, { required: ['p2'] }],
    oneOf: [{ properties: { kind: { const: 'a' } } }, { properties: { kind: { const: 'b' }, p2: false } }],
  };

  it('is answered as it is alone, in whatever order goals come', () => {
    const { arena, ask, askAlone } = beside(schema);
    const goals = goalsOf(arena);
    const alone = goals.map((lits) => askAlone(lits).kind);
    expect(new Set(alone)).toEqual(new Set(['sat', 'unsat']));
    expect(goals.map((lits) => ask(lits).kind)).toEqual(alone);
    const backwards = beside(schema);
    const reversed = goalsOf(backwards.arena).toReversed();
    expect(reversed.map((lits) => backwards.ask(lits).kind)).toEqual(alone.toReversed());
  });

  it('leaves nothing behind where its budget ended it', () => {
    const { arena, ask } = beside(schema);
    const without = [prop(arena, 'p1', FALSE), present(arena, 'far')];
    expect(ask([present(arena, 'near')]).kind).toBe('sat');
    const stops = Array.from({ length: 40 }, (_, maxSteps) => ask(without, maxSteps + 1).kind);
    expect(stops[0]).toBe('unknown');
    expect(ask([present(arena, 'p1')]).kind).toBe('sat');
    expect(ask([present(arena, 'p1'), prop(arena, 'far', FALSE)]).kind).toBe('sat');
  });

  it('knows none of the names of the goals before it', () => {
    const { arena, ask } = beside({ type: 'object', properties: properties(2) });
    const undeclared = not(arena, pprop(arena, keySet(['p0', 'p1'], [], true), FALSE));
    const first = ask([undeclared]);
    expect(ask([prop(arena, 'unheard', type(arena, T.string)), present(arena, 'unheard')]).kind).toBe('sat');
    const more = ask([undeclared, present(arena, 'p0')]);
    const names = ({ value }: Extract<Outcome, { kind: 'sat' }>) => Object.keys(value as object);
    if (first.kind !== 'sat' || more.kind !== 'sat') throw new Error('both have a value');
    expect(names(more).toSorted()).toEqual([...names(first), 'p0'].toSorted());
  });

  it('shows what it is about before what the base asks for', () => {
    const { arena, ask } = beside({ type: 'object', properties: properties(4), required: ['p0', 'p3'] });
    const outcome = ask([not(arena, prop(arena, 'p1', type(arena, T.integer)))]);
    expect(outcome.kind === 'sat' && Object.keys(outcome.value as object)[0]).toBe('p1');
  });

  it('costs what it adds to it', () => {
    const { arena, meter, ask } = beside({ type: 'object', properties: properties(2_000) });
    const costs = [10, 11, 12].map((at) => {
      const before = meter.spent;
      expect(ask([not(arena, prop(arena, `p${at}`, type(arena, T.integer)))]).kind).toBe('sat');
      return meter.spent - before;
    });
    expect(costs[0]).toBeGreaterThan(2_000);
    expect(Math.max(costs[1] ?? 0, costs[2] ?? 0)).toBeLessThan(200);
  });
});
