/** A check by the versions that answer for others says what a check against every version says. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { check } from '../src/check/check.ts';
import type { History, PastVersion } from '../src/check/input.ts';
import { checkLong } from '../src/check/long-history.ts';
import type { Representatives } from '../src/check/representatives.ts';
import type { Level, World } from '../src/compat/report.ts';
import type { Json } from '../src/schema/json.ts';
import { anyHistory, essence, evolution, rules, settings, versionOf } from './support/evolution.ts';

let settled = 0;
let asked = 0;

/** Registers one version after the other, as far as the level lets them in, and compares what is said of each. */
function follow(values: readonly Json[], level: Level, world: World, isGated: boolean) {
  const versions: PastVersion[] = [];
  let known: { upTo: number; representatives: Representatives } | undefined;
  let numbers: readonly number[] = [];
  for (const value of values) {
    const candidate = { subject: 'order.placed', source: { value } };
    const version = versionOf(value, versions.length + 1);
    if (version === undefined) continue;
    const history: History = { versions, stage: 'active' };
    const whole = check(candidate, history, { ...rules, level, world }).report;
    const content = version.fingerprint;
    const held = versions.filter(
      ({ number, fingerprint: own }) =>
        known === undefined ||
        number > known.upTo ||
        numbers.includes(number) ||
        own === content ||
        number === versions.length,
    );
    const long = { numbers: versions.map(({ number }) => number), content, ...(known && { known }) };
    const found = checkLong(candidate, { ...history, versions: held }, long, { ...rules, level, world });
    asked += 1;
    if (found.checked) {
      settled += 1;
      expect(essence(found.checked.report)).toEqual(essence(whole));
    }
    known = found.representatives && { upTo: versions.length, representatives: found.representatives };
    numbers = known ? Object.values(known.representatives).flatMap((one) => one.numbers) : [];
    if (!isGated || whole.verdict !== 'incompatible') versions.push(version);
  }
}

test('whatever the history', { timeout: 120_000 }, () => {
  const property = fc.property(
    fc.oneof({ weight: 3, arbitrary: evolution }, anyHistory),
    settings,
    (values, { level, world, isGated }) => follow(values, level, world, isGated),
  );
  fc.assert(property, { numRuns: 80, seed: 5 });
  expect(settled / asked).toBeGreaterThan(0.3);
});
