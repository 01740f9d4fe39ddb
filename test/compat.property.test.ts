/**
 * The verdicts against brute force. What the engine proves is met with values from a world small enough to be searched, evaluated
 * by the literal reading of the definitions; what it refutes is run through two validators.
 */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { confirm } from '../src/compat/confirm/confirm.ts';
import { type Pair, prepare } from '../src/compat/decide/decide.ts';
import { directions, type World, worlds } from '../src/compat/report.ts';
import { isObject, type Json } from '../src/schema/json.ts';
import { declarations, families, names, schema, value } from './support/arbitrary.ts';
import { documentOf } from './support/document.ts';
import { run, timeoutMs } from './support/fuzz.ts';
import { pairOf } from './support/mutate.ts';
import { accepts, writesClosed } from './support/reference.ts';
import { rewritings } from './support/rewrite.ts';
import { ajvValidator, hyperjumpValidator } from './support/validators.ts';

const kinds = [...families, 'mixed'] as const;
const sample = fc.array(value, { minLength: 40, maxLength: 40 });

function pairOfRoots(previous: Json, next: Json): Pair {
  return prepare(documentOf(previous), documentOf(next), { formats: 'annotate', confirm });
}

const writes = { open: accepts, closed: writesClosed } as const;

const nestedNames: readonly Json[] = names
  .flatMap((outer) => names.flatMap((inner): Json[] => [{ [outer]: { [inner]: 1 } }, { [outer]: 1, [inner]: 1 }]))
  .concat(names.flatMap((name): Json[] => [[{ [name]: 1 }], [0, { [name]: 1 }]]));

/** Values near both schemas: the constants they name, one by one and inside small arrays and objects. */
function nearby(...roots: readonly Json[]): readonly Json[] {
  const found: Json[] = [];
  const visit = (part: Json): void => {
    if (typeof part !== 'object' || part === null) {
      found.push(part);
      if (typeof part === 'number') found.push(part - 0.5, part + 0.5, part + 1, part - 1);
      return;
    }
    if (!isObject(part)) found.push(part);
    for (const each of Object.values(part)) visit(each);
  };
  roots.forEach(visit);
  return [...nestedNames, ...found.flatMap((each) => [each, [each], { a: each }])];
}

