/**
 * A schema as a reader sees it who looks at some places only: what is said of the others is left out, what is said of those stays.
 * Every value of the schema is one of its projection; and where the projection accepts an event, the schema accepts one that
 * looks the same at the places that are read. A verdict on the projection is therefore never a green one over a red one.
 */
import { active, keywordRow } from '../../schema/dialect.ts';
import type { SchemaDocument } from '../../schema/document.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../schema/json.ts';
import { linearPattern } from '../../schema/pattern.ts';
import type { SchemaLocation } from '../../schema/reference.ts';
import { type Gathering, maxMentions, TooManyMentions } from './mention.ts';
import { type Condition, type Part, partsOf, type TiedPart } from './part.ts';
import { isNothing, type Reads, readsAll, readsAnyItem, readsBelow, readsOfItems } from './reads.ts';
import { type Source, type SourceOptions, sourceOf } from './source.ts';
import { isSettled, isTouched, type Tie, tied } from './ties.ts';

export interface Projection {
  readonly document: SchemaDocument;
  /** Places that are kept although the reader does not name them. */
  readonly ties: readonly Tie[];
  /** Set where all of the schema is kept, and why. */
  readonly whole?: 'dynamic references' | 'too much is tied together' | 'nothing is accepted';
}

export function project(document: SchemaDocument, reads: Reads, options: SourceOptions): Projection {
  if (reads.whole) return { document, ties: [] };
  const source = sourceOf(document, options);
  if (isNothing(reads)) return { document: source.documentOf({}), ties: [] };
  if (source.refs.dynamic) return { document, ties: [], whole: 'dynamic references' };
  if (source.isPossible([source.refTo(source.refs.root)]) !== true)
    return { document, ties: [], whole: 'nothing is accepted' };
  try {
    const gathering = { source, tally: { left: maxMentions } };
    const closed = tied(gathering, reads);
    const work: Work = { gathering, source };
    const root = whereRead(work, { location: source.refs.root, settled: false }, closed.reads);
    return { document: source.documentOf(root), ties: closed.ties };
  } catch (error) {
    if (error instanceof TooManyMentions) return { document, ties: [], whole: 'too much is tied together' };
    throw error;
  }
}

interface Work {
  readonly gathering: Gathering;
  readonly source: Source;
}

interface Site {
  readonly location: SchemaLocation;
  readonly settled: boolean;
}

/** The schema of one place, where anything there is read. */
function whereRead(work: Work, site: Site, reads: Reads): Json {
  if (isNothing(reads)) return {};
  // a place that nothing fits keeps saying so
  if (reads.whole || !fits(work, site.location)) return work.source.refTo(site.location);
  return inPlace(work, site, reads);
}

function inPlace(work: Work, site: Site, reads: Reads): Json {
  const { location } = site;
  const { schema } = location;
  if (schema === false) return { not: {} };
  if (!isObject(schema)) return {};
  if (hasUnreadablePattern(location)) return work.source.refTo(location);
  const settled = site.settled || isSettled(location);
  const inner = { ...site, settled };
  const kept = partsOf(work.source, location).flatMap((part) => ofPart(work, part, inner, reads));
  return conjunction([
    kindsOf(work.source, location),
    ...ownKeywords(location, reads),
    ...kept,
    ...ofMembers(work, inner, reads),
    ...ofItems(work, inner, reads),
  ]);
}

const compound = ['object', 'array'] as const;
const plain = ['null', 'boolean', 'number', 'string'] as const;

/** What is left out of objects and lists may be what makes them impossible. */
function kindsOf(source: Source, location: SchemaLocation): Json {
  if (isSettled(location)) return {};
  const whole = source.refTo(location);
  const possible = compound.filter((type) => source.isPossible([whole, { type }]) !== false);
  return possible.length === compound.length ? {} : { type: [...plain, ...possible] };
}

function conjunction(schemas: readonly Json[]): Json {
  const said = schemas.filter((schema) => !(isObject(schema) && Object.keys(schema).length === 0));
  const [first = {}] = said;
  return said.length > 1 ? { allOf: said } : first;
}

