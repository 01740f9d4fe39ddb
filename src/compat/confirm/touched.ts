/**
 * The part of a document that a value can touch. A validator says of the value by this part what it says by the whole document, and
 * compiles a fraction of it. Each part of the value goes down the schemas that may meet it, whether or not they would be asked in the
 * end; only what no part of the value can meet is left out: properties it does not have, keywords for other types than its own, and
 * definitions nothing met refers to.
 */
import { isReplaced, keywordRow } from '../../schema/dialect.ts';
import type { Dialect, SchemaDocument } from '../../schema/document.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../schema/json.ts';
import { referencesIn } from '../../schema/locations.ts';
import { segments } from '../../schema/pointer.ts';
import { type References, references, type SchemaLocation } from '../../schema/reference.ts';
import { isSchema, type Subschema } from '../../schema/walk.ts';

export interface TouchedPart {
  /** The same schemas at the same pointers; it refers to no other document. */
  readonly document: SchemaDocument;
  /** How many schemas are met. */
  readonly schemas: number;
}

/** A part of the value, as far as it decides which schemas it meets. */
interface Part {
  readonly type: string;
  readonly members: ReadonlyMap<string, Part>;
  readonly items: readonly Part[];
}

/** A node in the document on the way to what is kept. */
interface PathNode {
  readonly below: Map<string, PathNode>;
  readonly metBy: Set<Part>;
}

/** What is not followed: a dynamic reference, one into another resource, or to what no keyword holds. */
class NotFollowed extends Error {}

/** Steps past which it is no saving. */
const maxMeetings = 20_000;

/** Undefined where it would take too long, or where references lead too far to be followed simply. */
export function touchedPart(document: SchemaDocument, value: Json): TouchedPart | undefined {
  const root: PathNode = { below: new Map(), metBy: new Set() };
  try {
    const schemas = meet(references(document), root, partOf(value));
    const { dialect } = document;
    return { document: { root: kept(document.root, root, dialect), dialect, bundle: new Map() }, schemas };
  } catch (error) {
    if (error instanceof NotFollowed) return undefined;
    throw error;
  }
}

const noMembers: ReadonlyMap<string, Part> = new Map();
const text: Part = { type: 'string', members: noMembers, items: [] };
const scalars: ReadonlyMap<string, Part> = new Map(
  ['null', 'boolean', 'number'].map((type) => [type, { type, members: noMembers, items: [] }]),
);

function partOf(value: Json): Part {
  if (isArray(value)) return { type: 'array', members: noMembers, items: value.map(partOf) };
  if (isObject(value)) {
    const members = new Map(Object.entries(value).map(([name, inside]) => [name, partOf(inside)]));
    return { type: 'object', members, items: [] };
  }
  return scalars.get(value === null ? 'null' : typeof value) ?? text;
}

function nodeAt(from: PathNode, path: readonly string[]): PathNode {
  let at = from;
  for (const segment of path) {
    const next = at.below.get(segment) ?? { below: new Map(), metBy: new Set() };
    at.below.set(segment, next);
    at = next;
  }
  return at;
}

/** Lets every part of the value meet what it can, and says how many schemas were met. */
function meet(refs: References, root: PathNode, value: Part): number {
  const waiting: { readonly location: SchemaLocation; readonly node: PathNode; readonly part: Part }[] = [];
  let [schemas, meetings] = [0, 0];
  const enter = (location: SchemaLocation, node: PathNode, part: Part) => {
    if (location.resource !== refs.root.resource) throw new NotFollowed();
    if (node.metBy.has(part)) return;
    if (++meetings > maxMeetings) throw new NotFollowed();
    if (node.metBy.size === 0) schemas += 1;
    node.metBy.add(part);
    waiting.push({ location, node, part });
  };
  enter(refs.root, root, value);
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    const { location, node, part } = at;
    for (const [keyword, reference] of referencesIn(location)) {
      const target = keyword === '$ref' ? refs.resolve(location, reference) : undefined;
      if (target === undefined) throw new NotFollowed();
      enter(target, nodeAt(root, segments(target.pointer)), part);
    }
    for (const { path, schema, parts } of schemasFor(location, part)) {
      const below = nodeAt(node, path);
      for (const inside of parts) enter(refs.descend(location, path, schema), below, inside);
    }
  }
  return schemas;
}

interface Below extends Pick<Subschema, 'path' | 'schema'> {
  /** The parts it may meet. */
  readonly parts: Iterable<Part>;
}

