import { describe, expect, it } from 'vitest';
import type { SchemaDocument } from '../../schema/document.ts';
import type { Json } from '../../schema/json.ts';
import { compareHistory } from '../history.ts';

const documentOf = (root: Json): SchemaDocument => ({ root, dialect: '2020-12', bundle: new Map() });

function rules(history: readonly Json[], next: Json) {
  const { comparisons } = compareHistory(history.map(documentOf), documentOf(next));
  return comparisons.map(({ findings }) =>
    findings.filter(({ severity }) => severity === 'error').map(({ rule }) => rule),
  );
}

describe('a name that comes back', () => {
  const v1 = { type: 'object', properties: { id: {}, a: { type: 'string', maxLength: 5 } } };
  const v2 = { type: 'object', properties: { id: {} } };

  it('with other values is named as such against the version that used it', () => {
    const v3 = { type: 'object', properties: { id: {}, a: { type: 'integer' } } };
    expect(rules([v1, v2], v3)).toEqual([[], ['PROPERTY_TYPE_REINTRODUCED']]);
  });

  it('with the same values is no break', () => {
    expect(rules([v1, v2], v1)).toEqual([[], []]);
  });

  it('is an ordinary edit where it never went', () => {
    const v3 = { type: 'object', properties: { id: {}, a: { type: 'integer' } } };
    expect(rules([v1, v1], v3)).toEqual([['TYPE_REPLACED'], ['TYPE_REPLACED']]);
  });

  it('is one finding however much differs below it', () => {
    const deep = (leaf: Json) => ({ type: 'object', properties: { id: {}, a: { properties: { x: leaf, y: leaf } } } });
    expect(rules([deep({ type: 'string' }), v2], deep({ type: 'integer' }))).toEqual([
      [],
      ['PROPERTY_TYPE_REINTRODUCED'],
    ]);
  });
});
