/**
 * Formats as JavaScript text, for validators that import nothing. A row is an expression that tests the string `v`; it
 * accepts what `schema/format.ts` accepts, which a test proves on words of every kind. RFC 3339 §5.6 for dates and times.
 */
import { type AssertedFormat, assertedFormats, formatExpression } from '../../schema/format.ts';

const dateText = `const dateForm = /* @__PURE__ */ /^(\\d{4})-(\\d{2})-(\\d{2})$/;

function isDate(text) {
  const match = dateForm.exec(text);
  if (match === null) return false;
  const month = +match[2];
  const day = +match[3];
  if (month < 1 || month > 12 || day < 1) return false;
  if (month !== 2) return day <= (month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31);
  const year = +match[1];
  return day <= (year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28);
}`;

const clockText = `function isClock(match) {
  if (match === null) return false;
  const hour = +match[1];
  const minute = +match[2];
  const second = +match[3];
  const zoneHour = +(match[5] ?? 0);
  const zoneMinute = +(match[6] ?? 0);
  if (hour > 23 || minute > 59 || second > 60 || zoneHour > 23 || zoneMinute > 59) return false;
  if (second < 60) return true;
  // a leap second: 23:59:60 in UTC
  const offset = (zoneHour * 60 + zoneMinute) * (match[4] === '-' ? -1 : 1);
  return (hour * 60 + minute - offset + 2880) % 1440 === 1439;
}`;

const timeText = `const timeForm = /* @__PURE__ */ /^(\\d{2}):(\\d{2}):(\\d{2})(?:\\.\\d+)?(?:z|([+-])(\\d{2}):(\\d{2}))$/i;

function isTime(text) {
  return isClock(timeForm.exec(text));
}`;

const isoTimeText = `const isoForm = /* @__PURE__ */ /^(\\d{2}):(\\d{2}):(\\d{2})(?:\\.\\d+)?(?:z|([+-])(\\d{2})(?::?(\\d{2}))?)?$/i;

function isIsoTime(text) {
  return isClock(isoForm.exec(text));
}`;

// a date has ten characters, so that is where the separator stands
const dateTimeText = `function isDateTime(text) {
  const separator = text.charCodeAt(10);
  return (separator === 84 || separator === 116) && isDate(text.slice(0, 10)) && isTime(text.slice(11));
}`;

const isoDateTimeText = `function isIsoDateTime(text) {
  return /^[tT\\s]$/.test(text.charAt(10)) && isDate(text.slice(0, 10)) && isIsoTime(text.slice(11));
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
  time: { test: 'isTime(v)', functions: [clockText, timeText] },
  'iso-time': { test: 'isIsoTime(v)', functions: [clockText, isoTimeText] },
  'date-time': { test: 'isDateTime(v)', functions: [dateText, clockText, timeText, dateTimeText] },
  'iso-date-time': { test: 'isIsoDateTime(v)', functions: [dateText, clockText, isoTimeText, isoDateTimeText] },
  regex: { test: 'isRegex(v)', functions: [regexText] },
  byte: { test: '/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/m.test(v)' },
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
  const definition = formatExpression(name);
  if (definition === undefined) throw new TypeError(`${name} is no regular expression`);
  return String(definition);
}
