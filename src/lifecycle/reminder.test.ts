import { describe, expect, test } from 'vitest';
import { addDays } from '../schema/duration.ts';
import { reached, reminderDue } from './reminder.ts';

const sunset = '2026-12-31';

/** Every reminder of a sweep a day, `given` the days on which it ran. */
function reminders(days: readonly string[], reminded?: number): readonly (readonly [string, number])[] {
  let state = reminded;
  return days.flatMap((day) => {
    const due = reminderDue({ sunset, ...(state !== undefined && { reminded: state }) }, day);
    if (!due) return [];
    state = due.reminder;
    return [[day, due.daysLeft] as const];
  });
}
const daily = (from: string, count: number) => Array.from({ length: count }, (_, index) => addDays(from, index));

describe('reminders', () => {
  test('come at 30, 7 and 1 days and on the day, once each', () => {
    expect(reminders(daily('2026-11-01', 90))).toEqual([
      ['2026-12-01', 30],
      ['2026-12-24', 7],
      ['2026-12-30', 1],
      ['2026-12-31', 0],
    ]);
  });
  test('after an outage only the nearest is reminded of, with the days that are truly left', () => {
    expect(reminders(['2026-11-30', '2026-12-26', '2026-12-27', '2026-12-31'])).toEqual([
      ['2026-12-26', 5],
      ['2026-12-31', 0],
    ]);
  });
  test('a sunset that passed during the outage is reminded of once, with none left', () => {
    expect(reminders(['2027-01-05', '2027-01-06'])).toEqual([['2027-01-05', 0]]);
  });
  test('what was reached when the sunset was set brings no reminder', () => {
    expect(reminders(daily('2026-12-20', 14), reached(sunset, '2026-12-20'))).toEqual([
      ['2026-12-24', 7],
      ['2026-12-30', 1],
      ['2026-12-31', 0],
    ]);
  });
});
