/** IPv6 addresses as text (RFC 3986 §3.2.2, RFC 5321 §4.1.3), as part of larger expressions. */
const group = '[0-9A-Fa-f]{1,4}';
const octet = '(?:25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])';

export const ipv4 = `(?:${octet}\\.){3}${octet}`;

const upTo = (count: number) => `(?:(?:${group}:){0,${count}}${group})?`;
const tail = `(?:${group}:${group}|${ipv4})`;

export const ipv6 = [
  `(?:${group}:){6}${tail}`,
  `::(?:${group}:){5}${tail}`,
  `(?:${group})?::(?:${group}:){4}${tail}`,
  `${upTo(1)}::(?:${group}:){3}${tail}`,
  `${upTo(2)}::(?:${group}:){2}${tail}`,
  `${upTo(3)}::${group}:${tail}`,
  `${upTo(4)}::${tail}`,
  `${upTo(5)}::${group}`,
  `${upTo(6)}::`,
].join('|');