function ofPart(work: Work, part: Part, site: Site, reads: Reads): readonly Json[] {
  const { source } = work;
  const below = (location: SchemaLocation) => inPlaceOf(work, { ...site, location }, reads);
  switch (part.kind) {
    case 'in place':
      return [below(part.location)];
    case 'choice':
      return [{ anyOf: part.branches.map(below) }];
    case 'condition':
      return isTouched(work.gathering, part, reads, site.settled)
        ? [conditional(part, site.location, source.refTo, below)]
        : [];
    case 'tied':
      return isTouched(work.gathering, part, reads, site.settled)
        ? [tiedKeyword(part, site.location, source.refTo)]
        : [];
    default:
      return [];
  }
}

/** A branch that nothing fits is none. */
function inPlaceOf(work: Work, site: Site, reads: Reads): Json {
  return fits(work, site.location) ? inPlace(work, site, reads) : work.source.refTo(site.location);
}

function fits({ source }: Work, location: SchemaLocation): boolean {
  return source.isPossible([source.refTo(location)]) === true;
}

function conditional(
  { when }: Condition,
  { schema }: SchemaLocation,
  refTo: Source['refTo'],
  below: (location: SchemaLocation) => Json,
): Json {
  return { if: refTo(when), ...branch('then'), ...branch('else') };

  function branch(keyword: 'then' | 'else'): JsonObject {
    const inner = isObject(schema) ? schema[keyword] : undefined;
    if (inner === undefined) return {};
    return { [keyword]: below(beside(when, keyword, inner)) };
  }
}

/** `then` stands beside its `if`. */
function beside(when: SchemaLocation, keyword: string, schema: Json): SchemaLocation {
  return { ...when, pointer: `${when.pointer.slice(0, when.pointer.lastIndexOf('/'))}/${keyword}`, schema };
}