/** The subschemas of a schema that `part` or a part of it may meet. */
function schemasFor({ schema, resource: { dialect } }: SchemaLocation, part: Part): readonly Below[] {
  if (!isObject(schema) || isReplaced(schema, dialect)) return [];
  const found: Below[] = [];
  for (const [keyword, held] of Object.entries(schema)) {
    const row = keywordRow(keyword, dialect);
    if (row === undefined || row.holds === 'nothing' || row.meets === 'none') continue;
    if (row.on !== 'any' && row.on !== part.type) continue;
    const parts = row.meets === 'same' ? [part] : keyword === 'propertyNames' ? namesOf(part) : partsIn(part);
    if (isArray(held)) found.push(...held.map((schema, index) => ({ path: [keyword, String(index)], schema, parts })));
    else if (row.holds === 'schema' || row.holds === 'schema or list')
      found.push({ path: [keyword], schema: held, parts });
    else if (keyword === 'patternProperties') found.push(...entries(keyword, held, parts));
    else found.push(...ownEntries(keyword, held, part, row.meets === 'same'));
  }
  return found;
}

function partsIn({ members, items }: Part): Iterable<Part> {
  return members.size > 0 ? new Set(members.values()) : new Set(items);
}

/** A name is a string to the schema that names have to meet. */
function namesOf({ members }: Part): Iterable<Part> {
  return members.size > 0 ? [text] : [];
}

function entries(keyword: string, held: Json, parts: Iterable<Part>): readonly Below[] {
  return isObject(held) ? Object.entries(held).map(([name, schema]) => ({ path: [keyword, name], schema, parts })) : [];
}

/** What is stated for a name, where the value has a member of this name. */
function ownEntries(keyword: string, held: Json, part: Part, isWhole: boolean): readonly Below[] {
  if (!isObject(held)) return [];
  return [...part.members].flatMap(([name, member]) => {
    const schema = Object.hasOwn(held, name) ? held[name] : undefined;
    if (schema === undefined || !isSchema(schema)) return [];
    return [{ path: [keyword, name], schema, parts: [isWhole ? part : member] }];
  });
}

/**
 * A copy of `schema` with what says something itself and those of its subschemas that are met or on the way to one. A schema that is
 * met by nothing says nothing: what it refers to was not followed and is not here.
 */
function kept(schema: Json, { below, metBy }: PathNode, dialect: Dialect): Json {
  if (!isObject(schema)) return schema;
  const isMet = metBy.size > 0;
  const copy: (readonly [string, Json])[] = [];
  for (const [keyword, value] of Object.entries(schema)) {
    const row = keywordRow(keyword, dialect);
    const inside = below.get(keyword);
    if (row === undefined || row.holds === 'nothing') {
      if (inside !== undefined) throw new NotFollowed();
      if (isMet && row !== undefined && row.role !== 'annotation') copy.push([keyword, value]);
    } else if ((isMet && row.holds === 'map with names') || inside !== undefined) {
      const isSchemaItself = row.holds === 'schema' || (row.holds === 'schema or list' && !isArray(value));
      const left = (isSchemaItself ? kept : keptIn)(value, inside ?? nowhere, dialect);
      copy.push([keyword, row.holds === 'map with names' && isObject(left) ? { ...namesIn(value), ...left } : left]);
    }
  }
  return Object.fromEntries(copy);
}

const nowhere: PathNode = { below: new Map(), metBy: new Set() };

/** Of a list or a map of schemas. A list keeps its positions; names that one name asks for are no schema. */
function keptIn(held: Json, { below, metBy }: PathNode, dialect: Dialect): Json {
  if (metBy.size > 0) throw new NotFollowed();
  const one = (schema: Json, node: PathNode | undefined) => (node === undefined ? {} : kept(schema, node, dialect));
  if (isArray(held)) return held.map((schema, index) => one(schema, below.get(String(index))));
  if (!isObject(held)) return held;
  // whatever the order in the value: equal parts are compiled once
  return Object.fromEntries(
    [...below.keys()]
      .sort()
      .flatMap((name) => (Object.hasOwn(held, name) ? [[name, one(held[name] as Json, below.get(name))]] : [])),
  );
}

/** Beside them `dependencies` holds lists of names. */
function namesIn(held: Json): JsonObject {
  return Object.fromEntries(isObject(held) ? Object.entries(held).filter(([, names]) => isArray(names)) : []);
}
