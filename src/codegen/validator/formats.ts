/**
 * Formats as JavaScript text, for validators that import nothing. A row is an expression that tests the string `v`; it
 * accepts what `schema/format.ts` accepts, which a test proves on words of every kind. RFC 3339 §5.6 for dates and times.
 */
import { fullFormats } from 'ajv-formats/dist/formats.js';
import { type AssertedFormat, assertedFormats } from '../../schema/format.ts';

const dateText = `function isDate(text) {
  const match = /^(\\d{4})-(\\d{2})-(\\d{2})$/.exec(text);
  if (!match) return false;
  const [year, month, day] = match.slice(1).map(Number);
  const leap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month >= 1 && month <= 12 && day >= 1 && day <= [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1];
}`;

const timeText = `function isTime(text, zoned) {
  const match = /^(\\d{2}):(\\d{2}):(\\d{2}(?:\\.\\d+)?)(?:(z)|([+-])(\\d{2})(?::?(\\d{2}))?)?$/i.exec(text);
  if (!match) return false;
  const [hour, minute, second] = match.slice(1, 4).map(Number);
  const [zulu, sign, hours = '0', minutes = '0'] = match.slice(4);
  if (Number(hours) > 23 || Number(minutes) > 59 || (zoned && !zulu && !sign)) return false;
  if (hour <= 23 && minute <= 59 && second < 60) return true;
  // a leap second: 23:59:60 in UTC
  const direction = sign === '-' ? -1 : 1;
  const utcMinute = minute - Number(minutes) * direction;
  const utcHour = hour - Number(hours) * direction - (utcMinute < 0 ? 1 : 0);
  return (utcHour === 23 || utcHour === -1) && (utcMinute === 59 || utcMinute === -1) && second < 61;
}`;

const dateTimeText = `function isDateTime(text, separator, zoned) {
  const parts = text.split(separator);
  return parts.length === 2 && isDate(parts[0]) && isTime(parts[1], zoned);
}`;

const regexText = `function isRegex(text) {
  if (/[^\\\\]\\\\Z/.test(text)) return false;
  try {
    new RegExp(text);
    return true;
  } catch {
    return false;
  }
}`;

interface FormatRow {
  readonly test: string;
  readonly functions?: readonly string[];
}

const written: Partial<Record<AssertedFormat, FormatRow>> = {
  date: { test: 'isDate(v)', functions: [dateText] },
  time: { test: 'isTime(v, true)', functions: [timeText] },
  'iso-time': { test: 'isTime(v, false)', functions: [timeText] },
  'date-time': { test: 'isDateTime(v, /t|\\s/i, true)', functions: [dateText, timeText, dateTimeText] },
  'iso-date-time': { test: 'isDateTime(v, /t|\\s/i, false)', functions: [dateText, timeText, dateTimeText] },
  regex: { test: 'isRegex(v)', functions: [regexText] },
  byte: { test: '/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/m.test(v)' },
  // a reference with a scheme; Ajv also wants something before `?` and `#`, and no quotation marks
  uri: { test: `/^[a-z][a-z0-9+.-]*:[^?#"][^"]*$/i.test(v) && ${expression('uri-reference')}.test(v)` },
  url: { test: `v.length <= 8192 && ${expression('url')}.test(v)` },
};

/** What tests `v` for `format`, and the functions it calls; undefined for a format that only annotates. */
export function formatTest(format: string): FormatRow | undefined {
  const name = assertedFormats.find((known) => known === format);
  if (name === undefined) return undefined;
  return written[name] ?? { test: `${expression(name)}.test(v)` };
}

/** The regular expression behind a format, as a literal: grammars are facts, and one copy of them is enough. */
function expression(name: AssertedFormat): string {
  const definition: unknown = fullFormats[name];
  if (!(definition instanceof RegExp)) throw new TypeError(`${name} is no regular expression in ajv-formats any more`);
  return String(definition);
}
