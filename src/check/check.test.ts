import { describe, expect, test } from 'vitest';
import { type Level, levels } from '../compat/report.ts';
import { noNeighbours } from '../policy/rule.ts';
import { fingerprint } from '../schema/canonical.ts';
import { catalogShape } from '../schema/catalog.ts';
import { readContract } from '../schema/contract.ts';
import type { Json, JsonObject } from '../schema/json.ts';
import { registryLimits } from '../schema/limits.ts';
import { parseSchema } from '../schema/parse.ts';
import { check } from './check.ts';
import { emptyHistory, type History, type PastVersion, type Rules } from './input.ts';

const catalog = catalogShape.parse({
  name: 'shop',
  title: 'Shop',
  names: {
    segments: [
      { name: 'domain', style: 'snake' },
      { name: 'fact', style: 'snake' },
    ],
    major: 'optional',
  },
  envelope: 'cloudevents-1.0',
  classification: { levels: ['public', 'internal'] },
  domains: { order: { owner: 'orders', classification: 'internal', retention: 'P90D' } },
  services: { orders: {}, billing: {} },
});

const rules: Rules = { catalog, waivers: [], neighbours: noNeighbours, limits: registryLimits, today: '2026-06-01' };

function event(properties: JsonObject, more: JsonObject = {}): JsonObject {
  return {
    title: 'OrderPlaced',
    description: 'A customer placed an order.',
    'x-contract': { producer: 'orders', orderingKey: '/id' },
    type: 'object',
    required: ['id'],
    properties: { id: { type: 'string', description: 'The order.' }, ...properties },
    ...more,
  };
}

function past(...values: readonly Json[]): History {
  const versions = values.map((value, index): PastVersion => {
    const parsed = parseSchema({ value });
    if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
    const { document } = parsed;
    return {
      number: index + 1,
      label: `1.${index}.0`,
      fingerprint: fingerprint(document.root),
      document,
      contract: readContract(document.root).contract,
    };
  });
  return { versions, stage: 'active' };
}

const run = (value: Json, history: History = emptyHistory, more: Partial<Rules> = {}) =>
  check({ subject: 'order.placed', source: { value } }, history, { ...rules, ...more }).report;

const number = event({ amount: { type: 'number', description: 'Total.' } });
const integer = event({ amount: { type: 'integer', description: 'Total.' } });
const text = event({ amount: { type: 'string', description: 'Total.' } });

describe('the gate', () => {
  test('a first version enters and is 1.0.0', () => {
    expect(run(number)).toMatchObject({ verdict: 'compatible', label: '1.0.0', compared: [], gate: { allowed: true } });
  });

  test('the same content again says which version it is', () => {
    expect(run(number, past(number))).toMatchObject({ same: 1, gate: { allowed: true } });
  });

  test('a break is refused with its witness, the side it breaks and the version it was found against', () => {
    const report = run(integer, past(number));
    expect(report).toMatchObject({ verdict: 'incompatible', gate: { allowed: false, fault: 'INCOMPATIBLE' } });
    const { backward, forward } = report.worlds.closed;
    expect([backward.verdict, backward.against, forward.verdict]).toEqual(['incompatible', 1, 'compatible']);
    const amount = (backward.witness?.value as { amount?: unknown } | undefined)?.amount;
    expect(Number.isInteger(amount)).toBe(false);
    expect(typeof amount).toBe('number');
  });

  test('a document that is no schema is refused with its own fault and nothing else', () => {
    expect(run({ $schema: 'x:y' })).toMatchObject({ gate: { allowed: false, fault: 'SCHEMA_DIALECT_UNKNOWN' } });
    expect(run(event({ a: { pattern: '(a+)+\\1' } })).gate).toMatchObject({ fault: 'SCHEMA_PATTERN_UNSUPPORTED' });
    expect(run(event({}, { 'x-contract': { produser: 'orders' } })).gate).toMatchObject({ fault: 'CONTRACT_INVALID' });
  });

  test.each([
    ['an unknown producer', { producer: 'nobody' }, 'PRODUCER_UNKNOWN'],
    ["a producer that does not own the name's domain", { producer: 'billing' }, 'PRODUCER_NOT_OWNER'],
    [
      'a classification that is none of the levels',
      { producer: 'orders', classification: 'secret' },
      'CLASSIFICATION_MISSING',
    ],
  ])('%s is refused', (_, contract, fault) => {
    expect(run(event({}, { 'x-contract': { orderingKey: '/id', ...contract } })).gate).toMatchObject({
      allowed: false,
      fault,
    });
  });

  test('a name outside the grammar is refused', () => {
    const { report } = check({ subject: 'order.Placed.late', source: { value: number } }, emptyHistory, rules);
    expect(report.gate).toMatchObject({ allowed: false, fault: 'SUBJECT_NAME_INVALID' });
  });

  test('a retired subject takes no version', () => {
    const history: History = { ...past(number), stage: 'retired', successor: 'order.placed.v2' };
    expect(run(event({ b: { type: 'string', description: 'B.' } }), history).gate).toMatchObject({
      fault: 'SUBJECT_RETIRED',
      because: expect.stringContaining('order.placed.v2'),
    });
  });
});

