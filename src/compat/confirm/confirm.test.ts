import { expect, test, vi } from 'vitest';
import type { Dialect, SchemaDocument } from '../../schema/document.ts';
import type { Json } from '../../schema/json.ts';
import { confirm } from './confirm.ts';

function documentOf(root: Json, dialect: Dialect = '2020-12'): SchemaDocument {
  return { root, dialect, bundle: new Map() };
}

function ask(writer: Json, reader: Json, value: Json, dialect?: Dialect) {
  return confirm(documentOf(writer, dialect), documentOf(reader, dialect), value, 'assert');
}

test('a value the writer accepts and the reader rejects is confirmed', () => {
  expect(ask({}, { type: 'integer' }, 0.5)).toBe('confirmed');
});

test('a value both accept, both reject, or only the reader accepts is not', () => {
  expect(ask({}, { type: 'number' }, 0.5)).toBe('disagrees');
  expect(ask({ type: 'string' }, { type: 'integer' }, 0.5)).toBe('disagrees');
  expect(ask({ type: 'integer' }, {}, 0.5)).toBe('disagrees');
});

test('the policy for formats decides', () => {
  const reader = documentOf({ format: 'date' });
  expect(confirm(documentOf({}), reader, 'x', 'assert')).toBe('confirmed');
  expect(confirm(documentOf({}), reader, 'x', 'annotate')).toBe('disagrees');
});

test('arrays shorter than a tuple and empty ones are evaluated rightly, which Ajv alone does not do', () => {
  expect(ask({}, { prefixItems: [{ type: 'string' }], contains: { const: 1 } }, [])).toBe('confirmed');
  const nested = { type: 'array', contains: { type: 'array', contains: { type: 'array', contains: { const: 1 } } } };
  expect(ask({}, nested, [[[1], []], [[]]])).toBe('disagrees');
  expect(ask({}, { items: { contains: { const: 1 } } }, [[1], []])).toBe('confirmed');
});

test('where Ajv departs from the specification the evaluator confirms', () => {
  expect(ask({}, JSON.parse('{"properties":{"__proto__":{"type":"integer"}}}'), JSON.parse('{"__proto__":0.5}'))).toBe(
    'confirmed',
  );
  const counted = { prefixItems: [{ type: 'string' }], contains: { type: 'integer' }, unevaluatedItems: false };
  expect(ask({}, counted, ['a', 1, 'b'])).toBe('confirmed');
  expect(ask({}, counted, ['a', 1])).toBe('disagrees');
});

test('look-around and back-references are evaluated on short words', () => {
  expect(ask({}, { pattern: '^(?!foo)' }, 'foo')).toBe('confirmed');
  expect(ask({ pattern: '^(.)\\1$' }, { pattern: '^aa$' }, 'bb')).toBe('confirmed');
});

test('a word on which backtracking could stall is not tried', () => {
  expect(ask({}, { pattern: '(?=x)^(a+)+$' }, 'a'.repeat(40))).toBe('unavailable');
});

test('what cannot be compiled has no voice', () => {
  expect(ask({}, { $ref: '#/$defs/none' }, 1)).toBe('unavailable');
  expect(ask({}, { pattern: '(' }, 'x')).toBe('unavailable');
});

test('up to draft-07 keywords beside $ref say nothing', () => {
  const schema = { definitions: { n: {} }, properties: { a: { $ref: '#/definitions/n', minimum: 5 } } };
  expect(ask({}, schema, { a: 1 }, 'draft-07')).toBe('disagrees');
  expect(ask({}, schema, { a: 1 }, '2019-09')).toBe('confirmed');
});

const members = (last: Json): Json =>
  Object.fromEntries([...Array.from({ length: 200 }, (_, at) => [`p${at}`, { type: 'string' }]), ['last', last]]);

test('of a large document too, a value is confirmed only where one side accepts it and the other rejects it', () => {
  const writer = { properties: members({ type: 'number' }), additionalProperties: false };
  const reader = { properties: members({ type: 'integer' }), additionalProperties: false };
  expect(ask(writer, reader, { last: 0.5 })).toBe('confirmed');
  expect(ask(writer, reader, { last: 1 })).toBe('disagrees');
  expect(ask(reader, writer, { last: 0.5 })).toBe('disagrees');
  expect(ask(writer, reader, { last: 0.5, other: 1 })).toBe('disagrees');
  expect(ask(writer, reader, { p7: 0.5, last: 0.5 })).toBe('disagrees');
});

test('what was compiled before does not decide whether a value is confirmed', () => {
  const elsewhere = { gone: { $ref: 'https://schemas.example/gone' } };
  const [writer, reader] = ['number', 'integer'].map((type) =>
    documentOf({ properties: { ...elsewhere, ...(members({ type }) as object) } }),
  ) as [SchemaDocument, SchemaDocument];
  const said = Array.from({ length: 40 }, () => confirm(writer, reader, { last: 0.5 }, 'assert'));
  expect(new Set(said)).toEqual(new Set(['confirmed']));
  // touched, what is not here may say anything
  expect(confirm(writer, reader, { gone: 1, last: 0.5 }, 'assert')).toBe('unavailable');
});

test('what a value touches is compiled once, in whatever order its members stand and whatever else documents say', () => {
  const code = vi.spyOn(globalThis, 'Function');
  const ofTwelve = (type: string, description: string) => {
    const others = Array.from({ length: 12 }, (_, at) => [`p${at}`, { type: 'string', description }]);
    return { required: ['p0'], properties: { ...Object.fromEntries(others), last: { type } } };
  };
  const compiledFor = (run: () => unknown) => {
    const before = code.mock.calls.length;
    run();
    return code.mock.calls.length - before;
  };
  const documents = ['one', 'other'].map((text) =>
    (['number', 'integer'] as const).map((type) => documentOf(ofTwelve(type, text))),
  ) as [SchemaDocument, SchemaDocument][];
  const counts = documents.map(([writer, reader]) =>
    [
      { p0: '', last: 0.5 },
      { last: 0.5, p0: '' },
    ].map((value) => compiledFor(() => expect(confirm(writer, reader, value, 'assert')).toBe('confirmed'))),
  );
  expect(counts).toEqual([
    [2, 0],
    [0, 0],
  ]);
  const [[writer, reader]] = documents as [[SchemaDocument, SchemaDocument]];
  const others = Array.from({ length: 12 }, (_, at) => ({ p0: '', [`p${at}`]: '', last: 0.5 }));
  // after some parts all of both is compiled
  expect(
    compiledFor(() => {
      for (const value of others) expect(confirm(writer, reader, value, 'assert')).toBe('confirmed');
    }),
  ).toBeLessThan(8);
  code.mockRestore();
});
