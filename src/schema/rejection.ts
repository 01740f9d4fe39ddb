/** Why a validator refuses an event. Never a value of the event: a rejected value may be confidential. */
import type { ErrorObject } from 'ajv';
import type { Compiled } from './ajv.ts';
import type { Json } from './json.ts';
import { ownPrefix } from './plain-schema.ts';
import { append, isPointer, type Pointer } from './pointer.ts';

export interface Rejection {
  /** Where in the event; names of members appear in it, their values do not. */
  readonly instancePointer: Pointer;
  /** The keyword's place in the schema, or the place of a `false` schema. */
  readonly schemaPointer: Pointer;
  /** Set where that place is in a document of the bundle. */
  readonly schemaUri?: string;
  /** The keyword that failed; `false` for a schema that is false; `limit` where the event exceeds what is looked at. */
  readonly keyword: string;
  /** What the schema wants, and names of members. */
  readonly params: Readonly<Record<string, Json>>;
}

/** A row lists the error parameters of a keyword that come from the schema or are member names. Only those leave the validator. */
const disclosedParams: Readonly<Record<string, readonly string[]>> = {
  additionalItems: ['limit'],
  additionalProperties: ['additionalProperty'],
  contains: ['minContains', 'maxContains'],
  dependencies: ['property', 'missingProperty'],
  dependentRequired: ['property', 'missingProperty'],
  exclusiveMaximum: ['limit'],
  exclusiveMinimum: ['limit'],
  format: ['format'],
  if: ['failingKeyword'],
  items: ['limit'],
  maxItems: ['limit'],
  maxLength: ['limit'],
  maxProperties: ['limit'],
  maximum: ['limit'],
  minItems: ['limit'],
  minLength: ['limit'],
  minProperties: ['limit'],
  minimum: ['limit'],
  oneOf: ['passingSchemas'],
  pattern: ['pattern'],
  prefixItems: ['limit'],
  propertyNames: ['propertyName'],
  required: ['missingProperty'],
  type: ['type'],
  unevaluatedItems: ['limit', 'len'],
  unevaluatedProperties: ['unevaluatedProperty'],
};

export function rejection(error: ErrorObject, compiled: Compiled): Rejection {
  const keyword = error.keyword.startsWith(ownPrefix) ? error.keyword.slice(ownPrefix.length) : error.keyword;
  const isFalse = keyword === 'never' || keyword === 'false schema';
  const parent = typeof error.parentSchema === 'object' ? compiled.locate(error.parentSchema) : undefined;
  const schemaPointer = parent === undefined ? fallback(error.schemaPath) : parent.pointer;
  return {
    instancePointer: error.instancePath,
    schemaPointer: isFalse || parent === undefined ? schemaPointer : append(schemaPointer, keyword),
    ...(parent?.uri === undefined ? {} : { schemaUri: parent.uri }),
    keyword: isFalse ? 'false' : keyword,
    params: params(keyword, error),
  };
}

function params(keyword: string, error: ErrorObject): Record<string, Json> {
  const given: Record<string, Json> = error.params;
  const entries = (disclosedParams[keyword] ?? []).flatMap((name) =>
    given[name] === undefined ? [] : [[name, given[name]]],
  );
  return Object.fromEntries(entries);
}

/** What Ajv says itself, for schemas in places no keyword holds. */
function fallback(path: string): Pointer {
  const fragment = path.slice(path.indexOf('#') + 1);
  try {
    const pointer = decodeURIComponent(fragment);
    return isPointer(pointer) ? pointer : '';
  } catch {
    return '';
  }
}
