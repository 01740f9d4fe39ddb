/** References that lead out of everything that is known: where a verdict rests on them, it says which. */
import { active } from '../../schema/dialect.ts';
import type { SchemaDocument } from '../../schema/document.ts';
import { isObject } from '../../schema/json.ts';
import { locations } from '../../schema/locations.ts';
import { append, type Pointer } from '../../schema/pointer.ts';
import { references } from '../../schema/reference.ts';
import type { Undecided } from '../report.ts';

interface UnknownReference {
  readonly pointer: Pointer;
  readonly reference: string;
}

const maxNamed = 3;

function* unknownReferences(document: SchemaDocument): Generator<UnknownReference> {
  const refs = references(document);
  for (const place of locations(document)) {
    if (!isObject(place.schema)) continue;
    for (const keyword of ['$ref', '$dynamicRef', '$recursiveRef'] as const) {
      const reference = active(place.schema, keyword, place.resource.dialect);
      if (typeof reference === 'string' && refs.resolve(place, reference) === undefined)
        yield { pointer: append(place.pointer, keyword), reference };
    }
  }
}

/** The same reason, with the references by name and the place of the first; other reasons as they are. */
export function naming(reason: Undecided, previous: SchemaDocument, next: SchemaDocument): Undecided {
  if (reason.reason !== 'external-ref' || reason.pointer !== undefined) return reason;
  const found = [
    ...[...unknownReferences(next)].map((each) => ({ ...each, side: 'next' })),
    ...[...unknownReferences(previous)].map((each) => ({ ...each, side: 'previous' })),
  ];
  const [first] = found;
  if (first === undefined) return reason;
  const named = found.slice(0, maxNamed).map(({ side, pointer, reference }) => `"${reference}" (${side} #${pointer})`);
  const more = found.length > maxNamed ? ` and ${found.length - maxNamed} more` : '';
  return { ...reason, pointer: first.pointer, detail: `nothing is known of ${named.join(', ')}${more}` };
}
