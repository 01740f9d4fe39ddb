import type { Json } from '../../../schema/json.ts';
import { backward, forward, neither, type Row, type Rows } from '../row.ts';
import { show } from '../words.ts';
import { type Counted, counted } from './count.ts';

const zeros = (n: number): Json => Array.from({ length: n }, () => 0);
const minItems: Counted = { keyword: 'minItems', words: 'number of items', of: zeros };
const maxItems: Counted = { keyword: 'maxItems', words: 'number of items', of: zeros };
const beside = { contains: { type: 'integer' } };
const minContains: Counted = { keyword: 'minContains', words: 'number of matching items', of: zeros, beside };
const maxContains: Counted = { keyword: 'maxContains', words: 'number of matching items', of: zeros, beside };
const widened = 'Consumers on the previous version reject what is newly allowed.';
const narrowed = 'Keep accepting the previous items for reading.';
const one = [{ type: 'string' }];
const two = [{ type: 'string' }, { type: 'integer' }];

function narrower(
  row: Pick<Row, 'meaning' | 'mirror' | 'message'>,
  example: Omit<Row['example'] & object, 'open' | 'closed'>,
): Row {
  return {
    ...row,
    effect: 'narrows',
    quiet: 'info',
    hint: narrowed,
    example: { ...example, open: backward, closed: backward },
  };
}

function wider(
  row: Pick<Row, 'meaning' | 'mirror' | 'message'>,
  example: Omit<Row['example'] & object, 'open' | 'closed'>,
): Row {
  return {
    ...row,
    effect: 'widens',
    quiet: 'info',
    hint: widened,
    example: { ...example, open: forward, closed: forward },
  };
}

const tuples: Pick<Rows<'array'>, Extract<keyof Rows<'array'>, `TUPLE_${string}`>> = {
  TUPLE_POSITION_ADDED: {
    meaning: 'A tuple declares a further position.',
    effect: 'narrows',
    quiet: 'info',
    mirror: 'TUPLE_POSITION_REMOVED',
    example: {
      previous: { prefixItems: one },
      next: { prefixItems: two },
      lost: ['', ''],
      at: '/prefixItems/1',
      open: backward,
      closed: neither,
    },
    message: (p, at) => `${at}: position ${show(p.position)} is new in the tuple.`,
    hint: 'An object with named properties grows more safely than a tuple.',
  },
  TUPLE_POSITION_REMOVED: {
    mirrorOf: 'TUPLE_POSITION_ADDED',
    meaning: 'A tuple no longer declares a position.',
    message: (p, at) => `${at}: position ${show(p.position)} is gone from the tuple.`,
    hint: 'Keep the position and stop filling it.',
  },
  TUPLE_POSITION_NARROWED: narrower(
    {
      meaning: 'A position of a tuple is constrained now; it was not.',
      mirror: 'TUPLE_POSITION_WIDENED',
      message: (p, at) => `${at}: position ${show(p.position)} is constrained now.`,
    },
    { previous: { prefixItems: [true] }, next: { prefixItems: one }, lost: [0], at: '/prefixItems/0' },
  ),
  TUPLE_POSITION_WIDENED: wider(
    {
      meaning: 'A position of a tuple is no longer constrained.',
      mirror: 'TUPLE_POSITION_NARROWED',
      message: (p, at) => `${at}: position ${show(p.position)} may hold anything now.`,
    },
    { previous: { prefixItems: one }, next: { prefixItems: [true] }, gained: [0], at: '/prefixItems/0' },
  ),
  TUPLE_CLOSED: {
    meaning: 'Items beyond the tuple are rejected now.',
    effect: 'narrows',
    quiet: 'info',
    mirror: 'TUPLE_OPENED',
    example: {
      previous: { prefixItems: one },
      next: { prefixItems: one, items: false },
      lost: ['', 0],
      at: '/items',
      open: backward,
      closed: neither,
    },
    message: (_, at) => `${at}: items beyond the tuple are rejected now.`,
    hint: 'A closed tuple cannot grow without breaking its readers.',
  },
  TUPLE_OPENED: {
    mirrorOf: 'TUPLE_CLOSED',
    meaning: 'Items beyond the tuple are no longer rejected.',
    message: (_, at) => `${at}: items beyond the tuple are accepted now.`,
  },
};

const contained: Pick<Rows<'array'>, Extract<keyof Rows<'array'>, `CONTAINS_${string}`>> = {
  CONTAINS_ADDED: narrower(
    {
      meaning: 'An item of a certain kind must be present now.',
      mirror: 'CONTAINS_REMOVED',
      message: (_, at) => `${at}: must contain an item of a certain kind now.`,
    },
    { previous: { type: 'array' }, next: { type: 'array', contains: { type: 'integer' } }, lost: [], at: '/contains' },
  ),
  CONTAINS_REMOVED: wider(
    {
      meaning: 'An item of a certain kind need no longer be present.',
      mirror: 'CONTAINS_ADDED',
      message: (_, at) => `${at}: need no longer contain an item of a certain kind.`,
    },
    {
      previous: { type: 'array', contains: { type: 'integer' } },
      next: { type: 'array' },
      gained: [],
      at: '/contains',
    },
  ),
  CONTAINS_NARROWED: narrower(
    {
      meaning: 'Fewer items count as the one that must be present.',
      mirror: 'CONTAINS_WIDENED',
      message: (_, at) => `${at}: fewer items count as the kind it must contain.`,
    },
    {
      previous: { contains: { type: 'number' } },
      next: { contains: { type: 'integer' } },
      lost: [0.5],
      at: '/contains',
    },
  ),
  CONTAINS_WIDENED: wider(
    {
      meaning: 'More items count as the one that must be present.',
      mirror: 'CONTAINS_NARROWED',
      message: (_, at) => `${at}: more items count as the kind it must contain.`,
    },
    {
      previous: { contains: { type: 'integer' } },
      next: { contains: { type: 'number' } },
      gained: [0.5],
      at: '/contains',
    },
  ),
};