describe('history', () => {
  test('a transitive level meets a name that comes back with another type', () => {
    const without = event({});
    const history = past(text, without);
    expect(run(integer, history, { level: 'BACKWARD' })).toMatchObject({ verdict: 'compatible', compared: [2] });
    expect(run(integer, history, { level: 'BACKWARD_TRANSITIVE' })).toMatchObject({
      verdict: 'incompatible',
      compared: [2, 1],
      worlds: { closed: { backward: { against: 1 } } },
    });
  });

  test.each<[Level, string]>([
    ['NONE', 'compatible'],
    ['BACKWARD', 'incompatible'],
    ['BACKWARD_TRANSITIVE', 'incompatible'],
    ['FORWARD', 'compatible'],
    ['FORWARD_TRANSITIVE', 'compatible'],
    ['FULL', 'incompatible'],
    ['FULL_TRANSITIVE', 'incompatible'],
  ])('a type that narrows is %s: %s', (level, verdict) => {
    expect(run(integer, past(number), { level }).verdict).toBe(verdict);
    expect(levels).toContain(level);
  });

  test('the world that gates is the configured one, and both are reported', () => {
    const added = event({
      amount: { type: 'number', description: 'Total.' },
      note: { type: 'string', description: 'A note.' },
    });
    expect(run(added, past(number), { world: 'closed' }).verdict).toBe('compatible');
    const open = run(added, past(number), { world: 'open' });
    expect(open.verdict).toBe('incompatible');
    expect(open.worlds.closed.backward.verdict).toBe('compatible');
  });
});

describe('waivers', () => {
  const refused = run(integer, past(number));
  const blocking = refused.findings.filter(({ severity }) => severity === 'error');
  const waiver = (change: object = {}) =>
    blocking.map(({ fingerprint: of }, index) => ({
      id: `w${index}`,
      subject: 'order.placed',
      fingerprint: of,
      author: 'ada',
      reason: 'agreed',
      expires: '2026-06-01',
      ...change,
    }));

  test('a break has a finding to waive', () => expect(blocking.length).toBeGreaterThan(0));

  test('a waiver lets exactly its finding pass, until its last day', () => {
    expect(run(integer, past(number), { waivers: waiver() })).toMatchObject({
      verdict: 'incompatible',
      gate: { allowed: true },
    });
    expect(run(integer, past(number), { waivers: waiver(), today: '2026-06-02' }).gate.allowed).toBe(false);
  });

  test('a waiver for another subject or another finding lets nothing pass', () => {
    expect(run(integer, past(number), { waivers: waiver({ subject: 'order.paid' }) }).gate.allowed).toBe(false);
    expect(run(integer, past(number), { waivers: waiver({ fingerprint: '0'.repeat(64) }) }).gate.allowed).toBe(false);
  });
});

describe('the label', () => {
  test('words only: patch; accepted values: minor; nothing: the same', () => {
    const reworded = event({ amount: { type: 'number', description: 'The total.' } });
    const grown = event({
      amount: { type: 'number', description: 'Total.' },
      note: { type: 'string', description: 'A note.' },
    });
    expect(run(reworded, past(number))).toMatchObject({ change: 'patch', label: '1.0.1' });
    expect(run(grown, past(number))).toMatchObject({ change: 'minor', label: '1.1.0' });
  });
});

test('a check is a function of its arguments', () => {
  expect(JSON.stringify(run(integer, past(number, text)))).toBe(JSON.stringify(run(integer, past(number, text))));
});

describe('a mark "x-compat": "ignore"', () => {
  const before = event({ state: { enum: ['open', 'held'], description: 'Its state.' } });
  const marked = event({ state: { enum: ['open'], description: 'Its state.', 'x-compat': 'ignore' } });
  const onlyMarked = event({ state: { enum: ['open', 'held'], description: 'Its state.', 'x-compat': 'ignore' } });

  test('does not excuse the change that brings it', () => {
    const report = run(marked, past(before));
    expect([report.verdict, report.gate.allowed]).toEqual(['incompatible', false]);
    expect(report.findings.map(({ rule }) => rule)).toEqual(
      expect.arrayContaining(['COMPARISON_MARK_ADDED', 'ENUM_VALUE_REMOVED']),
    );
  });

  test('counts from the next version on, whatever older versions say', () => {
    expect(run(onlyMarked, past(before)).gate.allowed).toBe(true);
    expect(run(marked, past(before, onlyMarked)).gate.allowed).toBe(true);
    expect(run(marked, past(onlyMarked, before)).gate.allowed).toBe(false);
  });

  test('does not excuse where it widens what stands around it', () => {
    const closed = event({}, { additionalProperties: false });
    const open = event({}, { additionalProperties: { type: 'integer', 'x-compat': 'ignore' } });
    expect(run(open, past(closed), { level: 'FORWARD' }).verdict).toBe('incompatible');
  });

  test('does not excuse in a document that is referred to', () => {
    const shared = (value: Json) => {
      const parsed = parseSchema({ value });
      if (!parsed.ok) throw new Error('a schema');
      return parsed.document;
    };
    const referring = (number: number, value: Json) => {
      const uri = `herald://shop/order.state/${number}`;
      const parsed = parseSchema(
        { value: event({ state: { $ref: uri, description: 'Its state.' } }) },
        { bundle: new Map([[uri, shared(value)]]) },
      );
      if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
      return parsed.document;
    };
    const history = (document: ReturnType<typeof referring>): History => ({
      versions: [{ number: 1, label: '1.0.0', fingerprint: fingerprint(document.root), document, contract: {} }],
      stage: 'active',
    });
    const next = referring(2, { const: 2, 'x-compat': 'ignore' });
    const verdict = (old: Json) =>
      check({ subject: 'order.placed', source: { document: next } }, history(referring(1, old)), {
        ...rules,
        level: 'BACKWARD',
      }).report.verdict;
    expect(verdict({ const: 1 })).toBe('incompatible');
    expect(verdict({ const: 1, 'x-compat': 'ignore' })).toBe('compatible');
  });
});
