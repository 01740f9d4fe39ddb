/**
 * A schema taken apart into what all has to hold: what it says of the value itself, of its members, and of several places at once.
 * What ties places together decides which of them may be left out.
 */
import { active, type Keyword, keywordRow } from '../../schema/dialect.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../schema/json.ts';
import { linearPattern } from '../../schema/pattern.ts';
import type { SchemaLocation } from '../../schema/reference.ts';
import { isSchema } from '../../schema/walk.ts';
import { anyName, isIndex } from './reads.ts';
import type { Source } from './source.ts';

/**
 * own: said of the value, or of the presence of its members, one by one. in place: a schema that has to hold too. child: a schema of
 * a member. choice: one of several, where more than one does no harm. condition: `if` with its branches. tied: what cannot be taken
 * apart. unevaluated: what no other keyword has looked at.
 */
export type Part =
  | { readonly kind: 'own'; readonly says: readonly Said[] }
  | { readonly kind: 'in place'; readonly location: SchemaLocation }
  | Child
  | { readonly kind: 'choice'; readonly keyword: Keyword; readonly branches: readonly SchemaLocation[] }
  | Condition
  | TiedPart
  | Unevaluated;

export interface Child {
  readonly kind: 'child';
  readonly location: SchemaLocation;
  readonly member: string;
  /** Of `*`: the members it stands for. */
  readonly stands?: Stands;
}

export interface Condition {
  readonly kind: 'condition';
  readonly keyword: Keyword;
  readonly when: SchemaLocation;
  readonly branches: readonly SchemaLocation[];
}

export interface TiedPart {
  readonly kind: 'tied';
  readonly keyword: Keyword;
  readonly says: readonly Said[];
  readonly schemas: readonly SchemaLocation[];
}

export interface Unevaluated {
  readonly kind: 'unevaluated';
  readonly keyword: Keyword;
  readonly stands: Stands;
}

export type Stands = (name: string) => boolean;

/** value: of the value at the place itself. presence: whether there is one. whole: of all that is there. */
export interface Said {
  readonly how: 'value' | 'presence' | 'whole';
  /** The member it is said of; absent: the value itself. */
  readonly below?: string;
}

/** One keyword of a schema. */
interface Stated {
  readonly source: Source;
  readonly location: SchemaLocation;
  readonly schema: JsonObject;
  readonly keyword: Keyword;
  readonly value: Json;
}

const ofTheValue: Said = { how: 'value' };
const ofAll: Said = { how: 'whole' };
const ofMembers: Said = { how: 'presence', below: anyName };
const allMembers: Said = { how: 'whole', below: anyName };

export function partsOf(source: Source, location: SchemaLocation): readonly Part[] {
  const { schema, resource } = location;
  if (schema === false) return own([ofTheValue]);
  if (!isObject(schema)) return [];
  return Object.keys(schema).flatMap((name) => {
    const row = keywordRow(name, resource.dialect);
    const keyword = name as Keyword;
    const value = row && active(schema, keyword, resource.dialect);
    if (value === undefined || row?.role === 'annotation') return [];
    return (rows[keyword] ?? nothing)({ source, location, schema, keyword, value });
  });
}

type Take = (stated: Stated) => readonly Part[];

const nothing: Take = () => [];
const value: Take = () => own([ofTheValue]);
const tiedTo =
  (...says: readonly Said[]): Take =>
  ({ keyword }) => [{ kind: 'tied', keyword, says, schemas: [] }];
const needs: Take = (stated) =>
  Object.entries(isObject(stated.value) ? stated.value : {}).map(([name, needed]) => ({
    kind: 'tied',
    keyword: stated.keyword,
    says: [name, ...(isArray(needed) ? needed : [])].map((each) => ({ how: 'presence', below: String(each) })),
    schemas: below(stated, name),
  }));
const values: Take = (stated) => {
  const all = stated.keyword === 'enum' && isArray(stated.value) ? stated.value : [stated.value];
  return all.some((each) => typeof each === 'object' && each !== null) ? tiedTo(ofAll)(stated) : own([ofTheValue]);
};
const tuple: Take = (stated) => listed(stated).map((location, index) => item(location, String(index)));

