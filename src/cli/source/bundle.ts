/** What the references of a file reach: other files of its folder. */
import type { SchemaDocument } from '../../schema/document.ts';
import { parseSchema } from '../../schema/parse.ts';
import { registeredReferences } from '../../schema/registered.ts';
import { type Collection, type Located, readableValue } from './workspace.ts';

/** Without a registry a pinned version means the file beside it: what the folder says now. */
export function bundler(collection: Collection): (definition: Located) => ReadonlyMap<string, SchemaDocument> {
  const bySubject = new Map(collection.definitions.map((definition) => [definition.subject, definition]));
  const load = (definition: Located, documents: Map<string, SchemaDocument>) => {
    for (const [uri, named] of registeredReferences(readableValue(definition))) {
      const target = bySubject.get(named.subject);
      if (!target || documents.has(uri)) continue;
      const parsed = parseSchema(target.source, { closed: false, bundle: documents });
      if (!parsed.ok) continue;
      documents.set(uri, parsed.document);
      load(target, documents);
    }
    return documents;
  };
  return (definition) => load(definition, new Map());
}
