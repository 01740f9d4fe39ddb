/** Which schemas of a document get a name of their own, and which places they are. */
import { active } from '../schema/dialect.ts';
import type { SchemaDocument } from '../schema/document.ts';
import { isObject, type Json } from '../schema/json.ts';
import { segments } from '../schema/pointer.ts';
import {
  enterScope,
  noScope,
  type References,
  references,
  resolveDynamic,
  resolveRecursive,
  type SchemaLocation,
} from '../schema/reference.ts';
import { type Subschema, subschemas } from '../schema/walk.ts';
import { names, typeName } from './identifier.ts';
import { kindSetsOf, type Part } from './kind-sets.ts';
import type { KindSet } from './type.ts';

/** A schema that a `$ref` names, or an entry of `$defs`. */
export interface Named {
  readonly place: SchemaLocation;
  readonly name: string;
}

export interface Scope {
  readonly root: SchemaLocation;
  /** In the order of the document; the root is not among them, nor what is imported. */
  readonly definitions: readonly Named[];
  /** What stands in other modules, by the names it has here. */
  readonly imports: readonly Named[];
  nameOf(place: SchemaLocation): string | undefined;
  /** The place that has a name. */
  placeOf(name: string): SchemaLocation | undefined;
  /** Equal for equal places. */
  idOf(place: SchemaLocation): string;
  /** Direct subschemas below a place. */
  below(place: SchemaLocation): readonly { readonly held: Subschema; readonly place: SchemaLocation }[];
  child(place: SchemaLocation, path: readonly string[], schema: Json): SchemaLocation;
  /** What the place's own reference keywords name; undefined: nothing known, so nothing is said about its values. */
  targets(place: SchemaLocation): readonly (SchemaLocation | undefined)[];
  /** The JSON types the values of a place can have, as far as `type`, `enum`, `const` and what they are combined with say. */
  kindsAt(place: SchemaLocation): KindSet;
  /**
   * The same, but that `properties` and other keywords of objects mean an object, and those of arrays an array, where nothing
   * says which types there can be: what a writer that follows the schema sends.
   */
  intendedKinds(place: SchemaLocation): KindSet;
}

/** The name that a schema has in another module; undefined for what is declared here. */
export type ImportedName = (place: SchemaLocation) => string | undefined;

const nothingImported: ImportedName = () => undefined;

export function scopeOf(
  document: SchemaDocument,
  rootName: string,
  reserved: readonly string[],
  imported: ImportedName = nothingImported,
): Scope {
  const refs = references(document);
  const ids = new Map<SchemaDocument, number>();
  const idOf = (place: SchemaLocation) => {
    const owner = place.resource.document;
    if (!ids.has(owner)) ids.set(owner, ids.size);
    return `${ids.get(owner)} ${place.pointer}`;
  };
  const given = new Map<string, string>([[idOf(refs.root), rootName]]);
  const claims = names([rootName, ...reserved]);
  const definitions: Named[] = [];
  const imports: Named[] = [];
  for (const place of namedPlaces(refs, idOf, imported)) {
    if (given.has(idOf(place))) continue;
    const elsewhere = imported(place);
    const name = claims.claim(elsewhere ?? typeName(wordsFor(place)));
    given.set(idOf(place), name);
    (elsewhere === undefined ? definitions : imports).push({ place, name });
  }
  const places = new Map([...definitions, ...imports].map(({ name, place }) => [name, place]));
  places.set(rootName, refs.root);
  const kindSets = kindSetsOf((place) => inPlace(refs, place), idOf);
  return {
    root: refs.root,
    definitions,
    imports,
    nameOf: (place) => given.get(idOf(place)),
    placeOf: (name) => places.get(name),
    idOf,
    below: (place) => below(refs, place),
    child: (place, path, schema) => refs.descend(place, path, schema),
    targets: (place) => targets(refs, place),
    ...kindSets,
  };
}

function below(refs: References, place: SchemaLocation) {
  const dialect = place.resource.dialect;
  return subschemas(place.schema, dialect).map((held) => ({
    held,
    place: refs.descend(place, held.path, held.schema),
  }));
}

