/** Lengths, patterns and formats of strings: validation §6.3 and §7. */
import type { Differ, Relation, Spot, Two } from '../change.ts';
import type { RuleId } from '../ids.ts';
import { same } from '../same.ts';
import type { Held } from '../view.ts';
import { compareLimits, type Limit } from './count.ts';

const limits: readonly Limit[] = [
  { keyword: 'minLength', absent: 0, raised: 'MIN_LENGTH_RAISED', lowered: 'MIN_LENGTH_LOWERED' },
  {
    keyword: 'maxLength',
    absent: Number.POSITIVE_INFINITY,
    raised: 'MAX_LENGTH_RAISED',
    lowered: 'MAX_LENGTH_LOWERED',
  },
];

const patternRule: Readonly<Record<Relation, RuleId>> = {
  equal: 'PATTERN_EQUIVALENT',
  narrower: 'PATTERN_NARROWED',
  wider: 'PATTERN_WIDENED',
  overlapping: 'PATTERN_CHANGED',
  unknown: 'PATTERN_CHANGED',
};

export function compareStrings(differ: Differ, two: Two, spot: Spot): void {
  compareLimits(differ, two, spot, limits);
  comparePatterns(differ, two, spot);
  compareFormats(differ, two, spot);
}

function comparePatterns(differ: Differ, two: Two, spot: Spot): void {
  const previous = two.previous.held.get('pattern');
  const next = two.next.held.get('pattern');
  if (same(previous?.value, next?.value)) return;
  const asked = differ.relatePatterns(source(previous), source(next));
  const oneSided = previous === undefined ? 'narrower' : next === undefined ? 'wider' : asked;
  const params = { previous: previous?.value ?? null, next: next?.value ?? null };
  const rule = patternRule[asked === 'unknown' ? oneSided : asked];
  differ.emit(rule, two, spot, { previous: previous?.pointer, next: next?.pointer }, params);
}

function source(held: Held | undefined): string | undefined {
  return typeof held?.value === 'string' ? held.value : undefined;
}

function compareFormats(differ: Differ, two: Two, spot: Spot): void {
  const previous = two.previous.held.get('format');
  const next = two.next.held.get('format');
  if (same(previous?.value, next?.value)) return;
  const rule = previous === undefined ? 'FORMAT_ADDED' : next === undefined ? 'FORMAT_REMOVED' : 'FORMAT_CHANGED';
  const params = { previous: previous?.value ?? null, next: next?.value ?? null };
  differ.emit(rule, two, spot, { previous: previous?.pointer, next: next?.pointer }, params);
}
