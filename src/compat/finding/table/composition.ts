import { backward, both, forward, neither, type Params, type Rows } from '../row.ts';
import { list, show } from '../words.ts';

const text = { type: 'string' };
const whole = { type: 'integer' };
const flag = { type: 'boolean' };
const widened = 'Consumers on the previous version reject what is newly allowed.';
const conditional = { if: { required: ['a'] }, then: { required: ['b'] } };

function condition({ condition: text }: Params): string {
  return typeof text === 'string' ? `: ${text}` : '';
}

/** A row is a change of how schemas are combined; the differ emits it, the report prints it. */
export const compositionRows: Rows<'composition'> = {
  UNION_BRANCH_REMOVED: {
    meaning: 'One of the alternatives is gone.',
    effect: 'narrows',
    quiet: 'info',
    mirror: 'UNION_BRANCH_ADDED',
    example: {
      previous: { oneOf: [text, whole, flag] },
      next: { oneOf: [text, whole] },
      lost: true,
      at: '/oneOf/2',
      open: backward,
      closed: backward,
    },
    message: (p, at) => `${at}: alternative ${show(p.branch)} is gone.`,
    hint: 'Stop sending it, but keep it in the schema: stored events still use it.',
  },
  UNION_BRANCH_ADDED: {
    mirrorOf: 'UNION_BRANCH_REMOVED',
    meaning: 'There is a further alternative.',
    message: (p, at) => `${at}: alternative ${show(p.branch)} is new.`,
    hint: 'Consumers on the previous version know no such alternative: a new event type does not reach them.',
  },
  UNION_BRANCH_NARROWED: {
    meaning: 'One of the alternatives is constrained now; it was not.',
    effect: 'narrows',
    quiet: 'info',
    mirror: 'UNION_BRANCH_WIDENED',
    example: {
      previous: { anyOf: [{ title: 'any' }, whole] },
      next: { anyOf: [{ title: 'any', type: 'string' }, whole] },
      lost: null,
      at: '/anyOf/0',
      open: backward,
      closed: backward,
    },
    message: (p, at) => `${at}: alternative ${show(p.branch)} is constrained now.`,
    hint: 'Keep the alternative as it was and add the narrower one beside it.',
  },
  UNION_BRANCH_WIDENED: {
    mirrorOf: 'UNION_BRANCH_NARROWED',
    meaning: 'One of the alternatives is no longer constrained.',
    message: (p, at) => `${at}: alternative ${show(p.branch)} accepts anything now.`,
    hint: widened,
  },
  UNION_BECAME_AMBIGUOUS: {
    meaning: 'Values match two alternatives of a oneOf now, which rejects them.',
    effect: 'narrows',
    quiet: 'warning',
    mirror: 'UNION_OVERLAP_ACCEPTED',
    example: {
      previous: { anyOf: [whole, { type: 'number', minimum: 0 }] },
      next: { oneOf: [whole, { type: 'number', minimum: 0 }] },
      lost: 0,
      at: '/oneOf',
      open: backward,
      closed: backward,
    },
    message: (_, at) => `${at}: some values match more than one alternative of oneOf now and are rejected.`,
    hint: 'Use anyOf, or give each alternative a required property with a value of its own.',
  },
  UNION_OVERLAP_ACCEPTED: {
    meaning: 'Values that match two alternatives are accepted now: oneOf rejected them, anyOf does not.',
    effect: 'widens',
    quiet: 'info',
    mirror: 'UNION_BECAME_AMBIGUOUS',
    example: {
      previous: { oneOf: [whole, { type: 'number', minimum: 0 }] },
      next: { anyOf: [whole, { type: 'number', minimum: 0 }] },
      gained: 0,
      at: '/anyOf',
      open: forward,
      closed: forward,
    },
    message: (p, at) =>
      `${at}: values that match alternatives ${list(p.branches)} are accepted now; oneOf rejected them for matching both.`,
    hint: 'Consumers on the previous version reject such values: keep oneOf, and alternatives apart, until they are gone.',
  },
  UNION_DISCRIMINATOR_CHANGED: {
    meaning: 'Alternatives are distinguished by another property.',
    effect: 'replaces',
    quiet: 'warning',
    mirror: 'UNION_DISCRIMINATOR_CHANGED',
    example: {
      previous: {
        oneOf: [
          { properties: { kind: { const: 'a' } }, required: ['kind'] },
          { properties: { kind: { const: 'b' } }, required: ['kind'] },
        ],
      },
      next: {
        oneOf: [
          { properties: { type: { const: 'a' } }, required: ['type'] },
          { properties: { type: { const: 'b' } }, required: ['type'] },
        ],
      },
      lost: { kind: 'a' },
      gained: { type: 'a' },
      at: '/oneOf',
      open: both,
      closed: both,
    },
    message: (p, at) => `${at}: alternatives are distinguished by ${show(p.next)} now; it was ${show(p.previous)}.`,
    hint: 'Send both properties until every reader uses the new one.',
  },
  UNION_REFACTORED_EQUIVALENT: {
    meaning: 'Alternatives are split, merged or reordered; the same values are accepted.',
    effect: 'none',
    quiet: 'info',
    mirror: 'UNION_REFACTORED_EQUIVALENT',
    example: {
      previous: { type: ['string', 'integer'] },
      next: { anyOf: [text, whole] },
      at: '/anyOf',
      open: neither,
      closed: neither,
    },
    message: (_, at) => `${at}: the alternatives are written differently and accept the same values.`,
  },
  CONJUNCT_ADDED: {
    meaning: 'A further condition must hold as a whole.',
    effect: 'narrows',
    quiet: 'info',
    mirror: 'CONJUNCT_REMOVED',
    example: {
      previous: { properties: { a: true, b: true } },
      next: { properties: { a: true, b: true }, anyOf: [{ required: ['a'] }, { required: ['b'] }] },
      lost: {},
      at: '/anyOf',
      open: backward,
      closed: backward,
    },
    message: (p, at) => `${at}: a further condition must hold${condition(p)}.`,
    hint: 'Hold producers to it, and leave it out for reading.',
  },
  CONJUNCT_REMOVED: {
    mirrorOf: 'CONJUNCT_ADDED',
    meaning: 'A condition need no longer hold.',
    message: (p, at) => `${at}: a condition need no longer hold${condition(p)}.`,
    hint: widened,
  },
  NOT_NARROWED: {
    meaning: 'More values are excluded by `not`.',
    effect: 'narrows',
    quiet: 'info',
    mirror: 'NOT_WIDENED',
    example: {
      previous: { not: { const: 1 } },
      next: { not: { enum: [1, 2] } },
      lost: 2,
      at: '/not',
      open: backward,
      closed: backward,
    },
    message: (_, at) => `${at}: more values are excluded.`,
    hint: 'Keep accepting them for reading.',
  },
  NOT_WIDENED: {
    mirrorOf: 'NOT_NARROWED',
    meaning: 'Fewer values are excluded by `not`.',
    message: (_, at) => `${at}: fewer values are excluded.`,
    hint: widened,
  },
  CONDITION_CHANGED: {
    meaning: 'A condition, or what it demands, is another one.',
    effect: 'replaces',
    quiet: 'info',
    mirror: 'CONDITION_CHANGED',
    example: {
      previous: conditional,
      next: { if: { required: ['c'] }, then: { required: ['b'] } },
      lost: { c: 0 },
      gained: { a: 0 },
      at: '/if',
      open: both,
      closed: both,
    },
    message: (_, at) => `${at}: the condition (if, then, else) changes.`,
    hint: 'Earlier events were written under the previous condition.',
  },
  CONDITION_ADDED: {
    meaning: 'Values are subject to a condition that was not there.',
    effect: 'narrows',
    quiet: 'info',
    mirror: 'CONDITION_REMOVED',
    example: {
      previous: { properties: { a: true, b: true } },
      next: { properties: { a: true, b: true }, ...conditional },
      lost: { a: 0 },
      at: '/if',
      open: backward,
      closed: backward,
    },
    message: (_, at) => `${at}: a condition (if, then, else) is new.`,
    hint: 'Hold producers to it, and leave it out for reading.',
  },
  CONDITION_REMOVED: {
    mirrorOf: 'CONDITION_ADDED',
    meaning: 'A condition is gone.',
    message: (_, at) => `${at}: the condition (if, then, else) is gone.`,
    hint: widened,
  },
};
