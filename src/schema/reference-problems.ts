/** References that lead nowhere: refused, for nothing is ever fetched. */
import type { SchemaDocument, SchemaProblem } from './document.ts';
import { locations, referencesIn } from './locations.ts';
import { append, type Pointer } from './pointer.ts';
import { references } from './reference.ts';

/** `isClosed: false`: a reference out of the document may lead nowhere. A comparison can do without; a validator cannot. */
export function referenceProblems(document: SchemaDocument, isClosed = true): readonly SchemaProblem[] {
  const refs = references(document);
  return locations(document).flatMap((location) =>
    referencesIn(location)
      .filter(([, reference]) => isClosed || reference.startsWith('#'))
      .filter(([, reference]) => refs.resolve(location, reference) === undefined)
      .map(([keyword, reference]) => unresolved(reference, append(location.pointer, keyword))),
  );
}

/** References are never fetched, so an absolute one that is not in the bundle is refused by its own name. */
function unresolved(reference: string, pointer: Pointer): SchemaProblem {
  const params = { reference };
  if (/^(https?|file|ftp|data):/i.test(reference) || reference.startsWith('//') || /^[./\\]/.test(reference))
    return {
      rule: 'SCHEMA_REFERENCE_REMOTE',
      pointer,
      message: `refers to "${reference}", which is outside the document: references reach inside the document (#/$defs/…) and to registered subjects (herald://catalog/subject/version), never to the network or the disk`,
      params,
    };
  return {
    rule: 'SCHEMA_REFERENCE_UNRESOLVED',
    pointer,
    message: reference.startsWith('#')
      ? `refers to "${reference}", and there is nothing in the document`
      : `refers to "${reference}", and there is nothing of that name here`,
    params,
  };
}
