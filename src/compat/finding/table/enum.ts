import type { Json } from '../../../schema/json.ts';
import { backward, both, forward, neither, type Rows } from '../row.ts';
import { list, literal } from '../words.ts';

/** A row is a change of a list of allowed values; the differ emits it, the report prints it. */
export const enumRows: Rows<'enum'> = {
  ENUM_VALUE_REMOVED: {
    meaning: 'Values are no longer in the list of allowed ones.',
    effect: 'narrows',
    quiet: 'info',
    mirror: 'ENUM_VALUE_ADDED',
    example: {
      previous: { enum: ['a', 'b'] },
      next: { enum: ['a'] },
      lost: 'b',
      at: '/enum',
      open: backward,
      closed: backward,
    },
    message: (p, at) => `${at}: ${listed(p.values, p.count)} no longer allowed.`,
    hint: 'Stop sending the value, but keep it in the list: stored events still carry it.',
  },
  ENUM_VALUE_ADDED: {
    meaning: 'Values are newly in the list of allowed ones.',
    effect: 'widens',
    quiet: 'info',
    mirror: 'ENUM_VALUE_REMOVED',
    example: {
      previous: { enum: ['a', 'b'] },
      next: { enum: ['a', 'b', 'c'] },
      gained: 'c',
      at: '/enum',
      open: forward,
      closed: forward,
    },
    message: (p, at) => `${at}: ${listed(p.values, p.count)} allowed now.`,
    hint: 'Consumers on the previous version reject the new value. If the list will keep growing, make it a string and document the known values.',
  },
  ENUM_ADDED: {
    meaning: 'A place with open values is restricted to a list.',
    effect: 'narrows',
    quiet: 'info',
    mirror: 'ENUM_REMOVED',
    example: {
      previous: { type: 'string' },
      next: { type: 'string', enum: ['a', 'b'] },
      lost: '',
      at: '/enum',
      open: backward,
      closed: backward,
    },
    message: (p, at) => `${at}: only ${listed(p.next, p.count)} allowed now; before, other values were too.`,
    hint: 'Document the known values without an enum, or restrict a new property.',
  },
  ENUM_REMOVED: {
    mirrorOf: 'ENUM_ADDED',
    meaning: 'The list of allowed values is dropped.',
    message: (p, at) => `${at}: values other than ${list(p.previous, p.count)} are allowed now.`,
    hint: 'Consumers on the previous version reject values outside the list.',
  },
  CONST_CHANGED: {
    meaning: 'The one allowed value is another one.',
    effect: 'replaces',
    quiet: 'info',
    mirror: 'CONST_CHANGED',
    example: {
      previous: { const: 'a' },
      next: { const: 'b' },
      lost: 'a',
      gained: 'b',
      at: '/const',
      open: both,
      closed: both,
    },
    message: (p, at) => `${at}: must be ${one(p.next)} now; it had to be ${one(p.previous)}.`,
    hint: 'If this is a version marker, say so with "x-compat": "ignore" at this place: the mark counts from the version after the one that brings it.',
  },
  VERSION_MARKER_CHANGED: {
    meaning: 'A place that is excluded from comparison changed.',
    effect: 'none',
    quiet: 'info',
    mirror: 'VERSION_MARKER_CHANGED',
    example: {
      previous: { properties: { version: { const: '1.0.0', 'x-compat': 'ignore' } } },
      next: { properties: { version: { const: '1.1.0', 'x-compat': 'ignore' } } },
      lost: { version: '1.0.0' },
      gained: { version: '1.1.0' },
      at: '/properties/version',
      open: neither,
      closed: neither,
    },
    message: (_, at) => `${at}: the version marker changes; it is left out of the comparison.`,
  },
};

/** `"a" is`, `"a" and "b" are`. */
function listed(values: Json | undefined, total: Json | undefined): string {
  const count = typeof total === 'number' ? total : Array.isArray(values) ? values.length : 1;
  return `${list(values, total)} ${count === 1 ? 'is' : 'are'}`;
}

function one(value: Json | undefined): string {
  return value === undefined ? 'nothing' : literal(value);
}
