/** `iri` and `iri-reference`: RFC 3987 §2.2, production by production. */
import { ipv4, ipv6 } from './ip.ts';

// the planes after the first end two characters early: those are no characters
const planes = Array.from({ length: 14 }, (_, index) => (index + 1).toString(16));
const beyondAscii = [
  '\\u{A0}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFEF}',
  ...planes.map((plane) => `\\u{${plane}${plane === 'e' ? '1000' : '0000'}}-\\u{${plane}FFFD}`),
].join('');
const privateUse = '\\u{E000}-\\u{F8FF}\\u{F0000}-\\u{FFFFD}\\u{100000}-\\u{10FFFD}';

const encoded = '%[0-9A-Fa-f]{2}';
const delimiters = "!$&'()*+,;=";
const unreserved = `A-Za-z0-9\\-._~${beyondAscii}`;
const character = `(?:[${unreserved}${delimiters}:@]|${encoded})`;

const user = `(?:(?:[${unreserved}${delimiters}:]|${encoded})*@)?`;
const future = `[Vv][0-9A-Fa-f]+\\.[A-Za-z0-9\\-._~${delimiters}:]+`;
const name = `(?:[${unreserved}${delimiters}]|${encoded})*`;
const authority = `${user}(?:\\[(?:${ipv6}|${future})\\]|${ipv4}|${name})(?::[0-9]*)?`;

const segments = `(?:/${character}*)*`;
const rootless = `${character}+${segments}`;
const absolute = `/(?:${rootless})?`;
const withoutColon = `(?:[${unreserved}${delimiters}@]|${encoded})+${segments}`;
const query = `(?:\\?(?:[${unreserved}${delimiters}:@/?${privateUse}]|${encoded})*)?`;
const fragment = `(?:#(?:[${unreserved}${delimiters}:@/?]|${encoded})*)?`;

const scheme = '[A-Za-z][A-Za-z0-9+\\-.]*:';
const whole = `${scheme}(?://${authority}${segments}|${absolute}|${rootless}|)${query}${fragment}`;
const relative = `(?://${authority}${segments}|${absolute}|${withoutColon}|)${query}${fragment}`;

export const iri = new RegExp(`^${whole}$`, 'u');
export const iriReference = new RegExp(`^(?:${whole}|${relative})$`, 'u');
