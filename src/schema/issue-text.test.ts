import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { issueText } from './issue-text.ts';

function texts(shape: z.ZodType, value: unknown): readonly string[] {
  return shape.safeParse(value).error?.issues.map(issueText) ?? [];
}

describe('what is wrong with a value', () => {
  it.each([
    ['a missing member', z.object({ a: z.string() }), {}, 'is missing'],
    ['another type', z.string(), 7, 'must be a string'],
    ['a part of a number', z.int(), 0.5, 'must be a whole number'],
    ['a word of no list', z.enum(['publish', 'subscribe']), 'read', 'must be one of "publish", "subscribe"'],
    ['another word than the one', z.literal('x'), 'y', 'must be "x"'],
    ['an unknown member', z.strictObject({}), { a: 1 }, 'does not know "a"'],
    ['no form of several', z.union([z.string(), z.null()]), 7, 'must be a string or null'],
    ['a missing member of several forms', z.object({ a: z.union([z.literal('x'), z.object({})]) }), {}, 'is missing'],
    [
      'the form that was meant, wrong inside',
      z.union([z.literal('x'), z.object({ a: z.object({ b: z.string() }) })]),
      { a: {} },
      'is wrong at /a/b, which is missing',
    ],
    ['a word of no form', z.union([z.literal('x'), z.object({ a: z.string() })]), 'y', 'must be "x" or an object'],
    ['too much', z.string().max(2), 'abc', 'is not right (too big: expected string to have <=2 characters)'],
    ['words of the shape itself', z.string().regex(/x/, 'is no x'), 'y', 'is no x'],
  ])('%s', (_, shape, value, text) => {
    expect(texts(shape, value)).toEqual([text]);
  });

  it('never quotes it', () => {
    for (const shape of [z.int(), z.enum(['a']), z.string().max(2), z.iso.date(), z.union([z.null(), z.boolean()])])
      expect(texts(shape, 'marker-4711').join()).not.toContain('marker-4711');
  });
});
