/** Names for types: from any text an identifier, and among several never the same one twice. */

/**
 * Names a module of generated types had better not shadow or cannot declare. Reserved words are all lower case and type names
 * begin with a capital where the script has capitals; the rest are the global types readers expect to mean what they mean.
 */
const taken = new Set([
  'Array',
  'ArrayBuffer',
  'BigInt',
  'Boolean',
  'Date',
  'Error',
  'Event',
  'Exclude',
  'Extract',
  'Function',
  'Infinity',
  'Json',
  'Map',
  'NaN',
  'Number',
  'Object',
  'Omit',
  'Partial',
  'Pick',
  'Promise',
  'Readonly',
  'Record',
  'RegExp',
  'Required',
  'Set',
  'String',
  'Symbol',
]);

const separators = /[^\p{ID_Continue}]+|_+|\u200c|\u200d/u;
const start = /^[\p{ID_Start}_]/u;

/** `parliament.motionScheduled.v1` → `ParliamentMotionScheduledV1`. The same text always gives the same name. */
export function typeName(text: string): string {
  const words = text
    .normalize('NFC')
    .split(separators)
    .filter((word) => word !== '');
  const joined = words.map(capitalize).join('');
  if (joined === '') return 'Type';
  if (!start.test(joined)) return `_${joined}`;
  return taken.has(joined) ? `${joined}_` : joined;
}

/** By code point: the first letter may be outside the basic plane. One-to-many mappings (ß → SS) stay as they are. */
function capitalize(word: string): string {
  const [first = ''] = word;
  const upper = first.toUpperCase();
  return ([...upper].length === 1 ? upper : first) + word.slice(first.length);
}

/** Hands out `wanted`, or `wanted2`, `wanted3`, … where it is taken already. */
export interface Names {
  claim(wanted: string): string;
}

export function names(reserved: Iterable<string> = []): Names {
  const given = new Set(reserved);
  return {
    claim(wanted) {
      let name = wanted;
      for (let number = 2; given.has(name); number++) name = `${wanted}${number}`;
      given.add(name);
      return name;
    },
  };
}

/** Keys that need no quotes. */
export function isIdentifier(text: string): boolean {
  return /^[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(text);
}
