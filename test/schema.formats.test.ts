import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { assertedFormats, formatPredicate } from '../src/schema/format.ts';

function accepts(name: string, text: string): boolean {
  const predicate = formatPredicate(name);
  if (predicate === undefined) throw new Error(`${name} is not asserted`);
  return predicate(text);
}

/** A row is a format, what its RFC allows, and what it does not. */
const cases: readonly (readonly [format: string, valid: readonly string[], invalid: readonly string[]])[] = [
  [
    'date-time',
    [
      '1985-04-12T23:20:50.52Z',
      '1996-12-19t16:39:57-08:00',
      '1990-12-31T23:59:60z',
      '1990-12-31T15:59:60-08:00',
      '2024-02-29T00:00:00+23:59',
      '1998-12-31T23:59:60.5Z',
    ],
    [
      '1985-04-12T23:60:00+00:01',
      '2024-01-15T14:30:00+0530',
      '2024-01-15T14:30:00+05',
      '2024-01-15T24:00:00Z',
      '2024-01-15T24:59:60+01:00',
      '2024-01-15 14:30:00Z',
      '2024-01-15T14:30Z',
      '2024-01-15T14:30:00',
      '2024-01-15T14:30:00+05:60',
      '2024-01-15T14:30:00+24:00',
      '2023-02-29T00:00:00Z',
      '1990-12-31T23:58:60Z',
      '1990-12-31T23:59:60+01:00',
      '2024-01-15T14:30:00.Z',
      '2024-01-15T14:30:00Z\n',
    ],
  ],
  ['time', ['00:29:60-23:30', '01:29:60+01:30', '00:00:00+00:00'], ['23:59:60', '12:00:00+0100', '12:60:00Z']],
  ['iso-time', ['12:00:00', '12:00:00+0100', '12:00:00+01', '23:59:60'], ['24:00:00', '12:60:00+00:01']],
  ['iso-date-time', ['2024-01-15 14:30:00', '2024-01-15T14:30:00+0530'], ['2024-01-15', '2024-01-15T24:00:00']],
  [
    'email',
    [
      '"joe bloggs"@example.com',
      '"joe@bloggs\\""@example.com',
      'joe@[127.0.0.1]',
      'joe@[IPv6:2001:db8::1]',
      'joe@localhost',
      'a+b@x.y.z',
    ],
    [
      'joe@[127.0.0.300]',
      'joe@[IPv6:2001:db8::1::2]',
      '.joe@example.com',
      'joe.@example.com',
      'jo..e@example.com',
      'joe@-example.com',
      'joe@example.com.',
      '"joe"bloggs@example.com',
      '"jo\ne"@example.com',
      'zoë@example.com',
      'joe@',
      '2962',
    ],
  ],
  ['idn-email', ['실례@실례.테스트', 'joe@example.com', '"zoë b"@例子.example'], ['2962', '실례@', 'a b@例子.example']],
  [
    'uri',
    [
      'http://foo.bar/?baz=qux#quux',
      'urn:oasis:names:specification:docbook:dtd:xml:4.1.2',
      'a:',
      'a:?q',
      'a:#',
      'file:///etc/hosts',
      'http://',
      'http://[::1]:80/',
      'http://[v1.fe:x]/',
      'http://1.2.3.256/',
      "http://a/%41'()",
    ],
    [
      '',
      '/abc',
      'a',
      '1a:b',
      'a:/[::1]',
      'a:b[',
      'a://[1::2::3]/',
      'a://[1.2.3.4]/',
      'a://[::01.2.3.4]/',
      'a://b:c/',
      'a:b"',
      'a:b c',
      'a:%4',
      'a:b\\c',
      'a:é',
      'a:b##',
      'a:b\n',
    ],
  ],
  [
    'uri-reference',
    ['', '/a', '//a', '#', '?', 'a/b:c', './a:b', 'a:b'],
    [':', ':a', '1:b', '//[::1', 'a"b', 'é', '#"'],
  ],
  [
    'uri-template',
    ['', "it's", 'http://example.com/{term:1}/{term*}', '{+a.b,c}', '{?x,y:9999}', '{%41}', 'http://[::1]/é\u{E000}'],
    [
      '{',
      '}',
      '{}',
      '{a',
      '{a:0}',
      '{a:10000}',
      '{a.}',
      '{.a..b}',
      '{a-b}',
      'a b',
      'a"',
      'a<b',
      '%4',
      '\u{7F}',
      '\u{FFFE}',
    ],
  ],
  [
    'iri',
    ['http://ƒøø.ßår/?∂éœ=πîx#πîüx', 'urn:é', 'http://[2001:db8::1]/', 'a:?\u{E000}'],
    [
      'âππ',
      '/abc',
      'http://2001:0db8:85a3::7334',
      'http://ƒøø bar',
      'http://a/%zz',
      'a:#\u{E000}',
      'http://a/\u{FDD0}',
    ],
  ],
  [
    'iri-reference',
    ['âππ', '/é#ü', '', '//ß/ü', '#ƒrägmênt', 'a:b'],
    ['\\\\WINDOWS\\filëßåré', '#ƒräg\\mênt', ':é', 'a b'],
  ],
];

