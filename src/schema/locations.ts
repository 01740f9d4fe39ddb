/** Every subschema of a document with its place: what references seen from there resolve against. Parents before children. */
import type { SchemaDocument } from './document.ts';
import { type Pointer, segments } from './pointer.ts';
import { references, type SchemaLocation } from './reference.ts';
import { walk } from './walk.ts';

export function* locations(document: SchemaDocument): Generator<SchemaLocation> {
  const refs = references(document);
  const seen = new Map<Pointer, SchemaLocation>();
  for (const { pointer, parent, schema } of walk(document.root, document.dialect)) {
    const above = parent === undefined ? undefined : seen.get(parent);
    const place =
      above === undefined ? refs.root : refs.descend(above, segments(pointer.slice(above.pointer.length)), schema);
    seen.set(pointer, place);
    yield place;
  }
}
