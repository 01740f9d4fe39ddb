import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../schema/json.ts';
import { createContext } from '../evaluate/context.ts';
import { buildGraph } from '../graph/prepare.ts';
import { openPool } from '../language/pool.ts';
import { createSolver } from '../solve/solver.ts';
import { counterexample } from './guard.ts';

function found(previous: Json, next: Json): Json | undefined {
  const document = (root: Json) => ({ root, dialect: '2020-12', bundle: new Map() }) as const;
  const [before, after] = [document(previous), document(next)];
  const graph = buildGraph(before, after, { formats: 'assert', ignore: new Set() });
  const context = createContext(graph.arena, openPool());
  const question = {
    context,
    writer: graph.previous,
    reader: graph.next,
    world: 'open',
    formats: 'assert',
    documents: { writer: before, reader: after },
    confirm: undefined,
    given: graph.given,
  } as const;
  return counterexample(question, createSolver(context, 1_000, graph.hints));
}

describe('the guard', () => {
  it('would find the plain counterexamples of a wrong proof', () => {
    expect(found({ type: 'integer', maximum: 3 }, { minimum: 5 })).toBeLessThanOrEqual(3);
    expect(found({ type: 'object', properties: { a: { const: 'x' } } }, { properties: { a: { const: 'y' } } })).toEqual(
      { a: 'x' },
    );
    expect(found({ type: 'string', examples: ['seldom'] }, { not: { const: 'seldom' } })).toBe('seldom');
  });

  it('would find that two positions of a tuple were taken for one another', () => {
    const either = { type: ['integer', 'string'] };
    const previous = { type: 'array', prefixItems: [either, either], items: false };
    const next = { prefixItems: [either], items: { type: 'string' } };
    const counting: readonly JsonObject[] = [
      { contains: { type: 'integer' }, maxContains: 1 },
      { allOf: [{ contains: { type: 'integer' } }, { contains: { type: 'string' } }] },
      { contains: { type: 'integer' }, maxContains: 1, uniqueItems: true },
    ];
    for (const counted of counting)
      expect(found({ ...previous, ...counted }, next)).toEqual([expect.any(String), expect.any(Number)]);
    expect(
      found(
        { type: 'object', properties: { list: { ...previous, contains: { const: 1 } } }, required: ['list'] },
        {
          properties: { list: next },
        },
      ),
    ).toEqual({ list: [expect.anything(), expect.any(Number)] });
  });

  it('finds none against a right one', () => {
    expect(found({ type: 'integer' }, { type: 'number' })).toBeUndefined();
  });
});
