import { describe, expect, it } from 'vitest';
import { readYaml } from './yaml.ts';

const flawsOf = (text: string) => {
  const read = readYaml(text);
  return read.ok ? [] : read.flaws.map(({ place, message }) => `${place.line}:${place.column} ${message}`);
};

describe('what JSON cannot hold is refused where it stands', () => {
  it.each<[string, string, readonly string[]]>([
    [
      'an anchor in its own map',
      '{type: object, x-note: &n {self: *n}}',
      ['1:24 the anchor &n holds itself, which JSON cannot'],
    ],
    [
      'an anchor in its own list',
      'type: object\nexamples: &n [*n]\n',
      ['2:11 the anchor &n holds itself, which JSON cannot'],
    ],
    [
      'the root in a property',
      '&r {type: object, properties: {child: *r}}',
      ['1:1 the anchor &r holds itself, which JSON cannot'],
    ],
    ['a merge of itself', 'a: &x\n  <<: *x\n', ['1:4 the anchor &x holds itself, which JSON cannot']],
    [
      'a numeric key',
      'properties:\n  007: {}\n',
      ['2:3 the key 007 is a number in YAML and would be spelt "7"; write it as "007"'],
    ],
    [
      'a hexadecimal key',
      '0x10: 1',
      ['1:1 the key 0x10 is a number in YAML and would be spelt "16"; write it as "0x10"'],
    ],
    [
      'a boolean key',
      'true: 1',
      ['1:1 the key true is a boolean in YAML and would be spelt "true"; write it as "true"'],
    ],
    ['a null key', '~: 1', ['1:1 the key ~ is a null in YAML and would be spelt ""; write it as "~"']],
    ['a missing key', ': 1', ['1:1 a key must be text; this one is missing']],
    ['a complex key', '? [a, b]\n: 1\n', ['1:3 a key must be text; this one is a list, a map or an alias']],
    [
      'an unknown tag',
      'enum: [!include a.txt, !env HOME]',
      [
        '1:8 the tag !include means nothing here: what it should make of the value is not JSON',
        '1:24 the tag !env means nothing here: what it should make of the value is not JSON',
      ],
    ],
    ['two documents', 'a: 1\n---\nb: 2\n', ['2:1 it holds several documents; put each event into a file of its own']],
    ['infinity', 'maximum: .inf', ['1:10 .inf is no number of JSON']],
    [
      'a number beyond a double',
      'maximum: 9007199254740993',
      ['1:10 a number that a double cannot hold exactly; readers would see another one'],
    ],
    [
      'the same in hexadecimal',
      'maximum: 0x20000000000001',
      ['1:10 a number that a double cannot hold exactly; readers would see another one'],
    ],
    ['a set', 'properties: !!set {a, b}', [expect.stringMatching(/^1:13 .*tag:yaml\.org,2002:set/)]],
    ['bytes', 'a: !!binary aGVsbG8=', [expect.stringMatching(/^1:4 .*tag:yaml\.org,2002:binary/)]],
    ['an ordered map', 'a: !!omap [x: 1]', [expect.stringMatching(/^1:4 .*tag:yaml\.org,2002:omap/)]],
    ['a moment', 'a: !!timestamp 2024-01-01', [expect.stringMatching(/^1:4 .*tag:yaml\.org,2002:timestamp/)]],
    [
      'YAML 1.1',
      '%YAML 1.1\n---\nenum: [yes, 2020-01-01]\n',
      ['1:1 it declares YAML 1.1, where "yes" and dates are no text; declare 1.2 or nothing'],
    ],
  ])('%s', (_, text, expected) => expect(flawsOf(text)).toEqual(expected));

  it('also where it nests deeper than the stack', () => {
    expect(flawsOf('['.repeat(200_000))).toEqual(['1:1 it nests deeper than 1000']);
  });
});

describe('what JSON can hold is read', () => {
  it.each<[string, string, unknown]>([
    ['an alias beside its anchor', 'a: &x {b: 1}\nc: *x\n', { a: { b: 1 }, c: { b: 1 } }],
    ['a merge', 'a: &x {b: 1}\nc: {<<: *x, d: 2}\n', { a: { b: 1 }, c: { b: 1, d: 2 } }],
    ['quoted keys', '"007": 1\n"true": 2\n"~": 3\n', { '007': 1, true: 2, '~': 3 }],
    ['a tag that is known', 'a: !!str 5', { a: '5' }],
    ['signs and bare points', 'a: [+1, +.5, 1., 007, 0x10]', { a: [1, 0.5, 1, 7, 16] }],
    ['words and dates', 'enum: [no, off, 2020-01-01]', { enum: ['no', 'off', '2020-01-01'] }],
  ])('%s', (_, text, value) => {
    const read = readYaml(text);
    expect(read.ok && read.value).toEqual(value);
  });
});
