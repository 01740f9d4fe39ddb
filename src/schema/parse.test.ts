import { describe, expect, test } from 'vitest';
import type { SchemaDocument } from './document.ts';
import type { Json } from './json.ts';
import { registryLimits } from './limits.ts';
import { type ParseOptions, parseSchema } from './parse.ts';

function problems(source: string | Json, options: ParseOptions = {}): readonly string[] {
  const parsed = parseSchema(typeof source === 'string' ? { text: source } : { value: source }, {
    limits: registryLimits,
    ...options,
  });
  return parsed.ok ? [] : parsed.problems.map(({ rule, pointer }) => `${rule} #${pointer}`);
}

describe('what is refused', () => {
  test('text that is not JSON', () => {
    expect(problems('{"type":')).toEqual(['BODY_NOT_JSON #']);
    expect(problems('')).toEqual(['BODY_NOT_JSON #']);
  });

  test('the message about broken text does not quote it', () => {
    const parsed = parseSchema({ text: '{"secret": tok_4711}' });
    expect(parsed.ok ? '' : parsed.problems[0]?.message).not.toContain('tok');
  });

  test('a value that is no schema', () => {
    expect(problems([])).toContain('SCHEMA_INVALID #');
    expect(problems('3')).toContain('SCHEMA_INVALID #');
  });

  test('an unknown dialect', () => {
    expect(problems({ $schema: 'https://example.org/my-dialect' })).toEqual(['SCHEMA_DIALECT_UNKNOWN #/$schema']);
    expect(problems({ $schema: 7 })).toEqual(['SCHEMA_DIALECT_UNKNOWN #/$schema']);
  });

  test('a keyword of the wrong shape, with its pointer', () => {
    expect(problems({ properties: { a: { minLength: -1 } } })[0]).toMatch(/#\/properties\/a\/minLength$/);
  });

  test('600 levels of nesting', () => {
    const deep = `${'{"not":'.repeat(600)}{}${'}'.repeat(600)}`;
    expect(problems(deep)).toEqual(['SCHEMA_TOO_DEEP #']);
    expect(problems(JSON.parse(deep) as Json)).toEqual(['SCHEMA_TOO_DEEP #']);
  });

  test('more bytes than the limit', () => {
    expect(problems(`"${'x'.repeat(1_000_001)}"`)).toEqual(['SCHEMA_TOO_LARGE #']);
  });

  test('an enum with more members than the limit', () => {
    expect(problems({ enum: Array.from({ length: 10_001 }, (_, index) => index) })).toEqual([
      'SCHEMA_TOO_LARGE #/enum',
    ]);
  });

  test.each([
    ['https://example.org/s.json'],
    ['file:///etc/passwd'],
    ['//example.org/s'],
    ['../other.json'],
    ['http://json-schema.org/draft-07/schema#/definitions/x'],
  ])('a $ref that leaves the document: %s', (reference) => {
    expect(problems({ properties: { a: { $ref: reference } } })).toEqual([
      'SCHEMA_REFERENCE_REMOTE #/properties/a/$ref',
    ]);
  });

  test('a $ref that points at nothing', () => {
    expect(problems({ $ref: '#/$defs/none' })).toEqual(['SCHEMA_REFERENCE_UNRESOLVED #/$ref']);
    expect(problems({ $ref: 'herald://shop/order.placed/3' })).toEqual(['SCHEMA_REFERENCE_UNRESOLVED #/$ref']);
  });

  test('a $ref that leads back to itself in place', () => {
    expect(problems({ $ref: '#' })).toEqual(['SCHEMA_ILL_FOUNDED #']);
    const loop = {
      $ref: '#/$defs/a',
      $defs: { a: { allOf: [{ $ref: '#/$defs/b' }] }, b: { anyOf: [{ $ref: '#/$defs/a' }] } },
    };
    expect(problems(loop).every((problem) => problem.startsWith('SCHEMA_ILL_FOUNDED'))).toBe(true);
    expect(problems(loop).length).toBeGreaterThan(0);
  });

  test('a property called __proto__', () => {
    expect(problems('{"properties":{"__proto__":{"type":"string"}}}')).toEqual([
      'SCHEMA_NAME_FORBIDDEN #/properties/__proto__',
    ]);
  });

  test('half of a surrogate pair', () => {
    expect(problems({ const: '\ud800' })).toEqual(['SCHEMA_TEXT_INVALID #/const']);
  });
});

describe('what is accepted', () => {
  test('recursion that steps into a part of the event', () => {
    expect(problems({ type: 'object', properties: { next: { $ref: '#' } } })).toEqual([]);
  });

  test('properties called constructor and toString', () => {
    expect(problems({ properties: { constructor: { type: 'string' }, toString: {} }, required: ['toString'] })).toEqual(
      [],
    );
  });

  test.each([
    ['http://json-schema.org/draft-04/schema#', 'draft-04'],
    ['https://json-schema.org/draft-07/schema#', 'draft-07'],
    ['http://json-schema.org/draft-07/schema', 'draft-07'],
    ['https://json-schema.org/draft/2019-09/schema', '2019-09'],
    [undefined, '2020-12'],
  ])('%s is %s', (uri, dialect) => {
    const parsed = parseSchema({ value: { ...(uri !== undefined && { $schema: uri }), type: 'string' } });
    expect(parsed.ok && parsed.document.dialect).toBe(dialect);
  });

  test('a reference to a registered version in the bundle', () => {
    const money = parseSchema({ value: { type: 'integer' } });
    if (!money.ok) throw new Error('an integer is a schema');
    const bundle = new Map<string, SchemaDocument>([['herald://shop/money/1', money.document]]);
    expect(problems({ properties: { price: { $ref: 'herald://shop/money/1' } } }, { bundle })).toEqual([]);
  });

  test('an unresolvable reference where the caller can live with it', () => {
    expect(problems({ $ref: 'https://example.org/s.json' }, { closed: false })).toEqual([]);
  });
});
