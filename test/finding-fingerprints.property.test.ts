/** What waivers refer to stays what it is when a file is only written differently: moved lines, another order of members. */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { check } from '../src/check/check.ts';
import type { History, Rules } from '../src/check/input.ts';
import { noNeighbours } from '../src/policy/rule.ts';
import { fingerprint } from '../src/schema/canonical.ts';
import { catalogShape } from '../src/schema/catalog.ts';
import { isArray, isObject, type Json } from '../src/schema/json.ts';
import { registryLimits } from '../src/schema/limits.ts';
import { parseSchema } from '../src/schema/parse.ts';
import { families, schema } from './support/arbitrary.ts';
import { pairOf } from './support/mutate.ts';

const catalog = catalogShape.parse({
  name: 'shop',
  title: 'Shop',
  names: { segments: ['domain', 'fact'].map((name) => ({ name, style: 'snake' })), major: 'optional' },
  envelope: 'cloudevents-1.0',
  classification: { levels: ['public'] },
});
const rules: Rules = { catalog, waivers: [], neighbours: noNeighbours, limits: registryLimits, today: '2026-06-01' };

/** The same value with the members of every object in the opposite order. */
function turned(value: Json): Json {
  if (isArray(value)) return value.map(turned);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([name, held]) => [name, turned(held)]),
  );
}

function historyOf(value: Json): History | undefined {
  const parsed = parseSchema({ value });
  if (!parsed.ok) return undefined;
  const { document } = parsed;
  const version = { number: 1, label: '1.0.0', fingerprint: fingerprint(document.root), document, contract: {} };
  return { versions: [version], stage: 'active' };
}

function found(text: string, history: History): readonly string[] {
  const { report } = check({ subject: 'order.placed', source: { text } }, history, rules);
  return report.findings.map((finding) => `${finding.rule} ${finding.fingerprint}`).sort();
}

it('findings keep their fingerprints when a document is only written differently', () => {
  let named = 0;
  const pairs = fc.oneof(...families.map((family) => pairOf(schema(family))));
  fc.assert(
    fc.property(pairs, fc.integer({ min: 0, max: 4 }), ([previous, next], indent) => {
      const history = historyOf(previous);
      fc.pre(history !== undefined && isObject(next));
      const before = found(JSON.stringify(next), history!);
      named += before.length;
      expect(found(`\n\n${JSON.stringify(turned(next), undefined, indent)}\n`, history!)).toEqual(before);
    }),
    { numRuns: 300 },
  );
  expect(named).toBeGreaterThan(300);
}, 60_000);
