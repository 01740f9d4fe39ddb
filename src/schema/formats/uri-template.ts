/** `uri-template`: RFC 6570 §2, with the apostrophe that erratum 6937 adds to the literals. */
import { beyondAscii, privateUse } from './characters.ts';

const encoded = '%[0-9A-Fa-f]{2}';
const literal = `[!#$&-;=?-\\[\\]_a-z~${beyondAscii}${privateUse}]|${encoded}`;

const character = `(?:[A-Za-z0-9_]|${encoded})`;
const name = `${character}(?:\\.?${character})*`;
const variable = `${name}(?::[1-9][0-9]{0,3}|\\*)?`;
const operator = '[+#./;?&=,!@|]';
const expression = `\\{${operator}?${variable}(?:,${variable})*\\}`;

export const uriTemplate = new RegExp(`^(?:${literal}|${expression})*$`, 'u');