/** Entries of `$defs` and `definitions`, and everything a reference names, each once. */
function namedPlaces(
  refs: References,
  idOf: (place: SchemaLocation) => string,
  imported: ImportedName,
): readonly SchemaLocation[] {
  const seen = new Set<string>();
  const named: SchemaLocation[] = [];
  const stack: SchemaLocation[] = [refs.root];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (seen.has(idOf(at))) continue;
    seen.add(idOf(at));
    const referred = targets(refs, at).filter((target): target is SchemaLocation => target !== undefined);
    const children = below(refs, at);
    const defined = children.filter(({ held }) => held.row.meets === 'none').map((child) => child.place);
    named.push(...defined, ...referred);
    const own = referred.filter((target) => imported(target) === undefined);
    stack.push(...[...children.map((child) => child.place), ...own].reverse());
  }
  return named;
}

const wordless = new Set([
  'items',
  'additionalItems',
  'additionalProperties',
  'allOf',
  'anyOf',
  'oneOf',
  'prefixItems',
  'not',
  'if',
  'then',
  'else',
]);

/** The last segment of its pointer that names it: `#/$defs/Address` → Address, `#/properties/lines/items` → lines. */
function wordsFor(place: SchemaLocation): string {
  const speaking = segments(place.pointer).filter((segment) => !/^\d+$/.test(segment) && !wordless.has(segment));
  const last = speaking.at(-1);
  const title = isObject(place.schema) && typeof place.schema.title === 'string' ? place.schema.title.trim() : '';
  if (last !== undefined) return isAddress(last) ? title || fileStem(last) : last;
  return title || fileStem(place.resource.uri) || 'Item';
}

/** A key that is a URI, a path or a file name says where a schema came from, not what it is. */
function isAddress(key: string): boolean {
  return /[/:#]/.test(key) || /\.(?:json|ya?ml|schema|js|ts)$/i.test(key);
}

/** `https://example.com/schemas/address.schema.json` → address. A number at the end is a version and stays with the word before. */
function fileStem(address: string): string {
  const parts = address.split(/[/:#]/).filter((part) => part !== '');
  const last = (parts.at(-1) ?? '').replace(/(?:\.schema)?\.(?:json|ya?ml|schema|js|ts)$/i, '');
  return /^v?\d/i.test(last) ? [parts.at(-2) ?? '', last].join(' ').trim() : last;
}

function targets(refs: References, place: SchemaLocation): readonly (SchemaLocation | undefined)[] {
  const { schema } = place;
  if (!isObject(schema)) return [];
  const dialect = place.resource.dialect;
  const scope = enterScope(noScope, refs.root.resource, refs);
  const found: (SchemaLocation | undefined)[] = [];
  const ref = active(schema, '$ref', dialect);
  if (typeof ref === 'string') found.push(refs.resolve(place, ref));
  const dynamic = active(schema, '$dynamicRef', dialect);
  if (typeof dynamic === 'string') found.push(dynamicTarget(refs, place, dynamic, scope));
  const recursive = active(schema, '$recursiveRef', dialect);
  if (typeof recursive === 'string') found.push(resolveRecursive(refs, place, recursive, scope));
  return found;
}

/** Types have no dynamic scope: what the root does not bind can mean several schemas, so nothing is claimed about it. */
function dynamicTarget(
  refs: References,
  place: SchemaLocation,
  reference: string,
  scope: ReadonlyMap<string, SchemaLocation>,
) {
  const initial = refs.resolve(place, reference);
  const bound = resolveDynamic(refs, place, reference, scope);
  if (initial === undefined || bound !== initial) return bound;
  const isDynamic = [...initial.resource.dynamicAnchors.values()].includes(initial.pointer);
  return isDynamic && !scope.has(reference.slice(reference.indexOf('#') + 1)) ? undefined : initial;
}

const combining = new Set(['allOf', 'anyOf', 'oneOf', 'if', 'then', 'else']);

/** What meets the same value as `place`: its references' targets, as `$ref`, and the branches of its combinators. */
function inPlace(refs: References, place: SchemaLocation): readonly Part[] {
  const referred = targets(refs, place).filter((target): target is SchemaLocation => target !== undefined);
  const branches = below(refs, place).filter(({ held }) => combining.has(held.keyword));
  return [
    ...referred.map((target) => ({ keyword: '$ref', place: target })),
    ...branches.map(({ held, place: child }) => ({ keyword: held.keyword, place: child })),
  ];
}