const unevaluated: Pick<Rows<'array'>, Extract<keyof Rows<'array'>, `UNEVALUATED_${string}`>> = {
  UNEVALUATED_ITEMS_CLOSED: {
    meaning: 'Items that nothing describes, in any part of the schema that applies, are rejected now.',
    effect: 'narrows',
    quiet: 'info',
    mirror: 'UNEVALUATED_ITEMS_OPENED',
    example: {
      previous: { allOf: [{ prefixItems: one }] },
      next: { allOf: [{ prefixItems: one }], unevaluatedItems: false },
      lost: ['', 0],
      at: '/unevaluatedItems',
      open: backward,
      closed: neither,
    },
    message: (_, at) => `${at}: items that nothing describes are rejected now.`,
    hint: narrowed,
  },
  UNEVALUATED_ITEMS_OPENED: {
    mirrorOf: 'UNEVALUATED_ITEMS_CLOSED',
    meaning: 'Items that nothing describes are no longer rejected.',
    message: (_, at) => `${at}: items that nothing describes are accepted now.`,
  },
  UNEVALUATED_ITEMS_NARROWED: narrower(
    {
      meaning: 'Items that nothing describes are constrained now.',
      mirror: 'UNEVALUATED_ITEMS_WIDENED',
      message: (_, at) => `${at}: items that nothing describes are constrained now.`,
    },
    {
      previous: { allOf: [{ prefixItems: one }], unevaluatedItems: true },
      next: { allOf: [{ prefixItems: one }], unevaluatedItems: { type: 'integer' } },
      lost: ['', ''],
      at: '/unevaluatedItems',
    },
  ),
  UNEVALUATED_ITEMS_WIDENED: wider(
    {
      meaning: 'Items that nothing describes are no longer constrained.',
      mirror: 'UNEVALUATED_ITEMS_NARROWED',
      message: (_, at) => `${at}: items that nothing describes may hold anything now.`,
    },
    {
      previous: { allOf: [{ prefixItems: one }], unevaluatedItems: { type: 'integer' } },
      next: { allOf: [{ prefixItems: one }], unevaluatedItems: true },
      gained: ['', ''],
      at: '/unevaluatedItems',
    },
  ),
};

/** A row is a change of which arrays pass; the differ emits it, the report prints it. */
export const arrayRows: Rows<'array'> = {
  ITEMS_NARROWED: narrower(
    {
      meaning: 'The items are constrained now; they were not.',
      mirror: 'ITEMS_WIDENED',
      message: (_, at) => `${at}: the items are constrained now.`,
    },
    { previous: { type: 'array' }, next: { type: 'array', items: { type: 'string' } }, lost: [0], at: '/items' },
  ),
  ITEMS_WIDENED: wider(
    {
      meaning: 'The items are no longer constrained.',
      mirror: 'ITEMS_NARROWED',
      message: (_, at) => `${at}: the items may be anything now.`,
    },
    { previous: { type: 'array', items: { type: 'string' } }, next: { type: 'array' }, gained: [0], at: '/items' },
  ),
  ...tuples,
  MIN_ITEMS_RAISED: counted(minItems, [1, 2], 'MIN_ITEMS_LOWERED'),
  MIN_ITEMS_LOWERED: counted(minItems, [2, 1], 'MIN_ITEMS_RAISED'),
  MAX_ITEMS_LOWERED: counted(maxItems, [3, 2], 'MAX_ITEMS_RAISED'),
  MAX_ITEMS_RAISED: counted(maxItems, [2, 3], 'MAX_ITEMS_LOWERED'),
  UNIQUE_ITEMS_ADDED: narrower(
    {
      meaning: 'Repeated items are rejected now.',
      mirror: 'UNIQUE_ITEMS_REMOVED',
      message: (_, at) => `${at}: repeated items are rejected now.`,
    },
    { previous: { type: 'array' }, next: { type: 'array', uniqueItems: true }, lost: [0, 0], at: '/uniqueItems' },
  ),
  UNIQUE_ITEMS_REMOVED: wider(
    {
      meaning: 'Repeated items are accepted now.',
      mirror: 'UNIQUE_ITEMS_ADDED',
      message: (_, at) => `${at}: repeated items are accepted now.`,
    },
    { previous: { type: 'array', uniqueItems: true }, next: { type: 'array' }, gained: [0, 0], at: '/uniqueItems' },
  ),
  ...contained,
  MIN_CONTAINS_RAISED: counted(minContains, [1, 2], 'MIN_CONTAINS_LOWERED'),
  MIN_CONTAINS_LOWERED: counted(minContains, [2, 1], 'MIN_CONTAINS_RAISED'),
  MAX_CONTAINS_LOWERED: counted(maxContains, [3, 2], 'MAX_CONTAINS_RAISED'),
  MAX_CONTAINS_RAISED: counted(maxContains, [2, 3], 'MAX_CONTAINS_LOWERED'),
  ...unevaluated,
};
