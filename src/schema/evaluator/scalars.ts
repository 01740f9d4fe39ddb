/** Keywords that look at a value without meeting a subschema (Validation §6). */
import { canonicalize } from '../canonical-form.ts';
import { active, type Keyword } from '../dialect.ts';
import { formatPredicate } from '../format.ts';
import { isArray, isObject, type Json } from '../json.ts';
import { isMultipleOf } from '../multiple.ts';
import type { Maker, Reject } from './maker.ts';
import type { Check } from './step.ts';

type Make = (asked: Json, maker: Maker, reject: Reject) => Check | undefined;

/** A row turns the value of a keyword into its check; undefined where the value says nothing. */
export const scalars: Readonly<Partial<Record<Keyword, Make>>> = {
  type: (asked, _, reject) => {
    const types = isArray(asked) ? asked : [asked];
    return (value, frame) => types.some((type) => isOfType(value, type)) || reject(frame, { type: asked });
  },
  enum: (asked, _, reject) => {
    const members = new Set((isArray(asked) ? asked : []).map(canonicalize));
    return (value, frame) => members.has(canonicalize(value)) || reject(frame);
  },
  const: (asked, _, reject) => {
    const constant = canonicalize(asked);
    return (value, frame) => canonicalize(value) === constant || reject(frame);
  },
  // in draft-04 `exclusiveMinimum: true` sharpens the bound beside it (draft-04 Validation §5.1.2, §5.1.3)
  minimum: (asked, { schema, dialect }, reject) =>
    active(schema, 'exclusiveMinimum', dialect) === true
      ? ofNumber(asked, reject, (value, limit) => value > limit)
      : ofNumber(asked, reject, (value, limit) => value >= limit),
  maximum: (asked, { schema, dialect }, reject) =>
    active(schema, 'exclusiveMaximum', dialect) === true
      ? ofNumber(asked, reject, (value, limit) => value < limit)
      : ofNumber(asked, reject, (value, limit) => value <= limit),
  exclusiveMinimum: (asked, _, reject) => ofNumber(asked, reject, (value, limit) => value > limit),
  exclusiveMaximum: (asked, _, reject) => ofNumber(asked, reject, (value, limit) => value < limit),
  multipleOf: (asked, _, reject) => {
    if (typeof asked !== 'number') return undefined;
    return (value, frame) => typeof value !== 'number' || isMultipleOf(value, asked) || reject(frame);
  },
  minLength: (asked, _, reject) => ofSize(asked, reject, lengthOf, (size, limit) => size >= limit),
  maxLength: (asked, _, reject) => ofSize(asked, reject, lengthOf, (size, limit) => size <= limit),
  pattern: (asked, maker, reject) => {
    if (typeof asked !== 'string') return undefined;
    const pattern = maker.pattern(asked);
    return (value, frame) => typeof value !== 'string' || pattern.test(value) || reject(frame, { pattern: asked });
  },
  format: (asked, { assertsFormats }, reject) => {
    const holds = assertsFormats && typeof asked === 'string' ? formatPredicate(asked) : undefined;
    if (holds === undefined) return undefined;
    return (value, frame) => typeof value !== 'string' || holds(value) || reject(frame, { format: asked });
  },
  minItems: (asked, _, reject) => ofSize(asked, reject, itemsOf, (size, limit) => size >= limit),
  maxItems: (asked, _, reject) => ofSize(asked, reject, itemsOf, (size, limit) => size <= limit),
  uniqueItems: (asked, _, reject) => {
    if (asked !== true) return undefined;
    return (value, frame) => !isArray(value) || new Set(value.map(canonicalize)).size === value.length || reject(frame);
  },
  minProperties: (asked, _, reject) => ofSize(asked, reject, membersOf, (size, limit) => size >= limit),
  maxProperties: (asked, _, reject) => ofSize(asked, reject, membersOf, (size, limit) => size <= limit),
  required: (asked, _, reject) => {
    const names = isArray(asked) ? asked.filter((name) => typeof name === 'string') : [];
    return (value, frame) => {
      if (!isObject(value)) return true;
      const missing = names.filter((name) => !Object.hasOwn(value, name));
      for (const name of missing) reject(frame, { missingProperty: name });
      return missing.length === 0;
    };
  },
};

function isOfType(value: Json, type: Json): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return isArray(value);
    case 'object':
      return isObject(value);
    case 'integer':
      return typeof value === 'number' && Number.isInteger(value);
    default:
      return typeof value === type;
  }
}

function ofNumber(asked: Json, reject: Reject, holds: (value: number, limit: number) => boolean): Check | undefined {
  if (typeof asked !== 'number') return undefined;
  return (value, frame) => typeof value !== 'number' || holds(value, asked) || reject(frame, { limit: asked });
}

function ofSize(
  asked: Json,
  reject: Reject,
  sizeOf: (value: Json) => number | undefined,
  holds: (size: number, limit: number) => boolean,
): Check | undefined {
  if (typeof asked !== 'number') return undefined;
  return (value, frame) => {
    const size = sizeOf(value);
    return size === undefined || holds(size, asked) || reject(frame, { limit: asked });
  };
}

/** Characters are Unicode code points (Validation §6.3.1). */
function lengthOf(value: Json): number | undefined {
  if (typeof value !== 'string') return undefined;
  let length = 0;
  for (const _ of value) length += 1;
  return length;
}

function itemsOf(value: Json): number | undefined {
  return isArray(value) ? value.length : undefined;
}

function membersOf(value: Json): number | undefined {
  return isObject(value) ? Object.keys(value).length : undefined;
}
