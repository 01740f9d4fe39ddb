import { describe, expect, it, vi } from 'vitest';
import type { Json } from '../schema/json.ts';
import { compile } from './default-validator.ts';

async function rejections(root: Json, value: Json) {
  const validator = await compile({ root, dialect: '2020-12', bundle: new Map() }, { formats: 'assert' });
  return validator.validate(value);
}

describe('the default validator', () => {
  it('says clearly that a strict Content-Security-Policy forbids it, and what to pass instead', async () => {
    vi.stubGlobal('Function', () => {
      throw new EvalError('Code generation from strings disallowed for this context');
    });
    try {
      await expect(rejections({ type: 'string' }, 'a')).rejects.toMatchObject({
        code: 'VALIDATOR_UNAVAILABLE',
        message: 'This runtime does not run generated code: pass a validator as `compile` or `validators`.',
      });
    } finally {
      vi.unstubAllGlobals();
    }
  });

  it('is not stalled by a pattern', async () => {
    const text = `${'a'.repeat(50_000)}!`;
    for (const pattern of ['^(a+)+$', 'a+a+a+b', '^(a|a)*$'])
      expect((await rejections({ pattern }, text)).map(({ keyword }) => keyword)).toEqual(['pattern']);
  });

  it('is not stalled by references that double with each level', async () => {
    const node = { type: 'object', properties: { a: { $ref: '#/$defs/node' } }, required: ['a'] };
    const root = { $ref: '#/$defs/node', $defs: { node: { anyOf: [node, { ...node, title: 'again' }] } } };
    let event: Json = {};
    for (let level = 0; level < 60; level++) event = { a: event };
    expect((await rejections(root, event)).map(({ keyword }) => keyword)).toEqual(['limit']);
  });

  it('refuses what is deeper than the stack', async () => {
    let event: Json = [];
    for (let level = 0; level < 200_000; level++) event = [event];
    expect((await rejections({ items: { $ref: '#' } }, event)).map(({ keyword }) => keyword)).toEqual(['limit']);
  });

  it('does not take a pattern that only backtracking can match', async () => {
    for (const pattern of ['(a)\\1', '((a{1,50}){1,50}){1,50}c'])
      await expect(rejections({ pattern }, 'aa')).rejects.toThrow('cannot be matched in linear time');
  });
});
