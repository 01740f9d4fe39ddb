import { expect, test } from 'vitest';
import { canonicalize } from './canonical.ts';
import type { Json } from './json.ts';

test('every unit of text is written as JSON writes it, alone and beside others', () => {
  const units = Array.from({ length: 0x10000 }, (_, unit) => String.fromCharCode(unit));
  for (const unit of [...units, '\u{1f600}', '']) {
    if (canonicalize(`a${unit}`) !== JSON.stringify(`a${unit}`)) expect.unreachable(unit.charCodeAt(0).toString(16));
  }
});

test.each<[Json, string]>([
  [{ b: [1, null, 'x'], a: { d: true, c: {} } }, '{"a":{"c":{},"d":true},"b":[1,null,"x"]}'],
  [{ 'a"b': 1, '\n': 2, '': 3 }, '{"":3,"\\n":2,"a\\"b":1}'],
  [{ '\u{1f600}': 1, '\uffff': 2 }, '{"\u{1f600}":1,"\uffff":2}'],
  [[[], [[]], ''], '[[],[[]],""]'],
  [1e21, '1e+21'],
])('%j is written in one way', (value, text) => {
  expect(canonicalize(value)).toBe(text);
});
