/**
 * Where Ajv is known to depart from the specification, or takes too long or too deep a stack to compile. There the evaluator answers,
 * so that validation, generated code and the engine give one answer. Found by the features of a schema, never by trying.
 */
import { active, type Keyword } from './dialect.ts';
import type { SchemaDocument } from './document.ts';
import { isArray, isObject, type Json } from './json.ts';
import { reachOf, referencesIn } from './locations.ts';
import { mentions } from './mentions.ts';
import { references, type SchemaLocation } from './reference.ts';

/**
 * What Ajv 8.20 makes of them. `contains`: its two error modes each accept what the other rightly refuses. `unevaluated*`: what
 * `contains`, a failed `if` and `items` of subschemas met is counted wrongly. `$dynamicRef`: looked up in the own document alone.
 * `$recursiveRef`: followed to the outermost document whether or not its first target has an anchor.
 */
const departing: readonly Keyword[] = [
  'contains',
  'unevaluatedItems',
  'unevaluatedProperties',
  '$dynamicRef',
  '$recursiveRef',
];

/** Ajv nests one function of its compiler in another for each reference on the way down. */
const maxReferredSchemas = 100;
/** Ajv takes half a millisecond for each of them, and nests the code of all properties of one object. */
export const maxAjvSchemas = 2_000;

export function isAjvFaithful(document: SchemaDocument): boolean {
  const { own, referred, beyond } = reachOf(document);
  const all = [...own, ...beyond.map(({ location }) => location)];
  if (referred.length > 0 || beyond.some(({ isHeld }) => !isHeld)) return false;
  if (all.length > maxAjvSchemas || all.some(departs)) return false;
  if (targets(document, all).size > maxReferredSchemas) return false;
  const documents = [...new Set(all.map(({ resource }) => resource.document))];
  return documents.every(
    (each) => each.dialect === document.dialect && !hasInnerIdentifier(each) && !mentions(each.root, prototype),
  );
}

function departs({ schema, resource }: SchemaLocation): boolean {
  if (!isObject(schema)) return false;
  if (departing.some((keyword) => active(schema, keyword, resource.dialect) !== undefined)) return true;
  // a name that is empty is never missed
  const needed = ['dependentRequired', 'dependencies'] as const;
  return needed.some((keyword) => mentionsEmptyName(active(schema, keyword, resource.dialect)));
}

function mentionsEmptyName(map: Json | undefined): boolean {
  return isObject(map) && Object.values(map).some((names) => isArray(names) && names.includes(''));
}

function targets(document: SchemaDocument, all: readonly SchemaLocation[]): ReadonlySet<Json> {
  const refs = references(document);
  const found = all.flatMap((location) =>
    referencesIn(location).map(([, reference]) => refs.resolve(location, reference)?.schema ?? null),
  );
  return new Set(found);
}

/** Ajv passes over a property of this name. */
const prototype: ReadonlySet<string> = new Set(['__proto__']);

/** Ajv takes `$id` and anchors in any value for identifiers, and resolves some references to embedded resources without end. */
function hasInnerIdentifier({ root, dialect }: SchemaDocument): boolean {
  const names = dialect === 'draft-04' ? ['id'] : ['$id', '$anchor', '$dynamicAnchor'];
  const stack: Json[] = isObject(root) ? Object.values(root) : [];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    if (isArray(at)) for (const item of at) stack.push(item);
    else if (isObject(at)) {
      for (const name of names) if (Object.hasOwn(at, name) && typeof at[name] === 'string') return true;
      for (const each of Object.values(at)) stack.push(each);
    }
  }
  return false;
}
