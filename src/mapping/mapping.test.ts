import { describe, expect, test } from 'vitest';
import type { SchemaDocument } from '../schema/document.ts';
import type { Json } from '../schema/json.ts';
import { compileValidator } from '../schema/validator.ts';
import { differences } from './difference.ts';
import { readMapping } from './expression.ts';
import { eventsOf } from './generate.ts';
import { comparePairs } from './pairs.ts';
import { type MappingSide, prove } from './prove.ts';

const document = (root: Json): SchemaDocument => ({ root, dialect: '2020-12', bundle: new Map() });
const side = (root: Json, recorded: readonly Json[] = []): MappingSide => ({
  document: document(root),
  formats: 'assert',
  world: 'closed',
  recorded,
});

function made(root: Json, world: 'closed' | 'open' = 'closed'): readonly Json[] {
  const compiled = compileValidator(document(root));
  if (!compiled.ok) throw new Error('not a schema');
  return eventsOf(document(root), {
    formats: 'assert',
    world,
    accepts: (event) => compiled.validator.validate(event).length === 0,
  });
}

async function mapped(text: string, event: Json) {
  const reading = readMapping(text);
  if (!reading.ok) return reading.message;
  const result = await reading.map(event);
  return result.ok ? result.value : result.code;
}

describe('an expression', () => {
  test('maps an event to plain JSON', async () => {
    expect(await mapped('{"id": $string(order), "tags": tags[]}', { order: 7, tags: ['a'] })).toEqual({
      id: '7',
      tags: ['a'],
    });
  });

  test.each([
    '$eval("1")',
    '( $e := $eval; $e("1") )',
    '$map([1], $now)',
    '{"a": [$random()]}',
    '$shuffle(a)',
    '$millis()',
  ])('that could answer differently the next time is refused: %s', (text) => {
    expect(readMapping(text)).toMatchObject({ ok: false, message: expect.stringMatching(/^uses \$\w+, which /) });
  });

  test('that is no JSONata is refused with its place', () => {
    expect(readMapping('{"a": ')).toMatchObject({ ok: false, message: expect.stringContaining('is no JSONata: ') });
    expect(readMapping('1'.repeat(20_001))).toMatchObject({ ok: false, message: expect.stringContaining('20000') });
    expect(readMapping('('.repeat(15_000))).toMatchObject({ ok: false });
  });

  test.each([
    ['never ends', '($f := function($x){$f($x)}; $f(1))', 'steps'],
    ['calls itself ever deeper', '($f := function($x){1 + $f($x)}; $f(1))', 'D1011'],
    ['makes too long a list', '[1..60000]', 'D2015'],
    ['answers too much', '[1..9000].[1..9]', 'values'],
    ['makes too long a string', '$pad("x", 900000000)', 'size'],
    ['answers nothing', 'nowhere', 'nothing'],
    ['cannot cast', '$number("x")', 'D3030'],
  ])('that %s is ended', async (_, text, code) => {
    expect(await mapped(text, {})).toBe(code);
  });

  test('does not change the event it is given', async () => {
    const event = { a: { b: 1 } };
    await mapped('$ ~> |a|{"b": 2}|', event);
    expect(event).toEqual({ a: { b: 1 } });
  });
});

describe('generated events', () => {
  test('are accepted, differ, and reach edges', () => {
    const events = made({
      type: 'object',
      required: ['id', 'kind'],
      properties: {
        id: { type: 'string', minLength: 1, maxLength: 5 },
        kind: { enum: ['a', 'b', 'c'] },
        amount: { type: 'number', minimum: 0, maximum: 10 },
        note: { type: ['string', 'null'] },
        lines: { type: 'array', items: { type: 'object', required: ['sku'], properties: { sku: { type: 'string' } } } },
      },
      additionalProperties: false,
    }) as { id: string; kind: string; amount?: number; note?: string | null; lines?: unknown[] }[];
    expect(new Set(events.map((event) => JSON.stringify(event))).size).toBe(events.length);
    expect(new Set(events.map(({ kind }) => kind))).toEqual(new Set(['a', 'b', 'c']));
    expect(events.map(({ amount }) => amount)).toEqual(expect.arrayContaining([undefined, 0, 10, 0.5]));
    expect(events.map(({ note }) => note)).toEqual(expect.arrayContaining([undefined, null, '']));
    expect(events.map(({ lines }) => lines?.length)).toEqual(expect.arrayContaining([undefined, 0, 1, 2]));
    expect(Math.max(...events.map(({ id }) => [...id].length))).toBe(5);
  });

  test('take every branch, follow references, and obey patterns', () => {
    const events = made({
      type: 'object',
      required: ['payment', 'code'],
      properties: { payment: { $ref: '#/$defs/payment' }, code: { type: 'string', pattern: '^[A-Z]{3}-\\d+$' } },
      $defs: {
        payment: {
          oneOf: [
            {
              type: 'object',
              required: ['kind', 'iban'],
              properties: { kind: { const: 'bank' }, iban: { type: 'string' } },
            },
            { type: 'object', required: ['kind'], properties: { kind: { const: 'cash' } } },
          ],
        },
      },
    }) as { payment: { kind: string } }[];
    expect(new Set(events.map(({ payment }) => payment.kind))).toEqual(new Set(['bank', 'cash']));
  });

  test('end for a schema that contains itself, and there are none where nothing is accepted', () => {
    expect(made({ type: 'object', properties: { child: { $ref: '#' } } }).length).toBeGreaterThan(2);
    expect(made({ type: 'object', required: ['a'], properties: { a: false } })).toEqual([]);
  });

  test('hold undeclared members only in the open world', () => {
    const root = { type: 'object', properties: { a: { type: 'string' } } };
    const undeclared = (events: readonly Json[]) =>
      events.some((event) => Object.hasOwn(event as object, 'undeclared'));
    expect([undeclared(made(root)), undeclared(made(root, 'open'))]).toEqual([false, true]);
  });
});

