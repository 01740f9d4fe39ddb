/**
 * What each `format` means: the definitions of `schema/format.ts` as languages. Names that are not here are annotations, as are
 * those that speak of numbers (int32, double, …) and those that ask for nothing (password, binary).
 */
import { type AssertedFormat, formatExpression, formatPredicate } from '../../schema/format.ts';

interface Tested {
  /** What the validators run. */
  readonly test: (text: string) => boolean;
  readonly hints: readonly string[];
}

export type FormatRow = Tested &
  (
    | { readonly kind: 'exact'; readonly pattern: string; readonly flags?: string }
    /** under ⊆ accepted ⊆ over; `reason` says why it is not exact. */
    | { readonly kind: 'approximate'; readonly over: string; readonly under: string; readonly reason: string }
  );

const leapYear = '(?:\\d\\d(?:0[48]|[2468][048]|[13579][26])|(?:[02468][048]|[13579][26])00)';
const months = [
  '(?:0[13578]|1[02])-(?:0[1-9]|[12]\\d|3[01])',
  '(?:0[469]|11)-(?:0[1-9]|[12]\\d|30)',
  '02-(?:0[1-9]|1\\d|2[0-8])',
].join('|');
const date = `(?:\\d{4}-(?:${months})|${leapYear}-02-29)`;

const fraction = '(?:\\.\\d+)?';
const clock = `(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d${fraction}`;
const offset = '[+-](?:[01]\\d|2[0-3]):[0-5]\\d';
const isoOffset = '[+-](?:[01]\\d|2[0-3])(?::?[0-5]\\d)?';
/**
 * A leap second is accepted where it is 23:59 in UTC: regular, but a table of all offsets. So the clock without one is the one bound,
 * and any minute of the day the other.
 */
const leapClock = `(?:[01]\\d|2[0-3]):[0-5]\\d:60${fraction}`;
const zulu = '[zZ]';

function time(isIso: boolean, part: 'over' | 'under'): string {
  const shift = isIso ? isoOffset : offset;
  const usual = `${clock}(?:${zulu}|${shift})${isIso ? '?' : ''}`;
  if (part === 'under') return usual;
  return `(?:${usual}|23:59:60${fraction}${isIso ? `${zulu}?` : zulu}|${leapClock}${shift})`;
}

function timed(name: 'time' | 'iso-time' | 'date-time' | 'iso-date-time', hints: readonly string[]): FormatRow {
  const isIso = name.startsWith('iso');
  const day = name.endsWith('date-time') ? `${date}${isIso ? '[tT\\s]' : '[tT]'}` : '';
  const test = tester(name);
  return {
    kind: 'approximate',
    over: `^${day}${time(isIso, 'over')}$`,
    under: `^${day}${time(isIso, 'under')}$`,
    test,
    hints,
    reason: 'leap seconds are decided one string at a time',
  };
}

function tester(name: AssertedFormat): (text: string) => boolean {
  const test = formatPredicate(name);
  if (!test) throw new TypeError(`No predicate for the format ${name}`);
  return test;
}

/** The expression that defines a format, to the letter. */
function expression(name: AssertedFormat, ...hints: readonly string[]): FormatRow {
  const format = formatExpression(name);
  if (format === undefined) throw new TypeError(`${name} has no expression`);
  return { kind: 'exact', pattern: format.source, flags: format.flags, test: tester(name), hints };
}

const lineEnd = '[\\n\\r\\u2028\\u2029]';

/** One row per asserted format, by name: what it means, and values a person would write. Read by the pool. */
const rows: Readonly<Record<AssertedFormat, FormatRow>> = {
  date: { kind: 'exact', pattern: `^${date}$`, test: tester('date'), hints: ['2024-05-17', '2000-02-29'] },
  time: timed('time', ['12:30:00Z', '23:59:60Z', '12:30:00.5+02:00']),
  'date-time': timed('date-time', ['2024-05-17T12:30:00Z', '2016-12-31T23:59:60Z', '2024-05-17T12:30:00.5+02:00']),
  'iso-time': timed('iso-time', ['12:30:00', '12:30:00Z']),
  'iso-date-time': timed('iso-date-time', ['2024-05-17T12:30:00', '2024-05-17 12:30:00Z']),
  duration: expression('duration', 'P1D', 'PT1H30M', 'P2W'),
  uri: expression('uri', 'https://example.com/a', 'urn:a:b'),
  'uri-reference': expression('uri-reference', '/a/b', 'https://example.com/a'),
  'uri-template': expression('uri-template', 'https://example.com/{id}'),
  url: expression('url', 'https://example.com/a'),
  iri: expression('iri', 'https://example.com/ä'),
  'iri-reference': expression('iri-reference', '/ä/b', 'https://example.com/ä'),
  email: expression('email', 'ada@example.com'),
  'idn-email': expression('idn-email', 'ada@example.com', 'zoë@例子.example'),
  hostname: expression('hostname', 'example.com', 'a'),
  ipv4: expression('ipv4', '192.0.2.1'),
  ipv6: expression('ipv6', '2001:db8::1', '::1'),
  uuid: expression('uuid', '123e4567-e89b-12d3-a456-426614174000', 'urn:uuid:123e4567-e89b-12d3-a456-426614174000'),
  'json-pointer': expression('json-pointer', '/a/0'),
  'json-pointer-uri-fragment': expression('json-pointer-uri-fragment', '#/a/0'),
  'relative-json-pointer': expression('relative-json-pointer', '1/a', '0#'),
  byte: {
    kind: 'exact',
    // Read line by line there (flag m): one line of base64 is enough.
    pattern: `(?:^|${lineEnd})(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?(?:$|${lineEnd})`,
    test: tester('byte'),
    hints: ['YWJj', 'YQ=='],
  },
  regex: {
    kind: 'approximate',
    // Without a character of the syntax it is a literal; and nothing can be repeated or closed before it begins.
    under: '^[^\\\\^$.*+?()[\\]{}|]*$',
    over: '^(?![*+?)])',
    test: tester('regex'),
    hints: ['^[a-z]+$', 'a|b', '[0-9]{3}'],
    reason: 'expressions are no regular language',
  },
};

export const formats: ReadonlyMap<string, FormatRow> = new Map(Object.entries(rows));