/** A row says which parts a keyword makes; what has none here constrains nothing, or is read with another. */
const rows: Readonly<Partial<Record<Keyword, Take>>> = {
  $ref: (stated) => {
    const target = stated.source.refs.resolve(stated.location, String(stated.value));
    return target ? [{ kind: 'in place', location: target }] : tiedTo(ofAll)(stated);
  },
  type: value,
  format: value,
  minimum: value,
  maximum: value,
  exclusiveMinimum: value,
  exclusiveMaximum: value,
  multipleOf: value,
  minLength: value,
  maxLength: value,
  pattern: value,
  enum: values,
  const: values,
  required: ({ value: names }) =>
    own((isArray(names) ? names : []).map((name) => ({ how: 'presence', below: String(name) }))),
  minItems: () => own([ofMembers]),
  maxItems: () => own([ofMembers]),
  uniqueItems: (stated) => (stated.value === true ? tiedTo(allMembers)(stated) : []),
  contains: tiedTo(allMembers),
  minProperties: tiedTo(ofMembers),
  maxProperties: tiedTo(ofMembers),
  propertyNames: tiedTo(ofMembers),
  dependentRequired: needs,
  dependentSchemas: needs,
  dependencies: needs,
  allOf: (stated) => listed(stated).map((location) => ({ kind: 'in place', location })),
  anyOf: (stated) => [{ kind: 'choice', keyword: 'anyOf', branches: listed(stated) }],
  oneOf: (stated) => {
    const branches = listed(stated);
    return areApart(stated, branches)
      ? [{ kind: 'choice', keyword: 'oneOf', branches }]
      : [{ kind: 'tied', keyword: 'oneOf', says: [ofTheValue], schemas: branches }];
  },
  not: (stated) => [{ kind: 'tied', keyword: 'not', says: [ofTheValue], schemas: below(stated) }],
  if: (stated) => {
    const [when] = below(stated);
    const branches = (['then', 'else'] as const).flatMap((keyword) => below({ ...stated, keyword }));
    return when && branches.length > 0 ? [{ kind: 'condition', keyword: 'if', when, branches }] : [];
  },
  properties: (stated) =>
    Object.keys(isObject(stated.value) ? stated.value : {}).flatMap((member) =>
      below(stated, member).map((location) => ({ kind: 'child', location, member })),
    ),
  patternProperties: (stated) =>
    Object.keys(isObject(stated.value) ? stated.value : {}).flatMap((pattern) =>
      below(stated, pattern).map((location) => members(location, (name) => mayMatch(pattern, name))),
    ),
  additionalProperties: (stated) => below(stated).map((location) => members(location, isAdditional(stated))),
  prefixItems: tuple,
  items: (stated) => (isArray(stated.value) ? tuple(stated) : below(stated).map((each) => item(each, anyName))),
  additionalItems: (stated) =>
    isArray(active(stated.schema, 'items', stated.location.resource.dialect))
      ? below(stated).map((each) => item(each, anyName))
      : [],
  unevaluatedProperties: (stated) => {
    const certain = certainNames(stated.source, stated.location);
    if (stated.value === true || certain === 'all') return [];
    return [{ kind: 'unevaluated', keyword: stated.keyword, stands: (name) => !certain.has(name) }];
  },
  unevaluatedItems: ({ value: given, keyword }) =>
    given === true ? [] : [{ kind: 'unevaluated', keyword, stands: isIndex }],
};

function own(says: readonly Said[]): readonly Part[] {
  return [{ kind: 'own', says }];
}

/** The schema that the keyword holds, at `path` below it. */
function below({ source, location, schema, keyword }: Stated, ...path: readonly string[]): readonly SchemaLocation[] {
  let inner: Json | undefined = schema;
  for (const step of [keyword, ...path])
    inner = isArray(inner)
      ? inner[Number(step)]
      : isObject(inner) && Object.hasOwn(inner, step)
        ? inner[step]
        : undefined;
  return inner !== undefined && isSchema(inner) ? [source.refs.descend(location, [keyword, ...path], inner)] : [];
}

function listed(stated: Stated): readonly SchemaLocation[] {
  return isArray(stated.value) ? stated.value.flatMap((_, index) => below(stated, String(index))) : [];
}

function item(location: SchemaLocation, member: string): Part {
  return { kind: 'child', location, member, stands: isIndex };
}

function members(location: SchemaLocation, stands: Stands): Part {
  return { kind: 'child', location, member: anyName, stands };
}

function mayMatch(pattern: string, name: string): boolean {
  const made = linearPattern(pattern);
  return !made.ok || made.pattern.test(name);
}

function isAdditional({ schema, location }: Stated): Stands {
  const map = (keyword: 'properties' | 'patternProperties') => {
    const found = active(schema, keyword, location.resource.dialect);
    return isObject(found) ? found : {};
  };
  const declared = map('properties');
  const certain = Object.keys(map('patternProperties')).filter((pattern) => linearPattern(pattern).ok);
  return (name) => !Object.hasOwn(declared, name) && !certain.some((pattern) => mayMatch(pattern, name));
}

/** Branches asked about in pairs: more are taken as overlapping. */
const maxBranches = 16;

/** Where no value is accepted by two branches, exactly one is the same as at least one. */
function areApart({ source, schema }: Stated, branches: readonly SchemaLocation[]): boolean {
  if (branches.length > maxBranches) return false;
  const around = Object.entries(schema)
    .filter(([keyword]) => keyword === 'type' || keyword === 'required')
    .map(([keyword, stated]): Json => ({ [keyword]: stated }));
  const refs = branches.map(source.refTo);
  return refs.every((one, index) =>
    refs.slice(index + 1).every((other) => source.isPossible([...around, one, other]) === false),
  );
}

/** The members that have been looked at whatever the event holds. */
function certainNames(
  source: Source,
  { schema, resource, ...at }: SchemaLocation,
  around: readonly Json[] = [],
): ReadonlySet<string> | 'all' {
  if (!isObject(schema) || around.includes(schema)) return new Set();
  if (active(schema, 'additionalProperties', resource.dialect) !== undefined) return 'all';
  const { unevaluatedProperties: _, ...rest } = schema;
  const inner = partsOf(source, { ...at, resource, schema: rest }).flatMap((part) =>
    part.kind === 'in place' ? [certainNames(source, part.location, [...around, schema])] : [],
  );
  if (inner.includes('all')) return 'all';
  const declared = active(schema, 'properties', resource.dialect);
  const names = inner.flatMap((each) => (each === 'all' ? [] : [...each]));
  return new Set([...(isObject(declared) ? Object.keys(declared) : []), ...names]);
}
