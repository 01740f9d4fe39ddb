import { describe, expect, it } from 'vitest';
import type { Dialect } from './document.ts';
import type { Json } from './json.ts';
import { walk } from './walk.ts';

function pointers(root: Json, dialect: Dialect): readonly string[] {
  return [...walk(root, dialect)].map((visited) => visited.pointer);
}

describe('the walk', () => {
  it('visits schemas, not values that look like them', () => {
    const root = {
      properties: { const: { enum: [{ not: {} }] }, 'a/b': true },
      const: { not: {} },
      default: { type: 'string' },
      'x-other': { not: {} },
    };
    expect(pointers(root, '2020-12')).toEqual(['', '/properties/const', '/properties/a~1b']);
  });

  it('follows the dialect: tuples, dependencies, siblings of $ref', () => {
    const tuple = { items: [{}, {}], additionalItems: {}, prefixItems: [{}] };
    expect(pointers(tuple, 'draft-07')).toEqual(['', '/items/0', '/items/1', '/additionalItems']);
    expect(pointers(tuple, '2020-12')).toEqual(['', '/prefixItems/0']);
    expect(pointers({ dependencies: { a: ['b'], c: {} } }, 'draft-07')).toEqual(['', '/dependencies/c']);
    expect(pointers({ $ref: '#', not: {}, definitions: { a: {} } }, 'draft-07')).toEqual(['', '/definitions/a']);
    expect(pointers({ $ref: '#', not: {} }, '2019-09')).toEqual(['', '/not']);
  });

  it('survives any depth', () => {
    let deep: Json = {};
    for (let level = 0; level < 20_000; level++) deep = { not: deep };
    let visited = 0;
    for (const _ of walk(deep, '2020-12', (at) => at.depth > 5)) visited++;
    expect(visited).toBe(7);
  });

  it('reads an embedded resource in its own dialect', () => {
    const root = {
      $defs: { old: { $id: 'http://x.org/o', $schema: 'http://json-schema.org/draft-07/schema#', items: [{}] } },
    };
    expect(pointers(root, '2020-12')).toEqual(['', '/$defs/old', '/$defs/old/items/0']);
  });
});
