/**
 * What `$ref`, `$dynamicRef` and `$recursiveRef` mean inside a document and its bundle. Nothing is ever fetched: what is not
 * there does not resolve.
 */
import { active } from './dialect.ts';
import type { Dialect, SchemaDocument } from './document.ts';
import { isObject, type Json, type JsonObject, member } from './json.ts';
import { escapeSegment, isPointer, type Pointer, resolve } from './pointer.ts';
import { resolveUri, splitFragment } from './uri.ts';
import { isSchema, type Visited, walk } from './walk.ts';

/** A schema resource: a document's root, or a subschema with an `$id` of its own. */
export interface Resource {
  readonly uri: string;
  readonly document: SchemaDocument;
  /** Where the resource begins in its document. */
  readonly pointer: Pointer;
  readonly dialect: Dialect;
  /** `$anchor`, `$dynamicAnchor` and, up to draft-07, `$id: "#name"`. */
  readonly anchors: ReadonlyMap<string, Pointer>;
  readonly dynamicAnchors: ReadonlyMap<string, Pointer>;
  /** `$recursiveAnchor: true` at its root (2019-09). */
  readonly recursive: boolean;
}

/** A schema and its location. Two locations are the same schema iff document and pointer are equal. */
export interface SchemaLocation {
  readonly resource: Resource;
  /** In the resource's document. */
  readonly pointer: Pointer;
  readonly schema: Json;
}

export interface References {
  readonly root: SchemaLocation;
  /** Whether any resource has dynamic or recursive anchors: only then does the dynamic scope matter. */
  readonly dynamic: boolean;
  /** Whether the document itself is one resource: no subschema of it has an identifier of its own. */
  readonly isOneResource: boolean;
  /** The subschema at `path` below `from`; it may begin a new resource. */
  descend(from: SchemaLocation, path: readonly string[], schema: Json): SchemaLocation;
  /** What `reference` names, seen from `from`; undefined where it names nothing that is known. */
  resolve(from: SchemaLocation, reference: string): SchemaLocation | undefined;
}

interface Draft extends Resource {
  readonly anchors: Map<string, Pointer>;
  readonly dynamicAnchors: Map<string, Pointer>;
}

interface Index {
  readonly byUri: Map<string, Resource>;
  /** What references lead to, by the resource they stand in and their text. */
  readonly targets: Map<Resource, Map<string, SchemaLocation | undefined>>;
  /** Resources that begin below a document's root, by document and pointer. */
  readonly begins: Map<SchemaDocument, Map<Pointer, Resource>>;
  dynamic: boolean;
}

const cache = new WeakMap<SchemaDocument, References>();

/** The reference index of a document and everything its bundle reaches; built once per document. */
export function references(document: SchemaDocument): References {
  const known = cache.get(document);
  if (known !== undefined) return known;
  const made = build(document);
  cache.set(document, made);
  return made;
}

function build(document: SchemaDocument): References {
  const index: Index = { byUri: new Map(), targets: new Map(), begins: new Map(), dynamic: false };
  const resource = indexDocument(index, document, '');
  const queue: SchemaDocument[] = [document];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    for (const [uri, bundled] of at.bundle) {
      const { uri: bare } = splitFragment(uri);
      if (index.begins.has(bundled)) continue;
      indexDocument(index, bundled, bare);
      queue.push(bundled);
    }
  }
  return {
    root: { resource, pointer: '', schema: document.root },
    dynamic: index.dynamic,
    isOneResource: index.begins.get(document)?.size === 1,
    descend: (from, path, schema) => descend(index, from, path, schema),
    resolve: (from, reference) => resolveReference(index, from, reference),
  };
}

function indexDocument(index: Index, document: SchemaDocument, retrievedAs: string): Resource {
  const begins = new Map<Pointer, Draft>();
  index.begins.set(document, begins);
  const owner = new Map<Pointer, Draft>();
  let root: Draft | undefined;
  for (const visited of walk(document.root, document.dialect)) {
    const around = visited.parent === undefined ? undefined : owner.get(visited.parent);
    const resource = enter(document, visited, around, retrievedAs);
    owner.set(visited.pointer, resource);
    if (resource === around) continue;
    root ??= resource;
    begins.set(visited.pointer, resource);
    if (!index.byUri.has(resource.uri)) index.byUri.set(resource.uri, resource);
    if (resource.recursive) index.dynamic = true;
  }
  if (root === undefined) throw new Error('a walk visits its root');
  if (!index.byUri.has(retrievedAs)) index.byUri.set(retrievedAs, root);
  for (const resource of begins.values()) if (resource.dynamicAnchors.size > 0) index.dynamic = true;
  return root;
}

/** The resource `visited` belongs to, begun here if it has an `$id`; its anchors are entered into it. */
function enter(document: SchemaDocument, visited: Visited, around: Draft | undefined, retrievedAs: string): Draft {
  const { schema, dialect, pointer } = visited;
  const id = isObject(schema) ? identifier(schema, dialect) : undefined;
  const { uri, fragment } = splitFragment(id ?? '');
  let resource = around;
  if (resource === undefined || uri !== '') {
    resource = {
      uri: resolveUri(around?.uri ?? retrievedAs, uri),
      document,
      pointer,
      dialect,
      anchors: new Map(),
      dynamicAnchors: new Map(),
      recursive: isObject(schema) && active(schema, '$recursiveAnchor', dialect) === true,
    };
  }
  if (fragment !== undefined && fragment !== '') resource.anchors.set(fragment, pointer);
  if (isObject(schema)) enterAnchors(resource, schema, dialect, pointer);
  return resource;
}

