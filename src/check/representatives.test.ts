import { describe, expect, test } from 'vitest';
import { documentOf } from '../../test/support/document.ts';
import type { Verdict } from '../compat/report.ts';
import type { Json } from '../schema/json.ts';
import { asked, type Enforced, type Representatives, representativesOf, settles } from './representatives.ts';

const closed: Enforced = { level: 'BACKWARD_TRANSITIVE', world: 'closed', formats: 'assert' };
const open: Enforced = { ...closed, world: 'open' };

function versions(...roots: readonly Json[]) {
  return roots.map((root, index) => ({ number: index + 1, document: documentOf(root) }));
}

const withFields = (count: number): Json => ({
  properties: Object.fromEntries(Array.from({ length: count }, (_, index) => [`f${index}`, { type: 'string' }])),
});
const growing = (count: number) => versions(...Array.from({ length: count }, (_, index) => withFields(index + 1)));

describe('the versions that answer for the others', () => {
  test('of events that only gain fields: the latest, and the newest whose readers accept more', () => {
    expect(representativesOf(growing(5), closed)).toEqual({
      closedBackward: { numbers: [5] },
      openBackward: { numbers: [5, 4], missing: 3 },
      forward: { numbers: [5] },
    });
  });

  test('where what readers accept is enforced in the open world, more of them are kept', () => {
    expect(representativesOf(growing(5), open)?.openBackward).toEqual({ numbers: [5, 4, 3, 2, 1] });
    const nine = representativesOf(growing(9), open) as Representatives;
    expect(nine.openBackward).toEqual({ numbers: [9, 8, 7, 6, 5, 4, 3, 2], missing: 1 });
    expect(asked(nine, open)).toBeUndefined();
    expect(asked(nine, closed)).toEqual([9, 8, 7, 6, 5, 4, 3, 2]);
  });

  test('a history that grew is what it would be had it been looked at as a whole', () => {
    const all = growing(7);
    const before = representativesOf(all.slice(0, 4), closed) as Representatives;
    const kept = all.filter(
      ({ number }) => number > 4 || Object.values(before).some(({ numbers }) => numbers.includes(number)),
    );
    const grown = representativesOf(kept, closed, { upTo: 4, representatives: before });
    expect(grown).toEqual(representativesOf(all, closed));
  });

  test('a field that went and came back with another type keeps both', () => {
    const text = { properties: { a: { type: 'string' } } };
    const found = representativesOf(versions(text, { properties: { b: true } }), closed);
    expect(found?.closedBackward).toEqual({ numbers: [2, 1] });
  });

  test('the latest answers in place of a version with other words, as that one did', () => {
    const [one, two] = [withFields(1), withFields(2)];
    const found = representativesOf(versions(one, two, { ...(two as object), description: 'Two.' }), closed);
    expect(found).toEqual({
      closedBackward: { numbers: [3] },
      openBackward: { numbers: [3, 1] },
      forward: { numbers: [3] },
    });
  });

  test('none where a place is ignored, or a version refers to another document', () => {
    expect(representativesOf(versions(withFields(1), { 'x-compat': 'ignore' }), closed)).toBeUndefined();
    const [version] = growing(1);
    const bundle = new Map([['herald://shop/a/1', documentOf({})]]);
    const referring = { number: 2, document: { ...documentOf({}), bundle } };
    expect(representativesOf([version!, referring], closed)).toBeUndefined();
  });
});

describe('it is settled', () => {
  type Answers = Readonly<
    Record<'closed' | 'open', readonly [Verdict | readonly [Verdict, number], Verdict | readonly [Verdict, number]]>
  >;
  const answer = (given: Verdict | readonly [Verdict, number]) =>
    typeof given === 'string' ? { verdict: given } : { verdict: given[0], against: given[1] };
  const found = (answers: Answers) => {
    const both = (one: keyof Answers) => ({ backward: answer(answers[one][0]), forward: answer(answers[one][1]) });
    return { closed: both('closed'), open: both('open') };
  };
  const fine = 'compatible';
  const whole: Representatives = {
    closedBackward: { numbers: [9] },
    openBackward: { numbers: [9] },
    forward: { numbers: [9] },
  };
  const part: Representatives = { ...whole, openBackward: { numbers: [9, 8], missing: 5 } };

  test.each<[string, boolean, Enforced, Representatives, Answers]>([
    ['where all is compatible', true, closed, whole, { closed: [fine, fine], open: [fine, fine] }],
    [
      'not where a version that was not asked may break',
      false,
      closed,
      part,
      { closed: [fine, fine], open: [fine, fine] },
    ],
    [
      'where a newer one breaks what is not enforced',
      true,
      closed,
      part,
      { closed: [fine, fine], open: [['incompatible', 8], fine] },
    ],
    ['not where an older one does', false, closed, part, { closed: [fine, fine], open: [['incompatible', 4], fine] }],
    [
      'not where what is enforced is broken',
      false,
      closed,
      whole,
      { closed: [['incompatible', 9], fine], open: [['incompatible', 9], fine] },
    ],
    [
      'not where something is undecided',
      false,
      closed,
      whole,
      { closed: [fine, ['undecided', 9]], open: [fine, fine] },
    ],
    [
      'not in the open world by what was sent in the closed one',
      false,
      open,
      part,
      { closed: [fine, fine], open: [fine, fine] },
    ],
    [
      'where only the other direction breaks',
      true,
      closed,
      whole,
      { closed: [fine, ['incompatible', 9]], open: [fine, ['incompatible', 9]] },
    ],
  ])('%s', (_, expected, enforced, representatives, answers) => {
    expect(settles(representatives, enforced, found(answers))).toBe(expected);
  });
});
