import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import { issueText } from './issue-text.ts';

function told(shape: z.ZodType, value: unknown): readonly string[] {
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
    ['no form of several', z.union([z.string(), z.null()]), 7, 'has none of the forms it may have'],
    ['too much', z.string().max(2), 'abc', 'is not right (too big: expected string to have <=2 characters)'],
    ['words of the shape itself', z.string().regex(/x/, 'is no x'), 'y', 'is no x'],
  ])('%s', (_, shape, value, text) => {
    expect(told(shape, value)).toEqual([text]);
  });

  it('never quotes it', () => {
    for (const shape of [z.int(), z.enum(['a']), z.string().max(2), z.iso.date(), z.union([z.null(), z.boolean()])])
      expect(told(shape, 'marker-4711').join()).not.toContain('marker-4711');
  });
});
