import { describe, expect, it } from 'vitest';
import type { SchemaDocument } from './document.ts';
import type { Json } from './json.ts';
import { reach } from './reach.ts';

function document(root: Json, bundle: ReadonlyMap<string, SchemaDocument> = new Map()): SchemaDocument {
  return { root, dialect: '2020-12', bundle };
}

function reached(of: SchemaDocument): string[] {
  return [...reach(of)].map(({ instance, place }) => `${instance} ${place.pointer}`);
}

describe('what an event reaches', () => {
  it('is each part with each schema that applies to it', () => {
    const schema = {
      properties: { a: { $ref: '#/$defs/x' } },
      items: true,
      additionalProperties: { allOf: [{ type: 'string' }] },
      $defs: { x: { type: 'string' }, unused: {} },
    };
    expect(reached(document(schema))).toEqual([
      ' ',
      '/a /properties/a',
      '/a /$defs/x',
      '/* /items',
      '/* /additionalProperties',
      '/* /additionalProperties/allOf/0',
    ]);
  });

  it('leaves out what it must not be, and the names of properties', () => {
    expect(reached(document({ not: { properties: { a: {} } }, propertyNames: { pattern: '^a' } }))).toEqual([' ']);
  });

  it('goes into other subjects', () => {
    const other = document({ properties: { b: {} } });
    const found = reached(document({ $ref: 'herald://demo/other/1' }, new Map([['herald://demo/other/1', other]])));
    expect(found).toEqual([' ', ' ', '/b /properties/b']);
  });

  it('sees a shared definition at each of its uses', () => {
    const schema = { properties: { a: { $ref: '#/$defs/x' }, b: { $ref: '#/$defs/x' } }, $defs: { x: {} } };
    expect(reached(document(schema)).filter((line) => line.endsWith('/$defs/x'))).toEqual([
      '/a /$defs/x',
      '/b /$defs/x',
    ]);
  });

  it('ends where a schema leads back into itself', () => {
    expect(reached(document({ properties: { next: { $ref: '#' } } }))).toEqual([' ', '/next /properties/next']);
  });
});
