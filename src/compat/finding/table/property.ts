import type { RuleIn } from '../ids.ts';
import { backward, both, forward, type Mirror, neither, type Row } from '../row.ts';
import { list, show } from '../words.ts';

type PropertyRule = Extract<RuleIn<'object'>, `PROPERTY_${string}` | `REQUIRED_${string}`>;
type PropertyRows = Readonly<Record<Exclude<PropertyRule, `PROPERTY_NAMES_${string}`>, Row | Mirror>>;

const a = { a: { type: 'string' } } as const;
const ab = { a: { type: 'string' }, b: { type: 'integer' } } as const;
const reopened = 'whether the object was open, closed or free-form is lost with the property';

/** A row is a change of a named property: that it exists, or that it must. */
export const propertyRows: PropertyRows = {
  PROPERTY_ADDED_OPTIONAL: {
    meaning: 'An optional property is declared in an object that tolerates undeclared ones.',
    effect: 'narrows',
    quiet: 'info',
    mirror: 'PROPERTY_REMOVED',
    example: {
      previous: { properties: a },
      next: { properties: ab },
      lost: { b: '' },
      at: '/properties/b',
      open: backward,
      closed: neither,
    },
    message: (p, at) => `${at}: optional property ${show(p.property)} is new.`,
    hint: 'Only writers that send undeclared properties can break this: compare in the closed world if yours do not.',
  },
  PROPERTY_ADDED_TO_EXPLICIT_OPEN: {
    meaning:
      'A property is declared in an object whose schema invites undeclared ones, so events may carry the name already.',
    effect: 'narrows',
    quiet: 'info',
    mirror: 'PROPERTY_REMOVED',
    example: {
      previous: { properties: a, additionalProperties: true },
      next: { properties: ab, additionalProperties: true },
      lost: { b: '' },
      at: '/properties/b',
      open: backward,
      closed: backward,
    },
    message: (p, at) =>
      `${at}: property ${show(p.property)} is declared now; writers were free to send anything under that name.`,
    hint: 'Drop additionalProperties where nothing relies on it: an object is open to readers anyway.',
  },
  PROPERTY_ADDED_TO_CLOSED: {
    mirrorOf: 'PROPERTY_REMOVED_FROM_CLOSED',
    meaning: 'A property is added to an object that rejects undeclared ones.',
    message: (p, at) =>
      `${at}: property ${show(p.property)} is new; readers of the previous version reject properties they do not know.`,
    hint: 'First publish a version without additionalProperties: false; add properties once readers use it.',
  },
  PROPERTY_ADDED_TO_FREE_FORM: {
    meaning: 'The first property is declared in an object that declared none and so could hold anything.',
    effect: 'narrows',
    quiet: 'info',
    mirror: 'PROPERTY_REMOVED',
    example: {
      previous: { type: 'object' },
      next: { type: 'object', properties: { a: { type: 'string' } } },
      lost: { a: 0 },
      at: '/properties/a',
      open: backward,
      closed: backward,
    },
    message: (p, at) => `${at}: property ${show(p.property)} is declared in an object that could hold anything before.`,
    hint: 'Accept any value under the name, or use a new object.',
  },
  PROPERTY_ADDED_REQUIRED: {
    meaning: 'A property is new and every event must carry it.',
    effect: 'narrows',
    quiet: 'info',
    mirror: 'PROPERTY_REMOVED_REQUIRED',
    example: {
      previous: { properties: a },
      next: { properties: ab, required: ['b'] },
      lost: {},
      at: '/properties/b',
      open: backward,
      closed: backward,
    },
    message: (p, at) => `${at}: required property ${show(p.property)} is new; earlier events do not carry it.`,
    whenForward: 'Readers of the previous version reject events that carry it.',
    hint: 'Make it optional; a default helps readers, but does not put the property into stored events.',
  },
  PROPERTY_REMOVED: {
    meaning: 'A property is no longer declared; undeclared ones are tolerated.',
    effect: 'widens',
    quiet: 'info',
    mirror: { none: reopened },
    example: {
      previous: { properties: ab },
      next: { properties: a },
      gained: { b: '' },
      at: '/properties/b',
      open: forward,
      closed: neither,
    },
    message: (p, at) => `${at}: property ${show(p.property)} is no longer declared.`,
    hint: 'Keep the declaration and mark it deprecated, so that the name cannot come back with another meaning.',
  },
  PROPERTY_REMOVED_FROM_CLOSED: {
    meaning: 'A property is removed from an object that rejects undeclared ones.',
    effect: 'narrows',
    quiet: 'info',
    mirror: 'PROPERTY_ADDED_TO_CLOSED',
    example: {
      previous: { properties: ab, additionalProperties: false },
      next: { properties: a, additionalProperties: false },
      lost: { b: 0 },
      at: '/properties/b',
      open: backward,
      closed: backward,
    },
    message: (p, at) =>
      `${at}: property ${show(p.property)} is removed and the object is closed: events that carry it are rejected.`,
    hint: 'Keep the declaration and mark it deprecated.',
  },
  PROPERTY_REMOVED_REQUIRED: {
    mirrorOf: 'PROPERTY_ADDED_REQUIRED',
    meaning: 'A property that every event had to carry is removed.',
    message: (p, at) =>
      `${at}: required property ${show(p.property)} is removed; readers of the previous version need it.`,
    hint: 'Keep sending it until no reader requires it: make it optional first.',
  },
  PROPERTY_POSSIBLE_RENAME: {
    meaning: 'One property disappears and one of the same shape appears: probably a new name.',
    effect: 'replaces',
    quiet: 'warning',
    mirror: 'PROPERTY_POSSIBLE_RENAME',
    example: {
      previous: { properties: { mail: { type: 'string', format: 'email' } }, required: ['mail'] },
      next: { properties: { email: { type: 'string', format: 'email' } }, required: ['email'] },
      lost: { mail: 'a@b.example' },
      gained: { email: 'a@b.example' },
      at: '/properties/email',
      open: both,
      closed: both,
    },
    message: (p, at) =>
      `${at}: property ${show(p.previous)} seems to be renamed to ${show(p.next)}; on the wire that removes one and adds the other.`,
    hint: 'Send both names for a while: require neither alone, or anyOf [required old, required new].',
  },
  PROPERTY_TYPE_REINTRODUCED: {
    meaning: 'A name that an earlier version used comes back with values that version did not mean.',
    effect: 'replaces',
    quiet: 'warning',
    mirror: { none: 'it is about three versions' },
    unshown: 'it takes three versions: see the tests of histories',
    message: (p, at) =>
      `${at}: property ${show(p.property)} comes back; an earlier version used the name for other values.`,
    hint: 'Choose a name that no version has used.',
  },
  REQUIRED_ADDED: {
    meaning: 'A declared property becomes required.',
    effect: 'narrows',
    quiet: 'info',
    mirror: 'REQUIRED_REMOVED',
    example: {
      previous: { properties: a },
      next: { properties: a, required: ['a'] },
      lost: {},
      at: '/required',
      open: backward,
      closed: backward,
    },
    message: (p, at) => `${at}: property ${show(p.property)} is required now; it was optional.`,
    hint: 'Leave it optional for reading and hold producers to it.',
  },
  REQUIRED_REMOVED: {
    mirrorOf: 'REQUIRED_ADDED',
    meaning: 'A property is no longer required.',
    message: (p, at) =>
      `${at}: property ${show(p.property)} is optional now; readers of the previous version require it.`,
    hint: 'Keep sending it until no reader requires it.',
  },
  REQUIRED_UNDECLARED_NAME: {
    meaning: 'A name becomes required that no property declares.',
    effect: 'narrows',
    quiet: 'info',
    mirror: 'REQUIRED_REMOVED',
    example: {
      previous: { properties: a },
      next: { properties: a, required: ['b'] },
      lost: {},
      at: '/required',
      open: backward,
      closed: backward,
    },
    message: (p, at) => `${at}: ${list(p.property)} is required, but no property of that name is declared.`,
    hint: 'A misspelt name? Declare the property, or take the name out of required.',
  },
};
