import { expect, test } from 'vitest';
import { matchesSubject, parseSubject, patternProblem, qualifiedPatternProblem } from './subject.ts';

test('a suffix names the line; without one it is the first', () => {
  expect(parseSubject('parliament.motionScheduled.v2')).toMatchObject({
    type: 'parliament.motionScheduled',
    major: 2,
    suffixed: true,
    domain: 'parliament',
  });
  expect(parseSubject('session.created')).toMatchObject({ type: 'session.created', major: 1, suffixed: false });
  expect(parseSubject('session.v0')).toMatchObject({ type: 'session.v0', major: 1 });
});

test.each(['', '.a', 'a.', 'a..b', 'a/b', '../a', 'a b', 'a\n', '1a', 'x'.repeat(201), "a'; drop table"])(
  '%j is no name',
  (name) => {
    expect(parseSubject(name)).toBeUndefined();
  },
);

test.each([
  ['agent.run.*', 'agent.run.started', true],
  ['agent.run.*', 'agent.run.started.late', false],
  ['agent.**', 'agent.run.started', true],
  ['agent.>', 'agent.run', true],
  ['agent.**', 'agent', false],
  ['*', 'agent', true],
  ['agent.run', 'agent.runs', false],
  ['*', 'agent.run.started.v2', true],
  ['agent.run.*', 'agent.run.started.v2', true],
  ['agent.*', 'agent.run.v2', true],
  ['agent.run', 'agent.run.v2', false],
  ['agent.run.*', 'agent.run.v2', true],
  ['agent.*', 'agent.run.started.v2', false],
])('%s matches %s: %s', (pattern, subject, matches) => {
  expect(matchesSubject(pattern, subject)).toBe(matches);
});

test.each(['order.placed', 'order.*', '*.placed', '**', '>', '*', 'a_b-c.D1.**'])('%s can match', (pattern) => {
  expect([patternProblem(pattern), qualifiedPatternProblem(`shop/${pattern}`)]).toEqual([undefined, undefined]);
});

test.each(['', 'order.', '.placed', 'a..b', 'ord*', '**.placed', 'a.>.b', 'a b', 'shop/order'])(
  '%j matches nothing',
  (pattern) => {
    expect(patternProblem(pattern)).toMatch(/^".*" matches nothing: /);
  },
);

test.each(['order.*', 'shop/', 'Shop/order', 'a/b/c', 'shop/ord*'])(
  '%s matches nothing as one with a catalog',
  (pattern) => {
    expect(qualifiedPatternProblem(pattern)).toMatch(/^".*" matches nothing: /);
  },
);