describe.each(kinds)('%s', (kind) => {
  test(
    'what is called compatible separates no value',
    () => {
      fc.assert(
        fc.property(pairOf(schema(kind)), sample, ([previous, next], values) => {
          const pair = pairOfRoots(previous, next);
          for (const world of worlds) {
            for (const direction of directions) {
              if (pair.decide(direction, world).verdict !== 'compatible') continue;
              const [writer, reader] = direction === 'backward' ? [previous, next] : [next, previous];
              const separating = [...values, ...nearby(previous, next)].find(
                (each) => writes[world](writer, each) && !accepts(reader, each),
              );
              expect({ world, direction, separating }).toEqual({ world, direction, separating: undefined });
            }
          }
        }),
        run(20),
      );
    },
    timeoutMs,
  );

  test(
    'every witness is an event its writer sends and its reader rejects',
    async () => {
      await fc.assert(
        fc.asyncProperty(pairOf(schema(kind)), async ([previous, next]) => {
          const pair = pairOfRoots(previous, next);
          for (const world of worlds) {
            for (const direction of directions) {
              const { witness } = pair.decide(direction, world);
              if (witness === undefined) continue;
              const [writer, reader] = direction === 'backward' ? [previous, next] : [next, previous];
              const event = witness.value;
              const literal = [writes[world](writer, event), accepts(reader, event)];
              expect({ world, direction, event, literal }).toEqual({ world, direction, event, literal: [true, false] });
              for (const validator of [hyperjumpValidator, ajvValidator]) {
                const said = [
                  (await validator(documentOf(writer), 'annotate'))(event),
                  (await validator(documentOf(reader), 'annotate'))(event),
                ];
                if (!said.includes(undefined))
                  expect([validator.name, event, ...said]).toEqual([validator.name, event, true, false]);
              }
            }
          }
        }),
        run(10),
      );
    },
    timeoutMs,
  );

  test(
    'a schema is compatible with itself and with every rewriting that means the same',
    () => {
      fc.assert(
        fc.property(schema(kind), fc.constantFrom(...Object.keys(rewritings)), (root, name) => {
          const rewritten = isObject(root) ? (rewritings[name]?.(root) ?? root) : root;
          for (const other of [root, rewritten]) {
            const pair = pairOfRoots(root, other);
            for (const world of worlds) {
              for (const direction of directions) {
                const { verdict } = pair.decide(direction, world);
                expect({ name, world, direction, verdict }).toEqual({ name, world, direction, verdict: 'compatible' });
              }
            }
          }
        }),
        run(15),
      );
    },
    timeoutMs,
  );

  test(
    'forward from A to B is backward from B to A, and the open world implies the closed one',
    () => {
      fc.assert(
        fc.property(pairOf(schema(kind)), ([previous, next]) => {
          const there = pairOfRoots(previous, next);
          const back = pairOfRoots(next, previous);
          for (const world of worlds) {
            expect(there.decide('forward', world).verdict).toBe(back.decide('backward', world).verdict);
            expect(there.decide('backward', world).verdict).toBe(back.decide('forward', world).verdict);
          }
          for (const direction of directions) {
            if (there.decide(direction, 'open').verdict === 'compatible') {
              expect(there.decide(direction, 'closed').verdict).not.toBe('incompatible');
            }
          }
        }),
        run(15),
      );
    },
    timeoutMs,
  );

  test(
    'open-world compatibility is transitive',
    () => {
      fc.assert(
        fc.property(pairOf(schema(kind)), schema(kind), ([one, two], stranger) => {
          for (const three of [stranger, one]) {
            const verdict = (from: Json, to: Json) => pairOfRoots(from, to).decide('backward', 'open').verdict;
            if (verdict(one, two) !== 'compatible' || verdict(two, three) !== 'compatible') continue;
            expect(verdict(one, three)).not.toBe('incompatible');
          }
        }),
        run(10),
      );
    },
    timeoutMs,
  );

  test(
    'a union is wider than its parts, a conjunction narrower, and no more',
    () => {
      fc.assert(
        fc.property(schema(kind), schema(kind), (one, two) => {
          if (JSON.stringify([one, two]).includes('$ref')) return;
          const verdict = (from: Json, to: Json) => pairOfRoots(from, to).decide('backward', 'open').verdict;
          expect(verdict(one, { anyOf: [one, two] })).not.toBe('incompatible');
          expect(verdict({ allOf: [one, two] }, one)).not.toBe('incompatible');
          expect(verdict({ allOf: [one, { not: one }] }, false)).toBe('compatible');
          expect(verdict(true, { anyOf: [one, { not: one }] })).toBe('compatible');
        }),
        run(10),
      );
    },
    timeoutMs,
  );
});

test(
  'what a writer declares below one name is not taken for what it declares below another',
  () => {
    fc.assert(
      fc.property(declarations, ([writer, reader]) => {
        if (pairOfRoots(writer, reader).decide('backward', 'closed').verdict !== 'compatible') return;
        const separating = nestedNames.find((each) => writesClosed(writer, each) && !accepts(reader, each));
        expect(separating).toBeUndefined();
      }),
      run(150),
    );
  },
  timeoutMs,
);

test(
  'the evaluator and the rule of the closed world read the definitions as they are written',
  () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds).chain((kind) => schema(kind)),
        sample,
        (root, values) => {
          const pair = pairOfRoots(root, true);
          for (const each of values) {
            const said = worlds.map((world) => pair.writes('previous', each, world));
            expect({ value: each, said }).toEqual({
              value: each,
              said: [writesClosed(root, each), accepts(root, each)],
            });
          }
        },
      ),
      run(150),
    );
  },
  timeoutMs,
);

test(
  'at most one answer in twenty is left open, so that what is proved above is not nothing',
  () => {
    let open = 0;
    let all = 0;
    let broken = 0;
    const count = (world: World, [previous, next]: readonly [Json, Json]) => {
      const { verdict } = pairOfRoots(previous, next).decide('backward', world);
      all += 1;
      if (verdict === 'undecided') open += 1;
      if (verdict === 'incompatible') broken += 1;
    };
    for (const kind of kinds) {
      for (const pair of fc.sample(pairOf(schema(kind)), run(15))) for (const world of worlds) count(world, pair);
    }
    expect({ open: open / all < 0.05, broken: broken / all > 0.1 }).toEqual({ open: true, broken: true });
  },
  timeoutMs,
);
