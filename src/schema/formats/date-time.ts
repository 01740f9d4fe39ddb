/**
 * `date`, `time` and `date-time`: RFC 3339 §5.6, with the days that months have and leap seconds where they may be (§5.7). The names
 * with `iso-` are ISO 8601 as many programs write it: the offset may be left out or shortened, and a space may stand for the `T`.
 */
const dateForm = /^(\d{4})-(\d{2})-(\d{2})$/;
const strictForm = /^(\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(?:z|([+-])(\d{2}):(\d{2}))$/i;
const isoForm = /^(\d{2}):(\d{2}):(\d{2})(?:\.\d+)?(?:z|([+-])(\d{2})(?::?(\d{2}))?)?$/i;

const minutesPerDay = 1_440;
const lengthOfDate = 10;

export function isDate(text: string): boolean {
  const [year, month, day] = numbers(dateForm.exec(text));
  if (year === undefined || month === undefined || day === undefined) return false;
  return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
}

export function isTime(text: string): boolean {
  return isClock(strictForm.exec(text));
}

export function isIsoTime(text: string): boolean {
  return isClock(isoForm.exec(text));
}

export function isDateTime(text: string): boolean {
  return /^[tT]$/.test(text.charAt(lengthOfDate)) && isDate(text.slice(0, lengthOfDate)) && isTime(timeOf(text));
}

export function isIsoDateTime(text: string): boolean {
  return /^[tT\s]$/.test(text.charAt(lengthOfDate)) && isDate(text.slice(0, lengthOfDate)) && isIsoTime(timeOf(text));
}

function timeOf(text: string): string {
  return text.slice(lengthOfDate + 1);
}

function numbers(match: readonly (string | undefined)[] | null): readonly number[] {
  return (match ?? []).slice(1).map(Number);
}

function daysIn(year: number, month: number): number {
  if (month !== 2) return [4, 6, 9, 11].includes(month) ? 30 : 31;
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
}

function isClock(match: readonly (string | undefined)[] | null): boolean {
  if (match === null) return false;
  const [, hour = 0, minute = 0, second = 0, , zoneHour = 0, zoneMinute = 0] = match.map((part) => Number(part ?? 0));
  if (hour > 23 || minute > 59 || second > 60 || zoneHour > 23 || zoneMinute > 59) return false;
  if (second < 60) return true;
  // a leap second is inserted at 23:59:60 in UTC, whatever the clock shows there
  const offset = (zoneHour * 60 + zoneMinute) * (match[4] === '-' ? -1 : 1);
  return (hour * 60 + minute - offset + 2 * minutesPerDay) % minutesPerDay === minutesPerDay - 1;
}
