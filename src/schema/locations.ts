/**
 * The subschemas of a document: the one set that registration checks, validators compile, lints look at and classification reads.
 * Keywords hold most of them. A `$ref` may lead to more, through words that are no keywords of the dialect (`#/components/order`,
 * `#/$defs/order` in draft-07): what is referred to is a schema wherever it is.
 */
import { active } from './dialect.ts';
import type { SchemaDocument } from './document.ts';
import { isObject } from './json.ts';
import { append, type Pointer } from './pointer.ts';
import { type References, references, type SchemaLocation } from './reference.ts';
import { subschemas, walk } from './walk.ts';

export const referenceKeywords = ['$ref', '$dynamicRef', '$recursiveRef'] as const;

export interface Reach {
  /** Subschemas of the document, each once; parents before children. */
  readonly own: readonly SchemaLocation[];
  /** Of those, the ones that no keyword holds and a reference leads to: where a further tree begins. */
  readonly referred: readonly SchemaLocation[];
  /** What references lead to in documents of the bundle. */
  readonly beyond: readonly Beyond[];
}

export interface Beyond {
  readonly location: SchemaLocation;
  /** The reference in the document itself through which it is reached first. */
  readonly from: Pointer;
  /** Whether keywords hold it: then it was looked at when its own document was registered. */
  readonly isHeld: boolean;
}

const reaches = new WeakMap<SchemaDocument, Reach>();

/** Every subschema of `document`; see above. */
export function locations(document: SchemaDocument): readonly SchemaLocation[] {
  return reachOf(document).own;
}

export function reachOf(document: SchemaDocument): Reach {
  const known = reaches.get(document) ?? reachFrom(document);
  reaches.set(document, known);
  return known;
}

interface Reached {
  readonly location: SchemaLocation;
  /** Set where it is in another document. */
  readonly from: Pointer | undefined;
}

function reachFrom(document: SchemaDocument): Reach {
  const refs = references(document);
  const seen = new Map<SchemaDocument, Set<Pointer>>();
  const reached: Reached[] = [];
  const referred: SchemaLocation[] = [];
  const take = (root: SchemaLocation, from: Pointer | undefined): boolean => {
    const pointers = seen.get(root.resource.document) ?? new Set<Pointer>();
    seen.set(root.resource.document, pointers);
    if (pointers.has(root.pointer)) return false;
    for (const location of tree(root, refs)) {
      if (pointers.has(location.pointer)) continue;
      pointers.add(location.pointer);
      reached.push({ location, from });
    }
    return true;
  };
  take(refs.root, undefined);
  // the list grows while it is gone through
  for (const { location, from } of reached) {
    for (const [keyword, reference] of referencesIn(location)) {
      const target = refs.resolve(location, reference);
      if (target === undefined) continue;
      const isOwn = target.resource.document === document;
      const isNew = take(target, isOwn ? undefined : (from ?? append(location.pointer, keyword)));
      if (isNew && isOwn) referred.push(target);
    }
  }
  return {
    own: reached.filter(({ from }) => from === undefined).map(({ location }) => location),
    referred,
    beyond: reached.flatMap(({ location, from }) =>
      from === undefined ? [] : [{ location, from, isHeld: isHeld(location) }],
    ),
  };
}

/** By document, the pointers of what keywords hold. */
const held = new WeakMap<SchemaDocument, ReadonlySet<Pointer>>();

function isHeld({ resource: { document }, pointer }: SchemaLocation): boolean {
  const pointers =
    held.get(document) ?? new Set([...walk(document.root, document.dialect)].map((each) => each.pointer));
  held.set(document, pointers);
  return pointers.has(pointer);
}

/** What keywords hold below `root`, and `root` itself. */
function tree(root: SchemaLocation, refs: References): SchemaLocation[] {
  const found: SchemaLocation[] = [];
  const stack = [root];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    found.push(at);
    const children = subschemas(at.schema, at.resource.dialect);
    for (const { path, schema } of children.toReversed()) stack.push(refs.descend(at, path, schema));
  }
  return found;
}

/** The references that a schema states, by keyword. */
export function referencesIn({ schema, resource }: SchemaLocation): readonly (readonly [string, string])[] {
  if (!isObject(schema)) return [];
  return referenceKeywords.flatMap((keyword) => {
    const reference = active(schema, keyword, resource.dialect);
    return typeof reference === 'string' ? [[keyword, reference] as const] : [];
  });
}
