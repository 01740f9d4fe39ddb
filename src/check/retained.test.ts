import { describe, expect, test } from 'vitest';
import { noNeighbours } from '../policy/rule.ts';
import { fingerprint } from '../schema/canonical.ts';
import { type Catalog, catalogShape } from '../schema/catalog.ts';
import { readContract } from '../schema/contract.ts';
import type { Json } from '../schema/json.ts';
import { registryLimits } from '../schema/limits.ts';
import { parseSchema } from '../schema/parse.ts';
import { check } from './check.ts';
import type { PastVersion, Rules } from './input.ts';

const catalog = catalogShape.parse({
  name: 'shop',
  title: 'Shop',
  history: 'retained',
  names: {
    segments: [
      { name: 'domain', style: 'snake' },
      { name: 'fact', style: 'snake' },
    ],
    major: 'optional',
  },
  envelope: 'cloudevents-1.0',
  classification: { levels: ['internal'] },
  domains: { order: { owner: 'orders', classification: 'internal', retention: 'P30D' } },
  services: { orders: {} },
});

type Dates = Pick<PastVersion, 'createdAt' | 'lastProduced'>;

/** Three versions of which no two agree on `a`, so that each earlier one breaks; level BACKWARD unless said. */
function run(
  first: Dates,
  more: { readonly catalog?: Partial<Catalog>; readonly level?: Rules['level']; readonly retention?: string } = {},
) {
  const root = (types: readonly string[]): Json => ({
    'x-contract': { producer: 'orders', ...(more.retention && { retention: more.retention }) },
    type: 'object',
    properties: { a: { type: types } },
  });
  const version = (number: number, types: readonly string[], dates: Dates): PastVersion => {
    const parsed = parseSchema({ value: root(types) });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    const { document } = parsed;
    const { contract } = readContract(document.root);
    return {
      number,
      label: `1.${number - 1}.0`,
      fingerprint: fingerprint(document.root),
      document,
      contract,
      ...dates,
    };
  };
  const versions = [
    version(1, ['string'], first),
    version(2, ['number'], { createdAt: '2026-02-01T10:00:00Z', lastProduced: '2026-05-30' }),
  ];
  const rules: Rules = {
    catalog: { ...catalog, ...more.catalog },
    level: more.level ?? 'BACKWARD_TRANSITIVE',
    waivers: [],
    neighbours: noNeighbours,
    limits: registryLimits,
    today: '2026-06-01',
  };
  return check(
    { subject: 'order.placed', source: { value: root(['number', 'boolean']) } },
    { versions, stage: 'active' },
    rules,
  ).report;
}

describe('history of what is retained', () => {
  const known: Dates = { createdAt: '2026-01-01T10:00:00Z', lastProduced: '2026-02-03' };

  test('leaves out a version of which no event is left, and says why', () => {
    const report = run(known);
    expect(report).toMatchObject({ verdict: 'compatible', gate: { allowed: true } });
    expect(report.leftOut).toEqual([{ number: 1, because: expect.stringContaining('none is left since 2026-03-06') }]);
  });

  test('is off unless the catalog asks for it', () => {
    expect(run(known, { catalog: { history: 'all' } })).toMatchObject({ verdict: 'incompatible' });
    expect(run(known, { catalog: { history: 'all' } }).leftOut).toBeUndefined();
  });

  test.each([
    ['a last event that is not known', { createdAt: '2026-01-01' }, {}],
    ['an event that was sent after the next version took over', { ...known, lastProduced: '2026-05-20' }, {}],
    ['a retention that is for ever', known, { retention: 'permanent' }],
    ['a retention that is not stated', known, { catalog: { domains: {} } }],
  ] as const)('never guesses: %s', (_, dates, more) => {
    expect(run(dates, more).verdict).toBe('incompatible');
  });

  test('its running readers are asked all the same', () => {
    const report = run(known, { level: 'FULL_TRANSITIVE' });
    expect(report.worlds.closed).toMatchObject({
      backward: { verdict: 'compatible' },
      forward: { verdict: 'incompatible' },
    });
  });
});
