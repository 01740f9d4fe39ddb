import { describe, expect, it } from 'vitest';
import { active, dialectOf, dialectUri, isForeign, keywordRow } from './dialect.ts';
import { dialects } from './document.ts';

describe('a dialect', () => {
  it('knows the keywords of its own time only', () => {
    expect(keywordRow('const', 'draft-04')).toBeUndefined();
    expect(keywordRow('const', 'draft-06')).toBeDefined();
    expect(keywordRow('prefixItems', '2019-09')).toBeUndefined();
    expect(keywordRow('additionalItems', '2020-12')).toBeUndefined();
    expect(keywordRow('dependencies', '2019-09')).toBeUndefined();
    expect(keywordRow('toString', '2020-12')).toBeUndefined();
    expect(isForeign('prefixItems', 'draft-07')).toBe(true);
    expect(isForeign('x-unit', 'draft-07')).toBe(false);
  });

  it('lets a $ref silence its siblings up to draft-07, but not the definitions', () => {
    const schema = { $ref: '#/definitions/a', minimum: 1, definitions: { a: {} } };
    expect(active(schema, 'minimum', 'draft-07')).toBeUndefined();
    expect(active(schema, 'definitions', 'draft-07')).toEqual({ a: {} });
    expect(active(schema, 'minimum', '2019-09')).toBe(1);
  });

  it('is named by its URI, with either scheme and with or without a fragment', () => {
    for (const dialect of dialects) expect(dialectOf(dialectUri(dialect))).toBe(dialect);
    expect(dialectOf('https://json-schema.org/draft-07/schema')).toBe('draft-07');
    expect(dialectOf('https://json-schema.org/draft/2021-01/schema')).toBeUndefined();
  });
});
