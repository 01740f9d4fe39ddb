/** When a sunset is reminded of. A row is a number of days before it; the sweeper says each once, and catching up only the nearest. */
import { daysBetween } from '../schema/duration.ts';

export const reminderDays = [30, 7, 1, 0] as const;

/** The reminder whose time has come by `today`: the nearest to the sunset. Undefined while even the first is ahead. */
export function reached(sunset: string, today: string): number | undefined {
  const left = daysBetween(today, sunset);
  return reminderDays.filter((days) => left <= days).at(-1);
}

/** The reminder to give now, unless it or a nearer one was given already. */
export function reminderDue(plan: { readonly sunset: string; readonly reminded?: number }, today: string) {
  const nearest = reached(plan.sunset, today);
  if (nearest === undefined || (plan.reminded !== undefined && plan.reminded <= nearest)) return undefined;
  return { reminder: nearest, daysLeft: Math.max(0, daysBetween(today, plan.sunset)) };
}
