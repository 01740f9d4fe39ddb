/**
 * What a document violates of its meta-schema, in words that name the keyword. Of the value only its type is shown:
 * it may be an event posted by mistake.
 */
import { keywordRow } from './dialect.ts';
import type { Dialect } from './document.ts';
import { isArray, isObject, type Json } from './json.ts';
import { append, type Pointer, resolve, segments } from './pointer.ts';

export interface Violation {
  readonly pointer: Pointer;
  /** The keyword of the meta-schema that fails. */
  readonly keyword: string;
  readonly params: Readonly<Record<string, unknown>>;
}

/** Where a pointer leads inside a schema: to a schema, or into a keyword's value. */
interface Target {
  readonly keyword: string | undefined;
  readonly isSchema: boolean;
  /** Whether it is a part of what the keyword's value holds. */
  readonly isMember: boolean;
}

type Describe = (params: Violation['params']) => string;

/** A row says what a keyword of the meta-schema demands of a keyword's value. */
const demands: Readonly<Record<string, Describe>> = {
  type: ({ type }) => `must be ${article(type)}`,
  enum: ({ allowedValues }) => `must be ${isList(allowedValues) ? allowedValues.join(' or ') : 'one of few values'}`,
  // draft-04 sharpens the bound with a boolean beside it, and Ajv reports both as one
  minimum: ({ limit, comparison }) =>
    comparison === '>' ? `must be greater than ${String(limit)}` : `must be ${String(limit)} or more`,
  exclusiveMinimum: ({ limit }) => `must be greater than ${String(limit)}`,
  minItems: ({ limit }) => `must have at least ${String(limit)} member`,
  minLength: () => 'must not be empty',
  uniqueItems: () => 'must not name the same thing twice',
  pattern: ({ pattern }) => `must match ${String(pattern)}`,
  dependencies: ({ property, missingProperty }) =>
    `has "${String(property)}", which needs "${String(missingProperty)}" beside it: up to draft-04 it is a boolean that sharpens that bound`,
};

/** A row is a keyword whose value is of several forms. */
const forms: Readonly<Record<string, string>> = {
  type: 'must be a type (null, boolean, object, array, number, string, integer) or a list of types without repetition',
  items: 'must be a schema or a list of schemas',
  dependencies: 'must be a schema or a list of property names',
  additionalItems: 'must be a schema or a boolean',
  additionalProperties: 'must be a schema or a boolean',
};

/** A row is a mistake that dialects explain: what was written, when it was right, and what to write instead. */
const histories: readonly {
  readonly keywords: readonly string[];
  /** Where it is a mistake; all of them where none is listed. */
  readonly dialects?: readonly Dialect[];
  readonly written: (value: Json) => boolean;
  readonly instead: string;
}[] = [
  {
    keywords: ['exclusiveMinimum', 'exclusiveMaximum'],
    written: (value) => typeof value === 'boolean',
    instead:
      'it was a boolean up to draft-04; write the bound itself, or state "$schema": "http://json-schema.org/draft-04/schema#"',
  },
  {
    keywords: ['exclusiveMinimum', 'exclusiveMaximum'],
    written: (value) => typeof value === 'number',
    instead: 'it is a number since draft-06; state a later "$schema"',
  },
  {
    keywords: ['required'],
    written: (value) => typeof value === 'boolean',
    instead: 'draft-03 wrote it in the property; list the names in "required" of the object around it',
  },
  {
    keywords: ['items'],
    dialects: ['2020-12'],
    written: isArray,
    instead: 'lists of schemas are "prefixItems" since 2020-12, and what follows them is "items"',
  },
];

export function violationText({ pointer, keyword, params }: Violation, root: Json, dialect: Dialect): string {
  const target = targetOf(pointer, root, dialect);
  const value = resolve(root, pointer);
  const form = target.keyword === undefined ? undefined : ownForm(target.keyword);
  const several = keyword === 'anyOf' || keyword === 'oneOf';
  const demand = several && form !== undefined ? form : demanded(target, keyword, params, dialect);
  const not = several || keyword === 'type' ? given(value, several && demand.includes('list')) : '';
  return `${nameOf(target)}${demand}${not}${history(target, value, dialect)}`;
}

function nameOf({ keyword, isMember }: Target): string {
  if (keyword === undefined) return '';
  return isMember ? `a member of "${keyword}" ` : `"${keyword}" `;
}

function ownForm(keyword: string): string | undefined {
  return Object.hasOwn(forms, keyword) ? forms[keyword] : undefined;
}

function demanded({ isSchema }: Target, keyword: string, params: Violation['params'], dialect: Dialect): string {
  if (isSchema && keyword === 'type')
    return dialect === 'draft-04' ? 'must be a schema, which is an object' : 'must be a schema: an object or a boolean';
  const describe = Object.hasOwn(demands, keyword) ? demands[keyword] : undefined;
  return describe ? describe(params) : `fails the ${keyword} of its meta-schema`;
}

function history({ keyword }: Target, value: Json | undefined, dialect: Dialect): string {
  const row = histories.find(
    ({ keywords, dialects = [dialect], written }) =>
      keyword !== undefined &&
      keywords.includes(keyword) &&
      dialects.includes(dialect) &&
      value !== undefined &&
      written(value),
  );
  return row === undefined ? '' : `: ${row.instead}`;
}

/** `mayBeList`: a list is one of the forms, so it is not the list that is wrong with it. */
function given(value: Json | undefined, mayBeList: boolean): string {
  if (value === undefined) return '';
  if (mayBeList && isArray(value)) return value.length === 0 ? ', not an empty list' : ', not a list with repetitions';
  if (typeof value === 'number') return Number.isInteger(value) ? ', not a number' : ', not a fraction';
  return value === null ? ', not null' : `, not ${article(isArray(value) ? 'array' : typeof value)}`;
}

const articles: Readonly<Record<string, string>> = {
  array: 'an array',
  boolean: 'a boolean',
  integer: 'a whole number',
  null: 'null',
  number: 'a number',
  object: 'an object',
  string: 'a string',
};

function article(type: unknown): string {
  return (isList(type) ? type : [type]).map((each) => articles[String(each)] ?? String(each)).join(' or ');
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

/** Follows `pointer` through keywords and what they hold; stops where it leaves what the dialect knows. */
function targetOf(pointer: Pointer, root: Json, dialect: Dialect): Target {
  const path = segments(pointer);
  const valueAt = (length: number) => resolve(root, append('', ...path.slice(0, length)));
  let keyword: string | undefined;
  for (let index = 0; index < path.length; index++) {
    keyword = path[index];
    const holds = keywordRow(keyword ?? '', dialect)?.holds ?? 'nothing';
    if (holds === 'schema' || (holds === 'schema or list' && !isArray(valueAt(index + 1)))) continue;
    const isNamed = holds === 'map with names' && !isObject(valueAt(index + 2));
    if (holds === 'nothing' || index + 1 === path.length || isNamed)
      return { keyword, isSchema: false, isMember: index + (isNamed ? 2 : 1) < path.length };
    index += 1;
    keyword = undefined;
  }
  return { keyword, isSchema: true, isMember: false };
}