describe('a proof', () => {
  const old = {
    type: 'object',
    required: ['id', 'total'],
    properties: { id: { type: 'string' }, total: { type: 'number' } },
  };
  const successor = {
    type: 'object',
    required: ['id', 'cents'],
    properties: { id: { type: 'integer' }, cents: { type: 'integer' }, note: { type: 'string' } },
  };
  const expressions = { backward: '{"id": $string(id), "total": cents / 100}' };

  test('that holds says on how many events', async () => {
    const proof = await prove({ expressions, old: side(old), successor: side(successor, [{ id: 7, cents: 12 }]) });
    expect(proof).toMatchObject({ problems: [], failed: 0, recorded: 1 });
    expect(proof.generated).toBeGreaterThan(10);
  });

  test('that fails shows a generated event, what became of it, and where that is wrong', async () => {
    const wrong = { backward: '{"id": $string(id), "total": note ? cents / 100 : "0"}' };
    const { failed, failures } = await prove({ expressions: wrong, old: side(old), successor: side(successor) });
    expect(failed).toBeGreaterThan(0);
    expect(failures[0]).toMatchObject({ direction: 'backward', event: {}, mapped: { total: '0' } });
    expect(failures[0]?.problem).toContain('#/total');
  });

  test('tells of a recorded event by its place alone', async () => {
    const canary = 'canary-3141592653';
    const wrong = { backward: '{"id": $string(id), "total": $number(note)}' };
    const recorded = [{ id: 1, cents: 2, note: canary }];
    const { failures } = await prove({ expressions: wrong, old: side(old), successor: side(successor, recorded) });
    expect(failures).toContainEqual({ direction: 'backward', recorded: 0, problem: 'the expression fails (D3030)' });
    expect(JSON.stringify(failures)).not.toContain(canary);
  });

  test('goes forward too where a plan says how', async () => {
    const both = { ...expressions, forward: '{"id": $number(id), "cents": $round(total * 100)}' };
    const { failures } = await prove({ expressions: both, old: side(old), successor: side(successor) });
    expect(failures[0]).toMatchObject({ direction: 'forward', problem: expect.stringContaining('the expression') });
  });

  test('needs expressions that can be read and events that are some', async () => {
    const { problems } = await prove({
      expressions: { backward: '$now()' },
      old: side(old, [{ id: 'a', total: 1 }]),
      successor: side(successor, [{ id: 'x' }]),
    });
    expect(problems.map(({ at }) => at)).toEqual(['/recorded/successor/0', '/recorded/subject', '/backward']);
  });
});

describe('pairs', () => {
  test('agree whatever the order of members, and differ by place', async () => {
    const pairs: readonly { old: Json; new: Json }[] = [
      { old: { a: 1, b: { c: [1, 2] } }, new: { b: { c: [1, 2] }, a: 1 } },
      { old: { a: 1, b: { c: [1, 2], 'x/y': 0 } }, new: { a: '1', b: { c: [1] }, d: true } },
      { old: {}, new: { fails: 'x' } },
    ];
    expect(await comparePairs({ backward: 'fails ? $number(fails) : $', pairs })).toEqual([
      { differences: [] },
      {
        differences: [
          { pointer: '/a', kind: 'different' },
          { pointer: '/b/c/1', kind: 'missing' },
          { pointer: '/b/x~1y', kind: 'missing' },
          { pointer: '/d', kind: 'unexpected' },
        ],
      },
      { differences: [], failed: 'D3030' },
    ]);
  });

  test('that differ everywhere are listed up to a limit', () => {
    const wide = Object.fromEntries(Array.from({ length: 500 }, (_, index) => [`k${index}`, 0]));
    expect(differences(wide, {})).toHaveLength(100);
  });
});
