import { describe, expect, it } from 'vitest';
import type { Json } from '../schema/json.ts';
import { normalForm } from './normal-form.ts';
import { parseAvro } from './parse.ts';
import type { AvroDocument } from './type.ts';

const read = (value: Json, references: ReadonlyMap<string, AvroDocument> = new Map(), origin = '') => {
  const parsed = parseAvro({ value }, { references, origin });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.document;
};
const problemsOf = (value: Json, references: ReadonlyMap<string, AvroDocument> = new Map()) => {
  const parsed = parseAvro({ value }, { references });
  return parsed.ok ? [] : parsed.problems.map(({ pointer, message }) => `#${pointer} ${message}`);
};
const record = (...fields: Json[]): Json => ({ type: 'record', name: 'R', fields });

describe('names', () => {
  it('take the enclosing namespace, unless they are full or state their own', () => {
    const document = read({
      type: 'record',
      name: 'R',
      namespace: 'a',
      fields: [
        { name: 'x', type: { type: 'enum', name: 'E', symbols: ['S'] } },
        { name: 'y', type: { type: 'fixed', name: 'b.F', size: 1, namespace: 'ignored' } },
        { name: 'z', type: 'E' },
      ],
    });
    expect([...document.names.keys()]).toEqual(['a.R', 'a.E', 'b.F']);
  });

  it('that clash are refused, in one document and across references', () => {
    const twice = record(
      { name: 'a', type: { type: 'fixed', name: 'F', size: 1 } },
      { name: 'b', type: { type: 'fixed', name: 'F', size: 2 } },
    );
    expect(problemsOf(twice)).toEqual([
      '#/fields/1/type/name the name "F" is defined a second time; the first is at #/fields/0/type',
    ]);
    const shared = new Map([['other.avsc', read({ type: 'fixed', name: 'F', size: 1 }, new Map(), 'other.avsc')]]);
    expect(problemsOf(record({ name: 'a', type: { type: 'fixed', name: 'F', size: 1 } }), shared)).toEqual([
      '#/fields/0/type/name the name "F" is defined by the reference "other.avsc" too: rename one, or drop the definition here',
    ]);
    const differing = new Map([
      ...shared,
      ['third.avsc', read({ type: 'fixed', name: 'F', size: 2 }, new Map(), 'third.avsc')],
    ]);
    expect(problemsOf(record(), differing)).toEqual([
      '# the name "F" is defined by two references, "other.avsc" and "third.avsc", each its own way: drop one',
    ]);
  });

  it('that are not defined, are primitives, or are no Avro names are refused', () => {
    expect(problemsOf(record({ name: 'a', type: 'x.Missing' }))).toEqual([
      expect.stringMatching(/^#\/fields\/0\/type names the type "x\.Missing", which is not defined before this place/),
    ]);
    expect(problemsOf({ type: 'fixed', name: 'int', size: 1 })).toEqual([
      '#/name "int" is the name of a primitive type',
    ]);
    expect(problemsOf({ type: 'record', name: '1R', fields: [] })).toEqual([
      expect.stringMatching(/^#\/name "1R" is no Avro name/),
    ]);
    expect(problemsOf(record({ name: 'a-b', type: 'int' }))).toEqual([
      expect.stringMatching(/^#\/fields\/0\/name is no Avro name/),
    ]);
    expect(problemsOf({ type: 'record', fields: [] })).toEqual(['# has no "name"']);
  });
});

describe('unions, enums, fields and defaults', () => {
  it('are refused where the specification refuses them, with the place', () => {
    expect(problemsOf(['null', ['int']])).toEqual([
      '#/1 is a union inside a union: list its branches in the outer one',
    ]);
    expect(problemsOf(['int', { type: 'int', logicalType: 'date' }])).toEqual([
      '#/1 is a second branch of type "int": a union holds each type once',
    ]);
    expect(problemsOf([])).toEqual(['# is a union without branches']);
    expect(problemsOf({ type: 'enum', name: 'E', symbols: ['A', 'A'] })).toEqual([
      '#/symbols/1 the symbol "A" stands twice',
    ]);
    expect(problemsOf({ type: 'enum', name: 'E', symbols: ['A'], default: 'B' })).toEqual([
      '#/default is none of the symbols',
    ]);
    expect(problemsOf(record({ name: 'a', type: 'int' }, { name: 'a', type: 'int' }))).toEqual([
      '#/fields/1/name the field "a" stands twice in "R"',
    ]);
    expect(problemsOf(record({ name: 'a', type: 'int', default: 'x' }))).toEqual([
      "#/fields/0/default is no value of the field's type (int)",
    ]);
  });

  it('take a default of any branch, as since 1.12, and bytes as characters', () => {
    expect(problemsOf(record({ name: 'a', type: ['null', 'string'], default: 'x' }))).toEqual([]);
    expect(problemsOf(record({ name: 'a', type: 'bytes', default: 'ÿ' }))).toEqual([]);
    expect(problemsOf(record({ name: 'a', type: 'bytes', default: 'Ā' }))).toHaveLength(1);
    expect(problemsOf(record({ name: 'a', type: 'int', default: 2 ** 31 }))).toHaveLength(1);
  });
});

describe('the normal form', () => {
  it('is the Parsing Canonical Form of the specification', () => {
    const document = read({
      type: 'record',
      name: 'R',
      namespace: 'n',
      doc: 'gone',
      fields: [
        { name: 'a', type: { type: 'int' }, default: 1, aliases: ['x'] },
        { name: 'r', type: ['null', 'R'] },
      ],
    });
    expect(normalForm(document.type)).toBe(
      '{"name":"n.R","type":"record","fields":[{"name":"a","type":"int"},{"name":"r","type":["null","n.R"]}]}',
    );
  });
});
