/** Checks that are done in one go say of each what a check against the history says that holds those before it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '../src/check/check.ts';
import { stepsInOrder, versionOf as writtenOf } from '../src/check/in-order.ts';
import type { Candidate, PastVersion, Rules } from '../src/check/input.ts';
import type { Report } from '../src/check/report.ts';
import { representativesOf } from '../src/check/representatives.ts';
import type { Level, World } from '../src/compat/report.ts';
import { policyRules } from '../src/policy/rules/index.ts';
import { fingerprint } from '../src/schema/canonical.ts';
import type { Json } from '../src/schema/json.ts';
import { anyHistory, essence, evolution, rules, settings, versionOf } from './support/evolution.ts';

const createdAt = '2026-06-01T12:00:00.000Z';

const candidateOf = (value: Json, index: number): Candidate => ({
  subject: 'order.placed',
  source: index % 2 === 0 ? { value } : { text: JSON.stringify(value) },
});

const allows = ({ gate, same }: Report) => gate.allowed && same === undefined;

/** One after the other, each against every version before it. */
function oneByOne(base: readonly PastVersion[], values: readonly Json[], own: Rules): readonly Report[] {
  let versions = base;
  return values.map((value, index) => {
    const candidate = candidateOf(value, index);
    const checked = check(candidate, { versions, stage: 'active' }, own);
    const number = versions.length + 1;
    if (allows(checked.report)) versions = [...versions, writtenOf(candidate, checked, number, createdAt)];
    return checked.report;
  });
}

function inOneGo(base: readonly PastVersion[], values: readonly Json[], own: Rules, isLong: boolean) {
  const candidates = values.map((value, index) => ({
    candidate: candidateOf(value, index),
    rules: own,
    content: fingerprint(value),
    createdAt,
  }));
  const { catalog, level = catalog.level, world = catalog.world } = own;
  const representatives = isLong && representativesOf(base, { level, world, formats: catalog.formats });
  const known = representatives ? { upTo: base.length, representatives } : undefined;
  const long = { numbers: base.map(({ number }) => number), ...(known && { known }) };
  const history = { versions: base, stage: 'active' } as const;
  const steps = [...stepsInOrder({ candidates, history, issued: base.length, ...(isLong && { long }) })];
  return steps.flatMap(({ checked }) => checked?.report ?? []);
}

/** Those of a history that its level lets in. */
function written(values: readonly Json[], own: Rules): readonly PastVersion[] {
  let versions: readonly PastVersion[] = [];
  for (const value of values) {
    const version = versionOf(value, versions.length + 1);
    const { report } = check({ subject: 'order.placed', source: { value } }, { versions, stage: 'active' }, own);
    if (version && allows(report)) versions = [...versions, version];
  }
  return versions;
}

/** No document here is named, documented and owned as the rules about that ask. */
const catalog = { ...rules.catalog, rules: Object.fromEntries(policyRules.map(({ id }) => [id, 'off' as const])) };

const seen = { same: 0, refused: 0, letIn: 0 };
const long = { checked: 0, asked: 0 };

function compare(values: readonly Json[], level: Level, world: World, order: readonly number[]) {
  const own = { ...rules, catalog, level, world };
  const base = written(values.slice(0, values.length / 2), own);
  const asked = order.map((index) => values[index % values.length]!);
  const expected = oneByOne(base, asked, own);
  expect(inOneGo(base, asked, own, false)).toEqual(expected);
  for (const { same, gate } of expected) seen[same !== undefined ? 'same' : gate.allowed ? 'letIn' : 'refused'] += 1;
  const reports = inOneGo(base, asked, own, true);
  expect(reports.map(essence)).toEqual(expected.slice(0, reports.length).map(essence));
  long.asked += asked.length;
  long.checked += reports.length;
}

test('whatever the history, and whatever comes together', { timeout: 120_000 }, () => {
  const property = fc.property(
    fc.oneof({ weight: 3, arbitrary: evolution }, anyHistory),
    settings,
    fc.array(fc.nat(20), { minLength: 2, maxLength: 8 }),
    (values, { level, world }, order) => compare(values, level, world, order),
  );
  fc.assert(property, { numRuns: 120, seed: 7 });
  expect(Math.min(...Object.values(seen))).toBeGreaterThan(20);
  expect(long.checked / long.asked).toBeGreaterThan(0.2);
});
