/** What findings claim, on random edits: that they say what the verdicts say, that their events separate, that their fixes mend. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareDocuments } from '../src/compat/compare.ts';
import { applyPatch, combined } from '../src/compat/finding/patch.ts';
import { directions, type Finding, worlds } from '../src/compat/report.ts';
import { isObject, type Json } from '../src/schema/json.ts';
import { families, schema } from './support/arbitrary.ts';
import { documentOf } from './support/document.ts';
import { run, timeoutMs } from './support/fuzz.ts';
import { pairOf } from './support/mutate.ts';
import { accepts, writesClosed } from './support/reference.ts';
import { rewritings } from './support/rewrite.ts';

const writes = { open: accepts, closed: writesClosed } as const;

function compare(previous: Json, next: Json) {
  return compareDocuments(documentOf(previous), documentOf(next), { formats: 'annotate', level: 'FULL' });
}

/** A direction the finding breaks and its event shows. */
function isShown({ breaks, witness }: Finding, previous: Json, next: Json): boolean {
  return worlds.some((world) =>
    breaks[world].some((direction) => {
      const [writer, reader] = direction === 'backward' ? [previous, next] : [next, previous];
      return witness !== undefined && writes[world](writer, witness.value) && !accepts(reader, witness.value);
    }),
  );
}

describe.each([...families, 'mixed'] as const)('%s', (kind) => {
  test(
    'a direction breaks where a finding breaks it, and each such finding shows an event',
    () => {
      // how many findings were looked at: a property that asserts nothing holds of anything
      let asserted = 0;
      fc.assert(
        fc.property(pairOf(schema(kind)), ([previous, next]) => {
          const { findings, worlds: reports } = compare(previous, next);
          for (const world of worlds) {
            for (const direction of directions) {
              const breaking = findings.some(({ breaks }) => breaks[world].includes(direction));
              const { verdict } = reports[world][direction];
              expect([world, direction, breaking]).toEqual([world, direction, verdict === 'incompatible']);
            }
          }
          const broken = findings.filter(({ breaks }) => breaks.open.length + breaks.closed.length > 0);
          expect(broken.filter((finding) => !isShown(finding, previous, next))).toEqual([]);
          asserted += broken.length;
        }),
        run(15),
      );
      expect(asserted).toBeGreaterThan(5);
    },
    timeoutMs,
  );

  test(
    'fixes mend',
    () => {
      let asserted = 0;
      fc.assert(
        fc.property(pairOf(schema(kind)), ([previous, next]) => {
          const errors = compare(previous, next).findings.filter(({ severity }) => severity === 'error');
          const offered = errors.map(({ fixes }) => fixes?.[0]?.patch);
          const all = offered.filter((patch) => patch !== undefined);
          if (all.length === 0) return;
          // the last of each takes its edit back: together they mend the whole
          const back = errors.flatMap(({ fixes }) => (fixes === undefined ? [] : [fixes.at(-1)!.patch]));
          const mended = applyPatch(next, combined(all.length === 1 ? all : back));
          if (errors.length !== all.length) return;
          expect(compare(previous, mended!).verdict).toBe('compatible');
          asserted++;
        }),
        run(15),
      );
      expect(asserted).toBeGreaterThan(0);
    },
    timeoutMs,
  );

  test(
    'a schema against itself, or written otherwise, breaks nothing',
    () => {
      let asserted = 0;
      fc.assert(
        fc.property(schema(kind), (root) => {
          expect(compare(root, root).findings).toEqual([]);
          if (!isObject(root)) return;
          for (const rewrite of Object.values(rewritings)) {
            const { findings } = compare(root, rewrite(root));
            expect(findings.filter(({ severity, effect }) => severity === 'error' && effect !== 'undecided')).toEqual(
              [],
            );
            asserted++;
          }
        }),
        run(15),
      );
      expect(asserted).toBeGreaterThan(20);
    },
    timeoutMs,
  );
});
