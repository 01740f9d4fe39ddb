import { describe, expect, it } from 'vitest';
import { prepare } from '../src/compat/decide/decide.ts';
import { directions, worlds } from '../src/compat/report.ts';
import type { Json } from '../src/schema/json.ts';

const document = (root: Json) => ({ root, dialect: '2020-12', bundle: new Map() }) as const;
const range = (length: number) => Array.from({ length }, (_, index) => index);

/** More properties that all differ than there are values for them. */
function pigeons(count: number): { readonly previous: Json; readonly next: Json } {
  const names = range(count).map((index) => `p${index}`);
  const holes = range(count - 1);
  const properties = Object.fromEntries(names.map((name) => [name, { enum: holes }]));
  const differ = names.flatMap((one, at) =>
    names.slice(at + 1).flatMap((other) =>
      holes.map((hole) => ({
        anyOf: [one, other].map((name) => ({ properties: { [name]: { not: { const: hole } } } })),
      })),
    ),
  );
  return {
    previous: { type: 'object', required: names, properties, allOf: differ },
    next: { type: 'object', required: [...names, 'z'], properties },
  };
}

/** One of two names, fifteen times over, against a count of names. */
const pairsOfNames = {
  previous: {
    type: 'object',
    allOf: range(15).map((index) => ({ anyOf: [{ required: [`a${index}`] }, { required: [`b${index}`] }] })),
  },
  next: { type: 'object', minProperties: 15 },
};

function answers({ previous, next }: { readonly previous: Json; readonly next: Json }, budget: number) {
  const pair = prepare(document(previous), document(next), { budget });
  return worlds.flatMap((world) => directions.map((direction) => pair.decide(direction, world)));
}

describe('the step budget', () => {
  it.each([
    ['pigeonholes', pigeons(8), 'budget'],
    ['pairs of names', pairsOfNames, 'budget'],
  ])('ends the search for %s', (_, schemas, reason) => {
    const [backward] = answers(schemas, 5_000);
    expect(backward).toMatchObject({ verdict: 'undecided', undecided: [{ reason }], steps: 5_000 });
  });

  it.each([100, 1_000, 10_000])('is never passed: %i steps', (budget) => {
    for (const schemas of [pigeons(7), pairsOfNames])
      for (const { steps } of answers(schemas, budget)) expect(steps).toBeLessThanOrEqual(budget);
  });

  it('counts the same the second time', () => {
    expect(answers(pigeons(6), 20_000)).toEqual(answers(pigeons(6), 20_000));
  });

  it('counts long clauses and not only branches', () => {
    const steps = (count: number) => answers(pigeons(count), 200_000)[2]?.steps ?? 0;
    expect(steps(5)).toBeGreaterThan(4 * steps(4));
  });

  it('leaves the pair ready for the next question', () => {
    const { previous } = pigeons(8);
    const pair = prepare(document(previous), document({ type: 'object' }), { budget: 5_000 });
    const hard = prepare(document(previous), document(pigeons(8).next), { budget: 5_000 });
    expect(hard.decide('backward', 'open').verdict).toBe('undecided');
    expect(hard.decide('forward', 'open').verdict).toBe('incompatible');
    expect(pair.decide('backward', 'open').verdict).toBe('compatible');
  });
});
