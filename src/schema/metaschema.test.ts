import { expect, test } from 'vitest';
import { dialects } from './document.ts';
import { metaProblems } from './metaschema.ts';

test.each(dialects)('%s: a schema has no problems', (dialect) => {
  const root = {
    type: 'object',
    properties: { a: { $ref: '#/definitions/b' } },
    definitions: { b: { minLength: 1 } },
    'x-any': [1],
  };
  expect(metaProblems(root, dialect)).toEqual([]);
});

test.each(dialects)('%s: what is no schema is refused with its place', (dialect) => {
  const problems = metaProblems({ properties: { a: { minLength: -1 } } }, dialect);
  expect(problems).toMatchObject([{ rule: 'SCHEMA_INVALID', pointer: '/properties/a/minLength' }]);
  expect(metaProblems([], dialect).length).toBeGreaterThan(0);
});

test('each dialect has its own meta-schema', () => {
  expect(metaProblems(true, 'draft-04').length).toBeGreaterThan(0);
  expect(metaProblems(true, 'draft-06')).toEqual([]);
  expect(metaProblems({ exclusiveMinimum: true, minimum: 1 }, 'draft-04')).toEqual([]);
  expect(metaProblems({ exclusiveMinimum: true, minimum: 1 }, 'draft-06')).not.toEqual([]);
  expect(metaProblems({ if: 5 }, 'draft-06')).toEqual([]);
  expect(metaProblems({ if: 5 }, 'draft-07')).not.toEqual([]);
  expect(metaProblems({ items: [true] }, '2019-09')).toEqual([]);
  expect(metaProblems({ items: [true] }, '2020-12')).not.toEqual([]);
});
