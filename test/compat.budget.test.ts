import { describe, expect, it } from 'vitest';
import { prepare } from '../src/compat/decide/decide.ts';
import { directions, worlds } from '../src/compat/report.ts';
import type { Json } from '../src/schema/json.ts';

const document = (root: Json) => ({ root, dialect: '2020-12', bundle: new Map() }) as const;
const range = (length: number) => Array.from({ length }, (_, index) => index);

type Pair = { readonly previous: Json; readonly next: Json };

/** Two of each three names, over and over, and one property too few: counting does not see it, and there are 3^count ways to try. */
function covers(count: number): Pair {
  const pairs = range(count).flatMap((at) => ['ab', 'bc', 'ca'].map((pair) => [...pair].map((name) => `${name}${at}`)));
  return {
    previous: { type: 'object', allOf: pairs.map((pair) => ({ anyOf: pair.map((name) => ({ required: [name] })) })) },
    next: { type: 'object', minProperties: 2 * count },
  };
}

function answers({ previous, next }: Pair, budget: number) {
  const pair = prepare(document(previous), document(next), { budget });
  return worlds.flatMap((world) => directions.map((direction) => pair.decide(direction, world)));
}

describe('the step budget', () => {
  it('ends the search', () => {
    const [backward] = answers(covers(8), 5_000);
    expect(backward).toMatchObject({ verdict: 'undecided', undecided: [{ reason: 'budget' }], steps: 5_000 });
  });

  it.each([100, 1_000, 10_000])('is never passed: %i steps', (budget) => {
    for (const { steps } of answers(covers(8), budget)) expect(steps).toBeLessThanOrEqual(budget);
  });

  it('counts the same the second time', () => {
    expect(answers(covers(5), 20_000)).toEqual(answers(covers(5), 20_000));
  });

  it('counts long clauses and not only branches', () => {
    const steps = (count: number) => answers(covers(count), 200_000)[0]?.steps ?? 0;
    expect(steps(5)).toBeGreaterThan(4 * steps(4));
  });

  it('leaves the pair ready for the next question', () => {
    const { previous, next } = covers(8);
    const pair = prepare(document(previous), document({ type: 'object' }), { budget: 5_000 });
    const hard = prepare(document(previous), document(next), { budget: 5_000 });
    expect(hard.decide('backward', 'open').verdict).toBe('undecided');
    expect(hard.decide('forward', 'open').verdict).toBe('incompatible');
    expect(pair.decide('backward', 'open').verdict).toBe('compatible');
  });
});