test.each(cases)('%s', (format, valid, invalid) => {
  expect(valid.filter((text) => !accepts(format, text))).toEqual([]);
  expect(invalid.filter((text) => accepts(format, text))).toEqual([]);
});

/** Formats whose definition is that of ajv-formats, in its mode `full`. */
const inherited = assertedFormats.filter((name) => !cases.some(([own]) => own === name));

test.each(inherited)('%s is what others take it for', (name) => {
  const ajv = new Ajv2020({ strict: false });
  addFormats.default(ajv, { mode: 'full' });
  const theirs = ajv.compile({ type: 'string', format: name });
  const letters = fc.constantFrom(...'09aZ:/.-+%@ T[]#{}~^$\\\né😀');
  const text = fc.string({ unit: letters, maxLength: 12 });
  fc.assert(
    fc.property(text, (word) => {
      expect([word, accepts(name, word)]).toEqual([word, theirs(word)]);
    }),
  );
});

/** Addresses as they are written, and what is nearly one. */
const address = fc
  .array(
    fc.constantFrom('http', 'a', ':', '/', '//', '@', '[::1]', '1.2.3.256', '?', '#', '%41', '%', "'", '"', 'é', '{b}'),
    {
      maxLength: 9,
    },
  )
  .map((parts) => parts.join(''));

test.each([
  ['uri', 'iri'],
  ['uri', 'uri-reference'],
  ['uri-reference', 'iri-reference'],
  ['iri', 'iri-reference'],
  ['iri-reference', 'uri-template'],
])('each %s is of the format %s', (narrow, wide) => {
  fc.assert(
    fc.property(address, (text) => {
      if (accepts(narrow, text)) expect([text, accepts(wide, text)]).toEqual([text, true]);
    }),
    { numRuns: 3_000 },
  );
});

test.each([
  ['uri', 'iri'],
  ['uri-reference', 'iri-reference'],
])('a text in ASCII is %s where it is %s', (ascii, international) => {
  const text = address.filter((word) => /^[ -~]*$/.test(word));
  fc.assert(
    fc.property(text, (word) => {
      expect([word, accepts(ascii, word)]).toEqual([word, accepts(international, word)]);
    }),
    { numRuns: 3_000 },
  );
});

test('long texts take no longer than their length', () => {
  for (const name of assertedFormats)
    for (const text of [
      'a'.repeat(50_000),
      `${'a.'.repeat(25_000)}@`,
      `"${'\\a'.repeat(25_000)}`,
      '/ä'.repeat(25_000),
      `a:${'%41'.repeat(16_000)}\\`,
    ]) {
      const start = process.cpuUsage();
      accepts(name, text);
      expect([name, process.cpuUsage(start).user < 500_000]).toEqual([name, true]);
    }
});