function enterAnchors(resource: Draft, schema: JsonObject, dialect: Dialect, pointer: Pointer): void {
  const anchor = active(schema, '$anchor', dialect);
  if (typeof anchor === 'string') resource.anchors.set(anchor, pointer);
  const dynamic = active(schema, '$dynamicAnchor', dialect);
  if (typeof dynamic === 'string') {
    resource.anchors.set(dynamic, pointer);
    resource.dynamicAnchors.set(dynamic, pointer);
  }
}

function identifier(schema: JsonObject, dialect: Dialect): string | undefined {
  if (!Object.hasOwn(schema, '$id') && !Object.hasOwn(schema, 'id')) return undefined;
  const id = active(schema, dialect === 'draft-04' ? 'id' : '$id', dialect);
  return typeof id === 'string' ? id : undefined;
}

function descend(index: Index, from: SchemaLocation, path: readonly string[], schema: Json): SchemaLocation {
  let { pointer } = from;
  for (const segment of path) pointer += `/${escapeSegment(segment)}`;
  const begins = index.begins.get(from.resource.document);
  // its root is one of them
  const begun = begins !== undefined && begins.size > 1 ? begins.get(pointer) : undefined;
  return { resource: begun ?? from.resource, pointer, schema };
}

/** The same reference stands in many schemas: where it leads is found once. */
function resolveReference(index: Index, { resource }: SchemaLocation, reference: string): SchemaLocation | undefined {
  const known = index.targets.get(resource) ?? new Map<string, SchemaLocation | undefined>();
  index.targets.set(resource, known);
  const target = known.get(reference);
  if (target !== undefined || known.has(reference)) return target;
  const found = targetOf(index, resource, reference);
  known.set(reference, found);
  return found;
}

function targetOf(index: Index, around: Resource, reference: string): SchemaLocation | undefined {
  const { uri, fragment = '' } = splitFragment(reference);
  const resource = uri === '' ? around : index.byUri.get(resolveUri(around.uri, uri));
  if (resource === undefined) return undefined;
  if (fragment === '') return locationAt(index, resource, resource.pointer);
  if (isPointer(fragment)) return locationAt(index, resource, resource.pointer + fragment);
  const anchored = resource.anchors.get(fragment);
  return anchored === undefined ? undefined : locationAt(index, resource, anchored);
}

/** The schema at `pointer` of the resource's document; a pointer may lead through and into other resources. */
function locationAt(index: Index, resource: Resource, pointer: Pointer): SchemaLocation | undefined {
  const schema = resolve(resource.document.root, pointer);
  if (schema === undefined || !isSchema(schema)) return undefined;
  const begins = index.begins.get(resource.document);
  for (let at = pointer; ; at = at.slice(0, at.lastIndexOf('/'))) {
    const begun = begins?.get(at);
    if (begun !== undefined) return { resource: begun, pointer, schema };
    if (at === '') return { resource, pointer, schema };
  }
}

/**
 * The dynamic scope as far as it decides anything: for each dynamic anchor, the outermost resource entered so far that has it.
 * The outermost binding wins, so a scope only ever grows and there are finitely many: a schema seen in one scope is a fixed schema.
 */
export type DynamicScope = ReadonlyMap<string, SchemaLocation>;

const recursive = '$recursiveAnchor';
export const noScope: DynamicScope = new Map();

/** `scope` after the evaluation has entered `resource`. */
export function enterScope(scope: DynamicScope, resource: Resource, refs: References): DynamicScope {
  if (!refs.dynamic) return scope;
  const bound = new Map(scope);
  for (const [name, pointer] of resource.dynamicAnchors) {
    if (!bound.has(name)) bind(bound, name, resource, pointer);
  }
  if (resource.recursive && !bound.has(recursive)) bind(bound, recursive, resource, resource.pointer);
  return bound.size === scope.size ? scope : bound;
}

function bind(bound: Map<string, SchemaLocation>, name: string, resource: Resource, pointer: Pointer): void {
  const schema = resolve(resource.document.root, pointer);
  if (schema !== undefined) bound.set(name, { resource, pointer, schema });
}

/** What `$dynamicRef` names (2020-12 core §8.2.3.2): like `$ref`, unless that meets a dynamic anchor of the same name. */
export function resolveDynamic(
  refs: References,
  from: SchemaLocation,
  reference: string,
  scope: DynamicScope,
): SchemaLocation | undefined {
  const initial = refs.resolve(from, reference);
  const { fragment = '' } = splitFragment(reference);
  if (initial === undefined || fragment === '' || isPointer(fragment)) return initial;
  return initial.resource.dynamicAnchors.get(fragment) === initial.pointer ? (scope.get(fragment) ?? initial) : initial;
}

/** What `$recursiveRef: "#"` names (2019-09 core §8.2.4.2.1). */
export function resolveRecursive(
  refs: References,
  from: SchemaLocation,
  reference: string,
  scope: DynamicScope,
): SchemaLocation | undefined {
  const initial = refs.resolve(from, reference);
  if (initial === undefined || !initial.resource.recursive || initial.pointer !== initial.resource.pointer)
    return initial;
  return scope.get(recursive) ?? initial;
}

/** The reference keyword of `schema` and its text, or undefined. */
export function referenceOf(schema: Json): string | undefined {
  const reference = isObject(schema) ? member(schema, '$ref') : undefined;
  return typeof reference === 'string' ? reference : undefined;
}
