import { expect, test } from 'vitest';
import type { SchemaDocument } from '../../schema/document.ts';
import type { Json } from '../../schema/json.ts';
import { prepare } from './decide.ts';
import type { Probe } from './probe.ts';

function documentOf(root: Json, bundle: SchemaDocument['bundle'] = new Map()): SchemaDocument {
  return { root, dialect: '2020-12', bundle };
}

/** An event that `previous` accepts and `next` rejects for what is asked about. */
function lostBy(previous: Json, next: Json, target: Probe['target'], bundle?: SchemaDocument['bundle']) {
  const pair = prepare(documentOf(previous, bundle), documentOf(next, bundle));
  return pair.probe('backward', 'open', { target, given: [] })?.value;
}

test('a pointer that leads to keywords of several documents is asked about in the order they are met', () => {
  const bundle = new Map([['https://schemas.example/a', documentOf({ minimum: 5 })]]);
  const next = { minimum: 3, properties: { a: { $ref: 'https://schemas.example/a' } } };
  expect(lostBy({}, next, { pointer: '/minimum' }, bundle)).toBeTypeOf('number');
  expect(lostBy({ minimum: 3 }, next, { pointer: '/minimum' }, bundle)).toEqual({ a: expect.any(Number) });
});

test('a member of a list is asked about by its pointer, its name or the whole list', () => {
  const [previous, next] = [{ required: ['a'] }, { required: ['a', 'b'] }];
  for (const target of [{ pointer: '/required/1' }, { pointer: '/required', name: 'b' }, { pointer: '/required' }])
    expect(lostBy(previous, next, target)).toEqual({ a: expect.anything() });
  for (const target of [{ pointer: '/required/0' }, { pointer: '/required', name: 'a' }])
    expect(lostBy(previous, next, target)).toBeUndefined();
  // a name that nothing requires is about none of them
  expect(lostBy(previous, next, { pointer: '/required', name: 'c' })).toBeUndefined();
});

test('the way to a keyword leads through definitions, conditions and alternatives', () => {
  const next: Json = {
    $defs: { count: { type: 'object', properties: { n: { maximum: 9 } } } },
    items: { anyOf: [{ $ref: '#/$defs/count' }, { type: 'string' }] },
    if: { minItems: 2 },
    then: { maxItems: 3 },
  };
  expect(
    lostBy({ items: { type: ['object', 'string'] } }, next, { pointer: '/$defs/count/properties/n/maximum' }),
  ).toEqual([{ n: expect.any(Number) }]);
  const longer = lostBy({ items: { type: 'string' } }, next, { pointer: '/then/maxItems' });
  expect(longer).toHaveLength(4);
});

test('a keyword of an alternative is broken only where no other alternative accepts the event', () => {
  const next: Json = { anyOf: [{ maximum: 5 }, { minimum: 5, maximum: 10 }] };
  expect(lostBy({ type: 'integer' }, next, { pointer: '/anyOf/0/maximum' })).toBeGreaterThan(10);
});

test('what holds under a condition is asked about under it', () => {
  const condition: Json = { properties: { t: { const: 1 } }, required: ['t'] };
  const branch: Json = { required: ['k'], if: condition, then: { properties: { n: { maximum: 3 } } } };
  const lost = lostBy({ type: 'object' }, { anyOf: [branch] }, { pointer: '/anyOf/0/then/properties/n/maximum' });
  expect(lost).toMatchObject({ t: 1, n: expect.any(Number) });
});
