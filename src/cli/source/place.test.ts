import { describe, expect, it } from 'vitest';
import { locateInJson } from './place.ts';
import { locateInTypeScript } from './typescript-places.ts';
import { readYaml } from './yaml.ts';

/** The text of the line, from the column on. */
function at(text: string, { line, column }: { line: number; column: number }): string {
  return text.split(/\r?\n/)[line - 1]!.slice(column - 1);
}

describe('JSON', () => {
  it('points at the name of a member, also with CRLF', () => {
    const text = '{\r\n  "properties": {\r\n    "a/b": { "type": "string" }\r\n  }\r\n}';
    expect(at(text, locateInJson(text)('/properties/a~1b/type'))).toBe('"type": "string" }');
    expect(at(text, locateInJson(text)('/properties/a~1b/gone/deeper'))).toBe('"a/b": { "type": "string" }');
  });

  it('points at the flaw of what is no JSON', () => {
    const text = '{\n  "a": 1,\n}';
    expect(locateInJson(text)('')).toEqual({ line: 3, column: 1 });
  });
});

describe('YAML', () => {
  const text = [
    '$defs:',
    '  money: &money',
    '    type: object',
    '    properties:',
    '      amount: {type: number, description: "flow, in one line"}',
    'description: |',
    '  A block scalar: with a colon',
    '  properties: none',
    'properties:',
    '  total: *money',
    '  refund:',
    '    <<: *money',
    '    description: What is paid back.',
    '  list:',
    '    enum:',
    '      - a',
    '      - b',
  ].join('\n');
  const bomb = Array.from({ length: 9 }, (_, level) =>
    level === 0 ? 'a0: &a0 x' : `a${level}: &a${level} [${`*a${level - 1},`.repeat(9)}]`,
  ).join('\n');
  const read = readYaml(text);
  if (!read.ok) throw new Error(read.flaws[0].message);
  const { value, locate } = read;

  it.each([
    ['/properties/total', 'total: *money'],
    ['/properties/total/properties/amount/type', 'type: number, description: "flow, in one line"}'],
    ['/properties/refund/properties/amount', 'amount: {type: number, description: "flow, in one line"}'],
    ['/properties/refund/description', 'description: What is paid back.'],
    ['/properties/list/enum/1', 'b'],
    ['/properties/list/enum/7', 'enum:'],
    ['/description', 'description: |'],
  ])('%s', (pointer, expected) => {
    expect(at(text, locate(pointer))).toBe(expected);
  });

  it('merges what << names', () => {
    expect(value).toHaveProperty('properties.refund', {
      type: 'object',
      properties: { amount: { type: 'number', description: 'flow, in one line' } },
      description: 'What is paid back.',
    });
  });

  it.each([
    ['a: [1', 1, 6, /Flow sequence/],
    ['a: 1\na: 2', 2, 1, /unique/],
    [bomb, 1, 1, /alias/i],
    ['maximum: 12345678901234567891', 1, 10, /double cannot hold/],
  ])('%j cannot be read, and says where', (bad, line, column, message) => {
    const refused = readYaml(bad);
    expect(refused).toMatchObject({
      ok: false,
      flaws: [{ place: { line, column }, message: expect.stringMatching(message) }],
    });
  });
});

describe('TypeScript', () => {
  const text = [
    "import { Address } from './address.ts';",
    '// amount: in a comment',
    'const Money = z.object({ amount: z.number(), currency: z.string() });',
    'export default defineEvent({',
    "  subject: 'order.placed', title: 'amount: in a text', producer: 'orders',",
    '  payload: z.object({',
    '    id: z.uuid(),',
    '    lines: z.array(z.object({ id: z.string(), price: Money })),',
    "    'ship-to': Address,",
    '    amount: z.number(),',
    '  }),',
    '});',
  ].join('\n');
  const locate = locateInTypeScript(text);

  it.each([
    ['/properties/id/type', 'id: z.uuid(),'],
    ['/properties/amount', 'amount: z.number(),'],
    ['/properties/lines/items/properties/id', 'id: z.string(), price: Money })),'],
    ['/properties/lines/items/properties/price/properties/amount/type', 'amount: z.number(), currency: z.string() });'],
    ['/properties/ship-to/properties/street', "'ship-to': Address,"],
    ['/x-contract/producer', "producer: 'orders',"],
    ['/title', "title: 'amount: in a text', producer: 'orders',"],
  ])('%s', (pointer, expected) => {
    expect(at(text, locate(pointer))).toBe(expected);
  });

  it('points at the beginning where the file spells nothing of it', () => {
    expect(locate('/properties/unheard')).toEqual({ line: 1, column: 1 });
  });
});
