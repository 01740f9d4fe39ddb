/** What formats of Zod ask for beyond the format of JSON Schema, as patterns of our own: Zod's change from one release to the next. */

/** Digits behind the second: null any number, -1 no seconds at all. */
export type Precision = number | null | undefined;

/** The end of a date-time: `format: date-time` takes any offset and any number of digits. Undefined where that is all it asks. */
export function dateTimeEnd(precision: Precision, offset: boolean): string | undefined {
  const zone = offset ? '(?:Z|[+-]\\d{2}:\\d{2})' : 'Z';
  if (precision === null || precision === undefined) return offset ? undefined : 'Z$';
  return `${precision === 0 ? 'T\\d{2}:\\d{2}:\\d{2}' : `\\.\\d{${precision}}`}${zone}$`;
}

const day = '\\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\\d|3[01])';

/** A date-time that may lack its offset, which is none in JSON Schema. */
export function localDateTime(precision: Precision, offset: boolean): string {
  const zone = offset ? '(?:Z|[+-]\\d{2}:?\\d{2})?' : 'Z?';
  return `^${day}T${clock(precision)}${zone}$`;
}

/** A time of day without offset, which `format: time` refuses. */
export function timeOfDay(precision: Precision): string {
  return `^${clock(precision)}$`;
}

function clock(precision: Precision): string {
  const minutes = '(?:[01]\\d|2[0-3]):[0-5]\\d';
  if (precision === null || precision === undefined) return `${minutes}(?::[0-5]\\d(?:\\.\\d+)?)?`;
  if (precision === 0) return `${minutes}(?::[0-5]\\d)?`;
  return precision < 0 ? minutes : `${minutes}:[0-5]\\d\\.\\d{${precision}}`;
}

/** The version stands in the third group, the variant begins the fourth (RFC 9562 §4). */
export function uuidVersion(version: string): string | undefined {
  const digit = /^v([1-8])$/.exec(version)?.[1];
  return digit && `^[0-9A-Fa-f-]{14}${digit}[0-9A-Fa-f]{3}-[89ABab]`;
}

/** What Zod takes where no version is named: one of those that are defined, or one of the two that stand for none and all. */
export const anyUuid =
  '^(?:[0-9A-Fa-f-]{14}[1-8][0-9A-Fa-f]{3}-[89ABab]|0{8}-(?:0{4}-){3}0{12}$|f{8}-(?:f{4}-){3}f{12}$)';

/** At least one pictograph: Zod asks for it by looking ahead, which is not matched in linear time. */
export const emoji =
  '^[\\p{Extended_Pictographic}\\p{Emoji_Component}]*[\\p{Extended_Pictographic}\\p{Regional_Indicator}\\u20E3][\\p{Extended_Pictographic}\\p{Emoji_Component}]*$';

export const base64 = '^(?:[0-9A-Za-z+/]{4})*(?:[0-9A-Za-z+/]{2}==|[0-9A-Za-z+/]{3}=)?$';

const authority = '://(?:[^/?#@]*@)?';
const afterHost = '(?::\\d*)?(?:[/?#]|$)';
const anyScheme = '[A-Za-z][A-Za-z0-9+.-]*';
const domain = '(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\\.)+[A-Za-z]{2,}';

/** A pattern of whole URLs from Zod's of their parts; undefined where those match a part of a part. */
export function urlPattern(protocol: RegExp | undefined, hostname: RegExp | undefined): string | undefined {
  const scheme = protocol === undefined ? anyScheme : whole(protocol);
  const host = hostname === undefined ? undefined : isDomain(hostname) ? domain : whole(hostname);
  if (scheme === undefined || (hostname !== undefined && host === undefined)) return undefined;
  return host === undefined ? `^(?:${scheme}):` : `^(?:${scheme})${authority}(?:${host})${afterHost}`;
}

/** Zod's own pattern of domain names, which `z.httpUrl()` brings along: it bounds the length by looking ahead. */
function isDomain({ source }: RegExp): boolean {
  return source.startsWith('^(?=.{1,253}$)') || source.startsWith('^([a-zA-Z0-9-]+\\.)+[a-zA-Z]{2,}$');
}

function whole({ source, flags }: RegExp): string | undefined {
  const inner = /^\^(.*)\$$/s.exec(source)?.[1];
  return inner === undefined || /\(\?[=!<]|(?:^|[^\\])(?:\\\\)*[$^]/.test(inner) || /[imsvy]/.test(flags)
    ? undefined
    : inner;
}
