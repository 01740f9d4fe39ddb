/** Models cost what their graph of schemas has nodes, however often one schema refers to another. */
import { describe, expect, it } from 'vitest';
import { modelOf } from '../src/codegen/model.ts';
import { printModel } from '../src/codegen/typescript.ts';
import { emitValidator } from '../src/codegen/validator/emit.ts';
import type { Json } from '../src/schema/json.ts';

const chain = (length: number, link: (next: Json, at: number) => Json, end: Json): Json => ({
  $ref: '#/$defs/d0',
  $defs: Object.fromEntries([
    ...Array.from({ length }, (_, at) => [`d${at}`, link({ $ref: `#/$defs/d${at + 1}` }, at)] as const),
    [`d${length}`, end],
  ]),
});

const text = { type: 'string' };
const twice = (next: Json): Json => ({ anyOf: [next, next] });
const branches = (next: Json, at: number): Json => ({
  anyOf: [
    { allOf: [next, { properties: { [`a${at}`]: text } }] },
    { allOf: [next, { properties: { [`b${at}`]: text } }] },
  ],
});
const conditional = (next: Json): Json => ({
  type: 'object',
  properties: { k: { enum: ['a', 'b'] } },
  if: { properties: { k: { const: 'a' } } },
  then: next,
  else: next,
});
const flags = (count: number, test: (at: number) => Json): Json => ({
  type: 'object',
  required: ['k'],
  properties: {
    k: { enum: Array.from({ length: count }, (_, at) => `v${at}`) },
    ...Object.fromEntries(Array.from({ length: count }, (_, at) => [`p${at}`, text])),
  },
  allOf: Array.from({ length: count }, (_, at) => ({ if: test(at), then: { properties: { [`x${at}`]: text } } })),
});

describe('a model is made in time', () => {
  it.each<[string, Json]>([
    ['each any of the next twice', chain(60, twice, text)],
    ['branches of branches', chain(60, branches, { properties: { z: text } })],
    ['both sides of a condition', chain(60, conditional, { properties: { z: text } })],
    ['a thousand references in a row', chain(1_000, (next) => ({ anyOf: [next, text] }), { type: 'number' })],
    ['conditions on one member', flags(120, (at) => ({ properties: { k: { const: `v${at}` } } }))],
    ['conditions on many members', flags(120, (at) => ({ required: [`p${at}`] }))],
  ])('%s', (_, root) => {
    const started = process.cpuUsage();
    const types = printModel(modelOf({ root, dialect: '2020-12', bundle: new Map() }, 'Case'));
    const { user, system } = process.cpuUsage(started);
    // twice a schema for each of 60 is 10^18 steps
    expect([user + system < 5_000_000, types.length < 1_000_000]).toEqual([true, true]);
  });
});

describe('a generated validator', () => {
  const validatorOf = (size: number): string => {
    const each = (value: Json) => Object.fromEntries(Array.from({ length: size }, (_, at) => [`p${at}`, value]));
    const root = { properties: each({ $ref: '#/$defs/held' }), $defs: { held: { properties: each(text) } } };
    return emitValidator({ root, dialect: '2020-12', bundle: new Map() }, { asserts: true }).text;
  };

  it('grows with the document, not with references times what they lead to', () => {
    // twice the document; four times the product
    expect(validatorOf(80).length / validatorOf(40).length).toBeLessThan(2.5);
  });
});
