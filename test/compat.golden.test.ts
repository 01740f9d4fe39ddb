import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compareDocuments } from '../src/compat/compare.ts';
import { confirm } from '../src/compat/confirm/confirm.ts';
import { prepare } from '../src/compat/decide/decide.ts';
import { ignoredPlaces, withoutIgnored } from '../src/compat/decide/ignored.ts';
import { type Direction, directions, type Verdict, type World, worlds } from '../src/compat/report.ts';
import type { Json } from '../src/schema/json.ts';
import { compileValidator } from '../src/schema/validator.ts';
import { documentOf } from './support/document.ts';
import { directionsIn, expand, type Golden, goldenFiles } from './support/golden.ts';
import { type Accepts, ajvValidator, hyperjumpValidator } from './support/validators.ts';

const files = goldenFiles();
const law = JSON.parse(readFileSync(new URL('cases/compat.schema.json', import.meta.url), 'utf8'));

function sides({ previous, next, dialect }: Golden) {
  return { previous: documentOf(previous, dialect), next: documentOf(next, dialect) };
}

async function validatorsOf(golden: Golden) {
  const stated = sides(golden);
  const ignored = ignoredPlaces([stated.previous, stated.next], golden.ignore ?? []);
  const previous = withoutIgnored(stated.previous, ignored);
  const next = withoutIgnored(stated.next, ignored);
  const formats = golden.formats ?? 'assert';
  const asked: [string, Accepts, Accepts][] = [];
  if (!golden.notAsked?.includes('ajv'))
    asked.push(['ajv', ajvValidator(previous, formats), ajvValidator(next, formats)]);
  if (!golden.notAsked?.includes('hyperjump')) {
    asked.push(['hyperjump', await hyperjumpValidator(previous, formats), await hyperjumpValidator(next, formats)]);
  }
  return asked;
}

function expected(golden: Golden, direction: Direction, world: World): Verdict {
  if (directionsIn(world, golden.undecided).includes(direction)) return 'undecided';
  return directionsIn(world, golden.breaks).includes(direction) ? 'incompatible' : 'compatible';
}

describe('the goldens themselves', () => {
  test.each(files)('$file has the form of its schema', ({ json }) => {
    const compiled = compileValidator(documentOf(law));
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
    expect(compiled.validator.validate(json)).toEqual([]);
  });

  test('names are unique and say what happens', () => {
    const names = files.flatMap(({ cases }) => cases.map(({ name }) => name));
    expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
    expect(names.filter((name) => /\b(should|must|may|can|will|would|could)\b/.test(name))).toEqual([]);
  });

  test('each break in the open world has a value that proves it, and each value a break', () => {
    const wrong = files.flatMap(({ cases }) =>
      cases.filter((golden) => {
        const breaks = directionsIn('open', golden.breaks);
        const proven = (values: readonly Json[] | undefined) => (values ?? []).length > 0;
        return (
          breaks.includes('backward') !== proven(golden.lost) || breaks.includes('forward') !== proven(golden.gained)
        );
      }),
    );
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });

  test('what breaks in the closed world breaks in the open one', () => {
    const wrong = files.flatMap(({ cases }) =>
      cases.filter(({ breaks }) =>
        directionsIn('closed', breaks).some((direction) => !directionsIn('open', breaks).includes(direction)),
      ),
    );
    expect(wrong.map(({ name }) => name)).toEqual([]);
  });
});

test('every hard case is here', () => {
  const numbers = new Set(files.flatMap(({ cases }) => cases.flatMap(({ number }) => number ?? [])));
  // 52, two integers that one double stands for, is refused where text is read
  const missing = Array.from({ length: 58 }, (_, index) => index + 1).filter((number) => !numbers.has(number));
  expect(missing).toEqual([52]);
});

describe.each(files)('$family', ({ cases }) => {
  test.each(cases)('$name: its values are lost and gained', async (golden) => {
    let opinions = 0;
    for (const [who, previous, next] of await validatorsOf(golden)) {
      const check = (given: Json, ...wanted: boolean[]) => {
        const value = expand(given);
        const said = [previous(value), next(value)];
        if (said.includes(undefined)) return;
        opinions += 1;
        expect([who, given, ...said]).toEqual([who, given, ...wanted]);
      };
      for (const value of golden.lost ?? []) check(value, true, false);
      for (const value of golden.gained ?? []) check(value, false, true);
    }
    const values = (golden.lost ?? []).length + (golden.gained ?? []).length;
    expect(opinions).toBeGreaterThanOrEqual(values);
  });

  test.each(cases)('$name', async (golden) => {
    const { previous, next } = sides(golden);
    // a pair for each world: an answer in one is not handed to the other
    const fresh = () =>
      prepare(previous, next, {
        ...(golden.formats === undefined ? {} : { formats: golden.formats }),
        ...(golden.ignore === undefined ? {} : { ignore: golden.ignore }),
        confirm,
      });
    const pairs = { closed: fresh(), open: fresh() };
    const said: Record<string, string> = {};
    const right: Record<string, string> = {};
    for (const world of worlds) {
      for (const direction of directions) {
        const { verdict, undecided } = pairs[world].decide(direction, world);
        const wanted = expected(golden, direction, world);
        right[`${world} ${direction}`] = wanted;
        const why = verdict === wanted || verdict !== 'undecided' ? '' : `: ${undecided?.[0]?.reason}`;
        said[`${world} ${direction}`] = `${verdict}${why}`;
      }
    }
    expect(said).toEqual(right);
    const asked = await validatorsOf(golden);
    for (const world of worlds) {
      for (const direction of directions) {
        const { witness } = pairs[world].decide(direction, world);
        if (witness === undefined) continue;
        for (const [who, ofPrevious, ofNext] of asked) {
          const [writer, reader] = direction === 'backward' ? [ofPrevious, ofNext] : [ofNext, ofPrevious];
          const heard = [writer(witness.value), reader(witness.value)];
          if (!heard.includes(undefined))
            expect([who, witness.value, ...heard]).toEqual([who, witness.value, true, false]);
        }
      }
    }
  });

  const withFindings = cases.filter(({ findings }) => findings !== undefined);
  if (withFindings.length > 0) {
    test.each(withFindings)('$name: all that is found, and nothing beside it', (golden) => {
      const { previous, next } = sides(golden);
      const { findings } = compareDocuments(previous, next, {
        level: 'FULL',
        world: 'open',
        formats: golden.formats ?? 'assert',
        ignore: golden.ignore ?? [],
        confirm,
      });
      const byRule = (left: { readonly rule: string }, right: { readonly rule: string }) =>
        left.rule < right.rule ? -1 : 1;
      const said = findings.map(({ rule, previousPointer, nextPointer, params }) => ({
        rule,
        previous: previousPointer,
        next: nextPointer,
        params,
      }));
      expect(said.sort(byRule)).toEqual([...(golden.findings ?? [])].sort(byRule));
    });
  }

  test.each(cases)('$name: a schema against itself says nothing', (golden) => {
    for (const side of Object.values(sides(golden))) {
      const { findings, verdict } = compareDocuments(side, side, { level: 'FULL', confirm });
      expect([verdict, findings.filter(({ severity }) => severity !== 'info')]).toEqual(['compatible', []]);
    }
  });
});
