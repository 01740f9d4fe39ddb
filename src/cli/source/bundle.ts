/** What a definition's references lead to. Without a registry a pinned version means the file beside it: what the folder says now. */
import type { SchemaDocument } from '../../schema/document.ts';
import { parseSchema } from '../../schema/parse.ts';
import { registeredReferences } from '../../schema/registered.ts';
import { type Collection, type Located, readableValue } from './collection.ts';

export function bundler(collection: Collection): (definition: Located) => ReadonlyMap<string, SchemaDocument> {
  let bySubject: ReadonlyMap<string, Located> | undefined;
  const load = (definition: Located, documents: Map<string, SchemaDocument>) => {
    if (!mayRefer(definition)) return documents;
    bySubject ??= new Map(collection.definitions.map((each) => [each.subject, each]));
    for (const [uri, named] of registeredReferences(readableValue(definition))) {
      const target = bySubject.get(named.subject);
      if (!target || documents.has(uri)) continue;
      const source = collection.pinned?.has(uri) ? collection.pinned.get(uri) : target.source;
      if (source === undefined) continue;
      const parsed = parseSchema(source, { closed: false, bundle: documents });
      if (!parsed.ok) continue;
      documents.set(uri, parsed.document);
      load(target, documents);
    }
    return documents;
  };
  return (definition) => load(definition, new Map());
}

/** Most documents hold no reference at all: their text is not read another time to find that out. */
function mayRefer({ source, text }: Located): boolean {
  return !('text' in source) || text.includes('herald:') || text.includes('\\');
}
