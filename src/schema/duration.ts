/** ISO 8601 durations in whole days: retention, notice periods. A month counts 30 days and a year 365, rounded so in contracts. */

const form = /^P(?=\d)(?:(\d{1,4})Y)?(?:(\d{1,5})M)?(?:(\d{1,5})W)?(?:(\d{1,6})D)?$/;

/** Days in `duration`, or undefined where it is none. `permanent` is Infinity. */
export function durationDays(duration: string): number | undefined {
  if (duration === 'permanent') return Number.POSITIVE_INFINITY;
  const match = form.exec(duration);
  if (!match) return undefined;
  const [years, months, weeks, days] = match.slice(1).map((part) => Number(part ?? 0));
  return years! * 365 + months! * 30 + weeks! * 7 + days!;
}

const millisecondsPerDay = 86_400_000;
const timeForm = /^PT(?=\d)(?:(\d{1,5})H)?(?:(\d{1,6})M)?(?:(\d{1,8})S)?$/;

/** Milliseconds in `duration`, in days or in hours, minutes and seconds (`PT2M`); undefined where it is none. */
export function durationMs(duration: string): number | undefined {
  const days = durationDays(duration);
  if (days !== undefined) return days * millisecondsPerDay;
  const match = timeForm.exec(duration);
  if (!match) return undefined;
  const [hours, minutes, seconds] = match.slice(1).map((part) => Number(part ?? 0));
  return ((hours! * 60 + minutes!) * 60 + seconds!) * 1_000;
}

/** The calendar date (`YYYY-MM-DD`, UTC) `days` after `date`. */
export function addDays(date: string, days: number): string {
  return new Date(Date.parse(`${date}T00:00:00Z`) + days * millisecondsPerDay).toISOString().slice(0, 10);
}

/** Whole days from one calendar date to another, negative when `to` is earlier. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / millisecondsPerDay);
}

export function isDate(text: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
}
