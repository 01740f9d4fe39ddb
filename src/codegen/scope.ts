/** Which schemas of a document get a name of their own, and which places they are. */
import { active } from '../schema/dialect.ts';
import type { SchemaDocument } from '../schema/document.ts';
import { isArray, isObject, type Json, type JsonObject } from '../schema/json.ts';
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
import { allKinds, type KindSet, kindOfValue, kinds, noKinds } from './type.ts';

/** A schema that a `$ref` names, or an entry of `$defs`. */
export interface Named {
  readonly place: SchemaLocation;
  readonly name: string;
}

export interface Scope {
  readonly root: SchemaLocation;
  /** In the order of the document; the root is not among them. */
  readonly definitions: readonly Named[];
  nameOf(place: SchemaLocation): string | undefined;
  /** Direct subschemas below a place. */
  below(place: SchemaLocation): readonly { readonly held: Subschema; readonly place: SchemaLocation }[];
  child(place: SchemaLocation, path: readonly string[], schema: Json): SchemaLocation;
  /** What the place's own reference keywords name; undefined: nothing known, so nothing is said about its values. */
  targets(place: SchemaLocation): readonly (SchemaLocation | undefined)[];
  /** The JSON types the values of a place can have, as far as `type`, `enum`, `const` and what they are combined with say. */
  kindsAt(place: SchemaLocation): KindSet;
}

export function scopeOf(document: SchemaDocument, rootName: string, reserved: readonly string[]): Scope {
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
  for (const place of namedPlaces(refs, idOf)) {
    if (given.has(idOf(place))) continue;
    const name = claims.claim(typeName(wordsFor(place)));
    given.set(idOf(place), name);
    definitions.push({ place, name });
  }
  return {
    root: refs.root,
    definitions,
    nameOf: (place) => given.get(idOf(place)),
    below: (place) => below(refs, place),
    child: (place, path, schema) => refs.descend(place, path, schema),
    targets: (place) => targets(refs, place),
    kindsAt: (place) => kindsAt(refs, place, new Set(), idOf),
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
function namedPlaces(refs: References, idOf: (place: SchemaLocation) => string): readonly SchemaLocation[] {
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
    stack.push(...[...children.map((child) => child.place), ...referred].reverse());
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

/** The last speaking part of where it stands: `#/$defs/Address` → Address, `#/properties/lines/items` → lines. */
function wordsFor(place: SchemaLocation): string {
  const speaking = segments(place.pointer).filter((segment) => !/^\d+$/.test(segment) && !wordless.has(segment));
  const last = speaking.at(-1);
  if (last !== undefined) return last;
  const uri = place.resource.uri.split(/[/:#]/).filter((part) => part !== '');
  const title = isObject(place.schema) ? place.schema.title : undefined;
  return typeof title === 'string' ? title : uri.slice(-2).join(' ') || 'Item';
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

const typeKinds: ReadonlyMap<Json, KindSet> = new Map<Json, KindSet>([
  ...Object.entries(kinds),
  ['integer', kinds.number],
]);

/** What `type` alone says. */
export function statedKinds(schema: JsonObject, place: SchemaLocation): KindSet {
  const type = active(schema, 'type', place.resource.dialect);
  if (type === undefined) return allKinds;
  return (isArray(type) ? type : [type]).reduce<KindSet>(
    (set, name) => set | (typeKinds.get(name) ?? noKinds),
    noKinds,
  );
}

function kindsAt(
  refs: References,
  place: SchemaLocation,
  seen: ReadonlySet<string>,
  idOf: (place: SchemaLocation) => string,
): KindSet {
  const { schema } = place;
  if (!isObject(schema)) return schema === false ? noKinds : allKinds;
  if (seen.has(idOf(place))) return allKinds;
  const deeper = new Set(seen).add(idOf(place));
  const dialect = place.resource.dialect;
  let set = statedKinds(schema, place);
  const members = active(schema, 'enum', dialect);
  if (isArray(members)) set &= members.reduce<KindSet>((all, value) => all | kindOfValue(value), noKinds);
  const constant = active(schema, 'const', dialect);
  if (constant !== undefined) set &= kindOfValue(constant);
  for (const target of targets(refs, place)) if (target) set &= kindsAt(refs, target, deeper, idOf);
  const choices: Record<string, KindSet> = {};
  for (const { held, place: child } of below(refs, place)) {
    if (held.keyword === 'allOf') set &= kindsAt(refs, child, deeper, idOf);
    else if (held.keyword === 'anyOf' || held.keyword === 'oneOf')
      choices[held.keyword] = (choices[held.keyword] ?? noKinds) | kindsAt(refs, child, deeper, idOf);
  }
  return Object.values(choices).reduce((all, choice) => all & choice, set);
}
