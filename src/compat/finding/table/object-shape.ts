import type { Json } from '../../../schema/json.ts';
import type { RuleIn } from '../ids.ts';
import { backward, type Mirror, neither, type Row } from '../row.ts';
import { list, show } from '../words.ts';
import { type Counted, counted } from './count.ts';

type Named = Extract<RuleIn<'object'>, `PROPERTY_${string}` | `REQUIRED_${string}`>;
type ShapeRule = Exclude<RuleIn<'object'>, Named> | Extract<RuleIn<'object'>, `PROPERTY_NAMES_${string}`>;

const a = { properties: { a: { type: 'string' } } } as const;
const members = (n: number): Json => Object.fromEntries(Array.from({ length: n }, (_, index) => [`p${index}`, 0]));
const minProperties: Counted = { keyword: 'minProperties', words: 'number of properties', of: members };
const maxProperties: Counted = { keyword: 'maxProperties', words: 'number of properties', of: members };
const openHint = 'Consumers on the previous version reject what is newly allowed.';

/** A row is a change of an object's shape beyond single names: what else it may hold, and how many. */
export const objectShapeRows: Readonly<Record<ShapeRule, Row | Mirror>> = {
  ADDITIONAL_PROPERTIES_CLOSED: {
    meaning: 'Undeclared properties are rejected now.',
    effect: 'narrows',
    quiet: 'info',
    mirror: 'ADDITIONAL_PROPERTIES_OPENED',
    example: {
      previous: a,
      next: { ...a, additionalProperties: false },
      lost: { b: 0 },
      at: '/additionalProperties',
      open: backward,
      closed: neither,
    },
    message: (_, at) => `${at}: undeclared properties are rejected now.`,
    hint: 'A closed object cannot gain properties later without breaking its readers: leave it open.',
  },
  ADDITIONAL_PROPERTIES_OPENED: {
    mirrorOf: 'ADDITIONAL_PROPERTIES_CLOSED',
    meaning: 'Undeclared properties are no longer rejected.',
    message: (_, at) => `${at}: undeclared properties are accepted now.`,
  },
  ADDITIONAL_PROPERTIES_SCHEMA_NARROWED: {
    meaning: 'Undeclared properties are constrained now.',
    effect: 'narrows',
    quiet: 'info',
    mirror: 'ADDITIONAL_PROPERTIES_SCHEMA_WIDENED',
    example: {
      previous: { additionalProperties: true },
      next: { additionalProperties: { type: 'string' } },
      lost: { b: 0 },
      at: '/additionalProperties',
      open: backward,
      closed: backward,
    },
    message: (_, at) => `${at}: undeclared properties are constrained now.`,
    hint: 'Declare the properties that need constraints by name.',
  },
  ADDITIONAL_PROPERTIES_SCHEMA_WIDENED: {
    mirrorOf: 'ADDITIONAL_PROPERTIES_SCHEMA_NARROWED',
    meaning: 'Undeclared properties are no longer constrained.',
    message: (_, at) => `${at}: undeclared properties may hold anything now.`,
    hint: openHint,
  },
  PATTERN_PROPERTIES_ADDED: {
    meaning: 'Properties whose names match a pattern are declared.',
    effect: 'narrows',
    quiet: 'info',
    mirror: 'PATTERN_PROPERTIES_REMOVED',
    example: {
      previous: { patternProperties: { '^x-': { type: 'string' } } },
      next: { patternProperties: { '^x-': { type: 'string' }, '^n-': { type: 'integer' } } },
      lost: { 'n-a': '' },
      at: '/patternProperties/^n-',
      open: backward,
      closed: neither,
    },
    message: (p, at) => `${at}: properties with names like ${show(p.pattern)} are declared now.`,
    hint: 'Events that already carry such names must satisfy the new schema.',
  },
  PATTERN_PROPERTIES_REMOVED: {
    mirrorOf: 'PATTERN_PROPERTIES_ADDED',
    meaning: 'Properties whose names match a pattern are no longer declared.',
    message: (p, at) => `${at}: properties with names like ${show(p.pattern)} are no longer declared.`,
  },
  PATTERN_PROPERTIES_NARROWED: {
    meaning: 'Properties whose names match a pattern are constrained now; they were not.',
    effect: 'narrows',
    quiet: 'info',
    mirror: 'PATTERN_PROPERTIES_WIDENED',
    example: {
      previous: { patternProperties: { '^x-': true } },
      next: { patternProperties: { '^x-': { type: 'string' } } },
      lost: { 'x-a': 0 },
      at: '/patternProperties/^x-',
      open: backward,
      closed: backward,
    },
    message: (p, at) => `${at}: properties with names like ${show(p.pattern)} are constrained now.`,
    hint: 'Keep accepting any value under these names.',
  },
  PATTERN_PROPERTIES_WIDENED: {
    mirrorOf: 'PATTERN_PROPERTIES_NARROWED',
    meaning: 'Properties whose names match a pattern are no longer constrained.',
    message: (p, at) => `${at}: properties with names like ${show(p.pattern)} may hold anything now.`,
    hint: openHint,
  },
  PROPERTY_NAMES_NARROWED: {
    meaning: 'Fewer property names are allowed.',
    effect: 'narrows',
    quiet: 'info',
    mirror: 'PROPERTY_NAMES_WIDENED',
    example: {
      previous: { propertyNames: { maxLength: 3 }, additionalProperties: true },
      next: { propertyNames: { maxLength: 2 }, additionalProperties: true },
      lost: { abc: 0 },
      at: '/propertyNames',
      open: backward,
      closed: backward,
    },
    message: (_, at) => `${at}: some property names are no longer allowed.`,
    hint: 'Keep the previous names allowed for reading.',
  },
  PROPERTY_NAMES_WIDENED: {
    mirrorOf: 'PROPERTY_NAMES_NARROWED',
    meaning: 'More property names are allowed.',
    message: (_, at) => `${at}: property names are allowed that were not.`,
    hint: openHint,
  },
  MIN_PROPERTIES_RAISED: counted(minProperties, [0, 1], 'MIN_PROPERTIES_LOWERED'),
  MIN_PROPERTIES_LOWERED: counted(minProperties, [1, 0], 'MIN_PROPERTIES_RAISED'),
  MAX_PROPERTIES_LOWERED: counted(maxProperties, [3, 2], 'MAX_PROPERTIES_RAISED'),
  MAX_PROPERTIES_RAISED: counted(maxProperties, [2, 3], 'MAX_PROPERTIES_LOWERED'),
  DEPENDENT_REQUIRED_ADDED: {
    meaning: 'Where one property is present, others must be, and need not before.',
    effect: 'narrows',
    quiet: 'info',
    mirror: 'DEPENDENT_REQUIRED_REMOVED',
    example: {
      previous: { properties: { a: true, b: true } },
      next: { properties: { a: true, b: true }, dependentRequired: { a: ['b'] } },
      lost: { a: 0 },
      at: '/dependentRequired/a',
      open: backward,
      closed: backward,
    },
    message: (p, at) => `${at}: where ${show(p.property)} is present, ${list(p.names)} must be too.`,
    hint: 'Earlier events may carry the one without the other: leave it out for reading.',
  },
  DEPENDENT_REQUIRED_REMOVED: {
    mirrorOf: 'DEPENDENT_REQUIRED_ADDED',
    meaning: 'Where one property is present, others need no longer be.',
    message: (p, at) => `${at}: where ${show(p.property)} is present, ${list(p.names)} may be missing now.`,
    hint: openHint,
  },
  DEPENDENT_SCHEMA_NARROWED: {
    meaning: 'Objects with a certain property are constrained further.',
    effect: 'narrows',
    quiet: 'info',
    mirror: 'DEPENDENT_SCHEMA_WIDENED',
    example: {
      previous: { properties: { a: true, b: true } },
      next: { properties: { a: true, b: true }, dependentSchemas: { a: { properties: { b: { type: 'string' } } } } },
      lost: { a: 0, b: 0 },
      at: '/dependentSchemas/a',
      open: backward,
      closed: backward,
    },
    message: (p, at) => `${at}: objects that carry ${show(p.property)} are constrained further.`,
    hint: 'Earlier events may carry the property and miss the constraint.',
  },
  DEPENDENT_SCHEMA_WIDENED: {
    mirrorOf: 'DEPENDENT_SCHEMA_NARROWED',
    meaning: 'Objects with a certain property are constrained less.',
    message: (p, at) => `${at}: objects that carry ${show(p.property)} are no longer constrained further.`,
    hint: openHint,
  },
  UNEVALUATED_PROPERTIES_CLOSED: {
    meaning: 'Properties that nothing declares, in any part of the schema that applies, are rejected now.',
    effect: 'narrows',
    quiet: 'info',
    mirror: 'UNEVALUATED_PROPERTIES_OPENED',
    example: {
      previous: { allOf: [a] },
      next: { allOf: [a], unevaluatedProperties: false },
      lost: { b: 0 },
      at: '/unevaluatedProperties',
      open: backward,
      closed: neither,
    },
    message: (_, at) => `${at}: undeclared properties are rejected now.`,
    hint: 'A closed object cannot gain properties later without breaking its readers: leave it open.',
  },
  UNEVALUATED_PROPERTIES_OPENED: {
    mirrorOf: 'UNEVALUATED_PROPERTIES_CLOSED',
    meaning: 'Properties that nothing declares are no longer rejected.',
    message: (_, at) => `${at}: undeclared properties are accepted now.`,
  },
  UNEVALUATED_PROPERTIES_NARROWED: {
    meaning: 'Properties that nothing declares are constrained now.',
    effect: 'narrows',
    quiet: 'info',
    mirror: 'UNEVALUATED_PROPERTIES_WIDENED',
    example: {
      previous: { allOf: [a], unevaluatedProperties: true },
      next: { allOf: [a], unevaluatedProperties: { type: 'string' } },
      lost: { b: 0 },
      at: '/unevaluatedProperties',
      open: backward,
      closed: backward,
    },
    message: (_, at) => `${at}: undeclared properties are constrained now.`,
    hint: 'Declare the properties that need constraints by name.',
  },
  UNEVALUATED_PROPERTIES_WIDENED: {
    mirrorOf: 'UNEVALUATED_PROPERTIES_NARROWED',
    meaning: 'Properties that nothing declares are no longer constrained.',
    message: (_, at) => `${at}: undeclared properties may hold anything now.`,
    hint: openHint,
  },
};
