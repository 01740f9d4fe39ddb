import { describe, expect, it } from 'vitest';
import type { SchemaDocument } from './document.ts';
import type { Json } from './json.ts';
import { inPlace, ownFields, reach } from './reach.ts';

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

describe('schemas built to fan out', () => {
  const levels = 40;
  const fan = (keyword: (name: string) => Json): Json => ({
    ...(keyword('d0') as object),
    $defs: Object.fromEntries(
      Array.from({ length: levels }, (_, at) => [`d${at}`, at === levels - 1 ? {} : keyword(`d${at + 1}`)]),
    ),
  });

  it('are walked in bounded work, and every schema of them is met', () => {
    const bomb = fan((name) => ({ properties: { a: { $ref: `#/$defs/${name}` }, b: { $ref: `#/$defs/${name}` } } }));
    const met = [...reach(document(bomb))];
    expect(met.length).toBeLessThan(40_000);
    expect(met.some(({ place }) => place.pointer === `/$defs/d${levels - 1}`)).toBe(true);
    expect(ownFields(document(bomb))).toHaveLength(2 * levels);
  });

  it('are looked at once in one place', () => {
    const bomb = document(fan((name) => ({ allOf: [{ $ref: `#/$defs/${name}` }, { $ref: `#/$defs/${name}` }] })));
    const [root] = [...reach(bomb)];
    expect(root && inPlace(root, bomb).length).toBe(1 + 2 * levels + levels);
  });

  it('are walked when they are one long chain', () => {
    const length = 20_000;
    const links = Array.from({ length }, (_, at) => [
      `d${at}`,
      at === length - 1 ? {} : { $ref: `#/$defs/d${at + 1}` },
    ]);
    expect([...reach(document({ $ref: '#/$defs/d0', $defs: Object.fromEntries(links) }))]).toHaveLength(length + 1);
  });
});
