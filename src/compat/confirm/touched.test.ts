import { expect, test } from 'vitest';
import type { SchemaDocument } from '../../schema/document.ts';
import type { Json } from '../../schema/json.ts';
import { touchedPart } from './touched.ts';

function documentOf(root: Json): SchemaDocument {
  return { root, dialect: '2020-12', bundle: new Map() };
}

function partOf(root: Json, value: Json): Json | undefined {
  return touchedPart(documentOf(root), value)?.document.root;
}

test('properties that the value has are left, at every level those of its own level', () => {
  const inner = { properties: { a: { type: 'string' }, b: { type: 'number' } } };
  expect(partOf({ properties: { a: inner, b: inner } }, { a: { b: 1 } })).toEqual({
    properties: { a: { properties: { b: { type: 'number' } } } },
  });
});

test('keywords for values of other types are left out, but for what they say without subschemas', () => {
  const root = { items: { type: 'string' }, minItems: 2, properties: { a: true }, not: { type: 'null' } };
  expect(partOf(root, 'text')).toEqual({ minItems: 2, not: { type: 'null' } });
});

test('a keyword without a part to meet is left where it says something of the value itself', () => {
  expect(partOf({ contains: { const: 1 }, items: { type: 'string' } }, [])).toEqual({
    contains: {},
    items: {},
  });
});

test('a schema that no part meets refers to nothing', () => {
  const root = { properties: { a: { items: { $ref: '#/$defs/x' } } }, $defs: { x: { type: 'string' } } };
  expect(partOf(root, { a: [] })).toEqual({ properties: { a: { items: {} } } });
  expect(partOf(root, { a: [1] })).toEqual(root);
});

test('a schema on the way to one that is met says nothing itself', () => {
  const held = { $ref: '#/$defs/other', minLength: 3, $defs: { deep: { type: 'string' } } };
  const root = { $ref: '#/$defs/held/$defs/deep', $defs: { held, other: {} } };
  expect(partOf(root, 'text')).toEqual({ $ref: root.$ref, $defs: { held: { $defs: held.$defs } } });
});

test('definitions are left where something met refers to them, at the pointers they had', () => {
  const root = {
    $defs: { held: { $defs: { deep: { type: 'string' }, other: {} }, properties: { z: {} } }, unused: {} },
    properties: { a: { $ref: '#/$defs/held/$defs/deep' }, b: { $ref: '#/$defs/unused' } },
  };
  expect(partOf(root, { a: 1 })).toEqual({
    $defs: { held: { $defs: { deep: { type: 'string' } } } },
    properties: { a: { $ref: '#/$defs/held/$defs/deep' } },
  });
});

test('values that look like schemas stay as they are', () => {
  const value = { properties: { a: 1, b: 2 }, items: [] };
  expect(partOf({ enum: [value], const: value, default: value }, {})).toEqual({ enum: [value], const: value });
});

test('lists of schemas keep their positions, lists of names their names', () => {
  const root: Json = {
    allOf: [{ properties: { a: {} } }, { properties: { b: { type: 'null' } } }],
    dependentRequired: { x: ['y'] },
  };
  expect(partOf(root, { b: 1 })).toEqual({
    allOf: [{}, { properties: { b: { type: 'null' } } }],
    dependentRequired: { x: ['y'] },
  });
});

test.each<[string, Json]>([
  ['into another document', { $ref: 'https://schemas.example/other' }],
  ['to nothing', { $ref: '#/$defs/none' }],
  ['into another resource', { $defs: { a: { $id: 'https://schemas.example/a' } }, $ref: '#/$defs/a' }],
  ['by the way taken', { $dynamicRef: '#a', $defs: { a: { $dynamicAnchor: 'a' } } }],
  ['to what no keyword holds', { $ref: '#/components/a', components: { a: { type: 'string' } } }],
  ['to a list of definitions', { $ref: '#/$defs', $defs: { type: { type: 'string' } } }],
])('a reference %s is not followed', (_, root) => {
  expect(partOf(root, 'x')).toBeUndefined();
});

test('what is left grows with the value, not with the document', () => {
  const definitions = Array.from({ length: 1_000 }, (_, at) => [
    `d${at}`,
    { properties: { v: { type: 'string' }, next: { $ref: `#/$defs/d${(at + 1) % 1_000}` } } },
  ]);
  const document = documentOf({ $ref: '#/$defs/d0', $defs: Object.fromEntries(definitions) });
  // three references on the way down, each with the schema it leads to, and the text at the end
  expect(touchedPart(document, { next: { next: { v: 1 } } })?.schemas).toBe(7);
});

test('an object that meets more schemas than are worth it is not followed', () => {
  const branches = Array.from({ length: 300 }, () => ({ items: {} }));
  const items = Array.from({ length: 100 }, (_, at) => [at]);
  expect(touchedPart(documentOf({ items: { anyOf: branches } }), items)).toBeUndefined();
});