/** As it stands, its subschemas whole. */
function tiedKeyword(
  { keyword }: TiedPart,
  { schema, pointer, resource }: SchemaLocation,
  refTo: Source['refTo'],
): Json {
  if (!isObject(schema)) return {};
  const whole = (path: string, inner: Json): Json =>
    typeof inner === 'object' && inner !== null && !isArray(inner)
      ? refTo({ resource, pointer: `${pointer}/${path}`, schema: inner })
      : inner;
  const value = schema[keyword] as Json;
  const counts = keyword === 'contains' ? only(schema, ['minContains', 'maxContains']) : {};
  const row = keywordRow(keyword, resource.dialect);
  if (row?.holds === 'list' && isArray(value))
    return { [keyword]: value.map((each, index) => whole(`${keyword}/${index}`, each)) };
  if (row?.holds === 'map' || row?.holds === 'map with names')
    return {
      [keyword]: Object.fromEntries(
        Object.entries(isObject(value) ? value : {}).map(([name, each]) => [
          name,
          whole(`${keyword}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, each),
        ]),
      ),
    };
  return { [keyword]: row?.holds === 'schema' ? whole(keyword, value) : value, ...counts };
}

function only(schema: JsonObject, keywords: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => keywords.includes(keyword)));
}

const ofKinds = ['number', 'string'];

/** What is said of the value itself, and that members which are read are there. */
function ownKeywords({ schema, resource }: SchemaLocation, reads: Reads): readonly Json[] {
  if (!isObject(schema)) return [];
  const { dialect } = resource;
  const own = Object.entries(schema).filter(([keyword]) => {
    const row = keywordRow(keyword, dialect);
    if (row === undefined || active(schema, keyword as 'type', dialect) === undefined || row.role !== 'assertion')
      return false;
    if (keyword === 'minItems' || keyword === 'maxItems') return readsAnyItem(reads);
    if (keyword === 'enum' || keyword === 'const') return isPlain(schema[keyword] as Json);
    return keyword === 'type' || keyword === 'format' || ofKinds.includes(row.on);
  });
  const required = active(schema, 'required', dialect);
  const names = isArray(required) ? required.filter((name) => !isNothing(readsBelow(reads, String(name)))) : [];
  return [Object.fromEntries(own), names.length > 0 ? { required: names } : {}];
}

function isPlain(value: Json): boolean {
  return (isArray(value) ? value : [value]).every((each) => typeof each !== 'object' || each === null);
}

/** Members by name: each with all that is said of it. */
function ofMembers(work: Work, site: Site, reads: Reads): readonly Json[] {
  const { location } = site;
  const { schema, resource } = location;
  if (!isObject(schema)) return [];
  const map = (keyword: 'properties' | 'patternProperties') => {
    const value = active(schema, keyword, resource.dialect);
    return isObject(value) ? value : {};
  };
  const [properties, patterns] = [map('properties'), map('patternProperties')];
  const rest = active(schema, 'additionalProperties', resource.dialect);
  const member = (path: readonly string[], inner: Json, read: Reads): Json => {
    const at = work.source.refs.descend(location, path, inner);
    return whereRead(work, { location: at, settled: false }, read);
  };
  const named = [...reads.named.keys()].map((name): Json => {
    const read = readsBelow(reads, name);
    const matching = Object.entries(patterns).filter(([pattern]) => matches(pattern, name));
    const all = [
      ...(Object.hasOwn(properties, name) ? [member(['properties', name], properties[name] as Json, read)] : []),
      ...matching.map(([pattern, inner]) => member(['patternProperties', pattern], inner, read)),
      ...(rest !== undefined && !Object.hasOwn(properties, name) && matching.length === 0
        ? [member(['additionalProperties'], rest, read)]
        : []),
    ];
    const said = conjunction(all);
    return isObject(said) && Object.keys(said).length === 0 ? {} : { properties: { [name]: said } };
  });
  const { any } = reads;
  if (any === undefined) return named;
  const every: JsonObject = {
    properties: Object.fromEntries(
      Object.entries(properties).map(([name, inner]) => [
        name,
        member(['properties', name], inner, readsBelow(reads, name)),
      ]),
    ),
    patternProperties: Object.fromEntries(
      Object.entries(patterns).map(([pattern, inner]) => [pattern, member(['patternProperties', pattern], inner, any)]),
    ),
    ...(rest !== undefined && { additionalProperties: member(['additionalProperties'], rest, any) }),
  };
  return [every, ...named];
}

function matches(pattern: string, name: string): boolean {
  const made = linearPattern(pattern);
  return made.ok && made.pattern.test(name);
}

/** A pattern that cannot be run may stand for any name. */
function hasUnreadablePattern({ schema, resource }: SchemaLocation): boolean {
  const patterns = isObject(schema) ? active(schema, 'patternProperties', resource.dialect) : undefined;
  return isObject(patterns) && Object.keys(patterns).some((pattern) => !linearPattern(pattern).ok);
}

function ofItems(work: Work, site: Site, reads: Reads): readonly Json[] {
  const { location } = site;
  const { schema, resource } = location;
  if (!isObject(schema) || !readsAnyItem(reads)) return [];
  const items = active(schema, 'items', resource.dialect);
  const isOld = resource.dialect !== '2020-12';
  const [tupleWord, restWord] = isOld && isArray(items) ? ['items', 'additionalItems'] : ['prefixItems', 'items'];
  const tuple = active(schema, tupleWord as 'items', resource.dialect);
  const rest = active(schema, restWord as 'items', resource.dialect);
  const item = (path: readonly string[], inner: Json, read: Reads): Json => {
    const at = work.source.refs.descend(location, path, inner);
    // an item that nothing fits ends the list before it, whatever is read of it
    return whereRead(work, { location: at, settled: false }, isNothing(read) && !fits(work, at) ? readsAll : read);
  };
  const listed = isArray(tuple)
    ? tuple.map((inner, index) => item([tupleWord, String(index)], inner, readsBelow(reads, String(index))))
    : [];
  return [
    {
      ...(listed.length > 0 && { [tupleWord]: listed }),
      ...(rest !== undefined &&
        !isArray(rest) && {
          [restWord]: item([restWord], rest, readsOfItems(reads, listed.length)),
        }),
    },
  ];
}
