import { backward, both, forward, type Row, type Rows } from '../row.ts';
import { bound, show } from '../words.ts';

/** Bounds of numbers: the exclusive form is folded in. */
function limit(
  what: 'minimum' | 'maximum',
  mirror: Row['mirror'],
  tightens: boolean,
  example: Row['example'] & object,
): Row {
  const lower = what === 'minimum';
  const verb = lower === tightens ? 'rises' : 'falls';
  return {
    meaning: `The ${what} is ${lower === tightens ? 'higher' : 'lower'}, or ${tightens ? 'new' : 'gone'}: ${tightens ? 'fewer' : 'more'} numbers pass.`,
    effect: tightens ? 'narrows' : 'widens',
    quiet: 'info',
    mirror,
    example,
    message: (p, at) => `${at}: the ${what} ${verb} from ${bound(p.previous)} to ${bound(p.next)}.`,
    hint: tightens
      ? `Keep the previous ${what} for reading and hold producers to the new one.`
      : 'Consumers on the previous version reject the numbers that are newly allowed.',
  };
}

/** A row is a change of which numbers pass; the differ emits it, the report prints it. */
export const numberRows: Rows<'number'> = {
  MINIMUM_RAISED: limit('minimum', 'MINIMUM_LOWERED', true, {
    previous: { minimum: 1 },
    next: { minimum: 5 },
    lost: 1,
    at: '/minimum',
    open: backward,
    closed: backward,
  }),
  MINIMUM_LOWERED: limit('minimum', 'MINIMUM_RAISED', false, {
    previous: { minimum: 5 },
    next: { minimum: 1 },
    gained: 1,
    at: '/minimum',
    open: forward,
    closed: forward,
  }),
  MAXIMUM_LOWERED: limit('maximum', 'MAXIMUM_RAISED', true, {
    previous: { maximum: 9 },
    next: { exclusiveMaximum: 9 },
    lost: 9,
    at: '/exclusiveMaximum',
    open: backward,
    closed: backward,
  }),
  MAXIMUM_RAISED: limit('maximum', 'MAXIMUM_LOWERED', false, {
    previous: { maximum: 9 },
    next: { maximum: 10 },
    gained: 10,
    at: '/maximum',
    open: forward,
    closed: forward,
  }),
  MULTIPLE_OF_NARROWED: {
    meaning: 'The step is a multiple of the previous one, or new: fewer numbers pass.',
    effect: 'narrows',
    quiet: 'info',
    mirror: 'MULTIPLE_OF_WIDENED',
    example: {
      previous: { multipleOf: 0.01 },
      next: { multipleOf: 0.1 },
      lost: 0.01,
      at: '/multipleOf',
      open: backward,
      closed: backward,
    },
    message: (p, at) => `${at}: the step coarsens from ${show(p.previous)} to ${show(p.next)}.`,
    hint: 'Keep the finer step for reading.',
  },
  MULTIPLE_OF_WIDENED: {
    mirrorOf: 'MULTIPLE_OF_NARROWED',
    meaning: 'The step divides the previous one, or is gone: more numbers pass.',
    message: (p, at) => `${at}: the step becomes finer, from ${show(p.previous)} to ${show(p.next)}.`,
    hint: 'Consumers on the previous version reject the values in between.',
  },
  MULTIPLE_OF_CHANGED: {
    meaning: 'The step is an unrelated one: some numbers go, others come.',
    effect: 'replaces',
    quiet: 'info',
    mirror: 'MULTIPLE_OF_CHANGED',
    example: {
      previous: { multipleOf: 3 },
      next: { multipleOf: 10 },
      lost: 3,
      gained: 10,
      at: '/multipleOf',
      open: both,
      closed: both,
    },
    message: (p, at) => `${at}: the step changes from ${show(p.previous)} to ${show(p.next)}.`,
    hint: 'Neither step includes the other: use a new property.',
  },
  INTEGER_NOW_REQUIRED: {
    meaning: 'Only whole numbers pass now, by a step of 1.',
    effect: 'narrows',
    quiet: 'info',
    mirror: 'INTEGER_RELAXED',
    example: {
      previous: { type: 'number' },
      next: { type: 'number', multipleOf: 1 },
      lost: 0.5,
      at: '/multipleOf',
      open: backward,
      closed: backward,
    },
    message: (_, at) => `${at}: only whole numbers are accepted now.`,
    hint: 'Keep accepting fractions for reading.',
  },
  INTEGER_RELAXED: {
    mirrorOf: 'INTEGER_NOW_REQUIRED',
    meaning: 'Fractions pass where a step of 1 kept them out.',
    message: (_, at) => `${at}: fractions are accepted now.`,
    hint: 'Consumers on the previous version reject fractions.',
  },
};
