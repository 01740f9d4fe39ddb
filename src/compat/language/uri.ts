/** RFC 3986 appendix A, as ajv-formats reads it: scheme required, host a name, an IPv4 or a bracketed address. */
const hex = '%[0-9a-f]{2}';
const unreserved = 'a-z0-9\\-._~';
const delimiters = "!$&'()*+,;=";
const segmentCharacter = `(?:[${unreserved}${delimiters}:@]|${hex})`;

const byte = '(?:25[0-5]|2[0-4]\\d|[01]?\\d\\d?)';
const ipv4 = `(?:${byte}\\.){3}${byte}`;

const group = '[0-9a-f]{1,4}';
const before = (max: number) => `(?:(?:${group}:){0,${max}}${group})?`;
const tail = `(?:${group}:${group}|${ipv4})`;
const ipv6 = [
  `(?:${group}:){6}${tail}`,
  `::(?:${group}:){5}${tail}`,
  `(?:${group})?::(?:${group}:){4}${tail}`,
  `${before(1)}::(?:${group}:){3}${tail}`,
  `${before(2)}::(?:${group}:){2}${tail}`,
  `${before(3)}::${group}:${tail}`,
  `${before(4)}::${tail}`,
  `${before(5)}::${group}`,
  `${before(6)}::`,
].join('|');

const future = `v[0-9a-f]+\\.[${unreserved}${delimiters}:]+`;
const name = `(?:[${unreserved}${delimiters}]|${hex})*`;
const user = `(?:(?:[${unreserved}${delimiters}:]|${hex})*@)?`;
const authority = `${user}(?:\\[(?:${ipv6}|${future})\\]|${ipv4}|${name})(?::\\d*)?`;

const segments = `(?:/${segmentCharacter}*)*`;
const rootless = `${segmentCharacter}+${segments}`;
const hierarchy = `(?://?${authority}${segments}|/(?:${rootless})?|${rootless})`;
const trailing = `(?:[${unreserved}${delimiters}:@/?]|${hex})*`;

export const uriPattern = `^[a-z][a-z0-9+\\-.]*:${hierarchy}(?:\\?${trailing})?(?:#${trailing})?$`;
