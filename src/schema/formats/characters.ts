/** Characters beyond ASCII that internationalized identifiers may hold (`ucschar` and `iprivate` of RFC 3987 §2.2), as parts of a class. */

// the planes after the first end two characters early: those are no characters
const planes = Array.from({ length: 14 }, (_, index) => (index + 1).toString(16));

export const beyondAscii = [
  '\\u{A0}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFEF}',
  ...planes.map((plane) => `\\u{${plane}${plane === 'e' ? '1000' : '0000'}}-\\u{${plane}FFFD}`),
].join('');

export const privateUse = '\\u{E000}-\\u{F8FF}\\u{F0000}-\\u{FFFFD}\\u{100000}-\\u{10FFFD}';
