import { backward, both, neither, type Rows } from '../row.ts';
import { show } from '../words.ts';
import { type Counted, counted } from './count.ts';

const of = (n: number) => 'a'.repeat(n);
const minLength: Counted = { keyword: 'minLength', words: 'length', of };
const maxLength: Counted = { keyword: 'maxLength', words: 'length', of };

/** A row is a change of which strings pass; the differ emits it, the report prints it. */
export const stringRows: Rows<'string'> = {
  MIN_LENGTH_RAISED: counted(minLength, [1, 3], 'MIN_LENGTH_LOWERED'),
  MIN_LENGTH_LOWERED: counted(minLength, [3, 1], 'MIN_LENGTH_RAISED'),
  MAX_LENGTH_LOWERED: counted(maxLength, [5, 3], 'MAX_LENGTH_RAISED'),
  MAX_LENGTH_RAISED: counted(maxLength, [3, 5], 'MAX_LENGTH_LOWERED'),
  PATTERN_NARROWED: {
    meaning: 'Fewer strings match: the new pattern is included in the previous one, or is new.',
    effect: 'narrows',
    quiet: 'info',
    mirror: 'PATTERN_WIDENED',
    example: {
      previous: { pattern: '^[a-z0-9]+$' },
      next: { pattern: '^[a-z]+$' },
      lost: '0',
      at: '/pattern',
      open: backward,
      closed: backward,
    },
    message: (p, at) => `${at}: the pattern narrows from ${show(p.previous)} to ${show(p.next)}.`,
    hint: 'Keep the wider pattern for reading.',
  },
  PATTERN_WIDENED: {
    mirrorOf: 'PATTERN_NARROWED',
    meaning: 'More strings match: the new pattern includes the previous one, or the pattern is gone.',
    message: (p, at) => `${at}: the pattern widens from ${show(p.previous)} to ${show(p.next)}.`,
    hint: 'Consumers on the previous version reject the strings that match newly.',
  },
  PATTERN_CHANGED: {
    meaning: 'Neither pattern includes the other: some strings go, others come.',
    effect: 'replaces',
    quiet: 'info',
    mirror: 'PATTERN_CHANGED',
    example: {
      previous: { pattern: '^a' },
      next: { pattern: '^b' },
      lost: 'a',
      gained: 'b',
      at: '/pattern',
      open: both,
      closed: both,
    },
    message: (p, at) => `${at}: the pattern changes from ${show(p.previous)} to ${show(p.next)}.`,
    hint: 'Accept both patterns with anyOf while both kinds of events exist.',
  },
  PATTERN_EQUIVALENT: {
    meaning: 'The pattern is written differently and matches the same strings.',
    effect: 'none',
    quiet: 'info',
    mirror: 'PATTERN_EQUIVALENT',
    example: {
      previous: { pattern: '^[0-9]+$' },
      next: { pattern: '^\\d\\d*$' },
      at: '/pattern',
      open: neither,
      closed: neither,
    },
    message: (p, at) =>
      `${at}: the pattern is rewritten from ${show(p.previous)} to ${show(p.next)} and matches the same strings.`,
  },
  FORMAT_ADDED: {
    meaning: 'A format is asked for where none was.',
    effect: 'narrows',
    quiet: 'info',
    mirror: 'FORMAT_REMOVED',
    example: {
      previous: { type: 'string' },
      next: { type: 'string', format: 'date' },
      lost: '',
      at: '/format',
      open: backward,
      closed: backward,
    },
    message: (p, at) => `${at}: must be a ${show(p.next)} now.`,
    hint: 'Where formats are not asserted by your validators, compare with formats annotated.',
  },
  FORMAT_REMOVED: {
    mirrorOf: 'FORMAT_ADDED',
    meaning: 'A format is no longer asked for.',
    message: (p, at) => `${at}: need no longer be a ${show(p.previous)}.`,
    hint: 'Consumers on the previous version may assert the format.',
  },
  FORMAT_CHANGED: {
    meaning: 'Another format is asked for.',
    effect: 'replaces',
    quiet: 'info',
    mirror: 'FORMAT_CHANGED',
    example: {
      previous: { type: 'string', format: 'date' },
      next: { type: 'string', format: 'ipv4' },
      lost: '2026-01-31',
      gained: '192.0.2.1',
      at: '/format',
      open: both,
      closed: both,
    },
    message: (p, at) => `${at}: the format changes from ${show(p.previous)} to ${show(p.next)}.`,
    hint: 'Add a property with the new format beside this one.',
  },
};
