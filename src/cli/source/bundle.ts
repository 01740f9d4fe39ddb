/**
 * What a definition's references lead to. Where its pinned versions were looked up, those; else the file beside it, in whatever
 * catalog: what the folder says now.
 */
import type { SchemaDocument } from '../../schema/document.ts';
import { parseSchema } from '../../schema/parse.ts';
import { registeredReferences } from '../../schema/registered.ts';
import { type Collection, type Located, readableValue } from './collection.ts';
import type { Definition } from './file.ts';

export function bundler(collection: Collection): (definition: Located) => ReadonlyMap<string, SchemaDocument> {
  const { catalog, definitions, pinned } = collection;
  let own: ReadonlyMap<string, Located> | undefined;
  const targetOf = (key: string) => {
    if (collection.targets) return collection.targets.get(key);
    own ??= new Map(definitions.map((each) => [`${catalog.name}/${each.subject}`, each]));
    return own.get(key);
  };
  const load = (source: Definition['source'], documents: Map<string, SchemaDocument>) => {
    if (!mayRefer(source)) return documents;
    for (const [uri, named] of registeredReferences(readableValue({ source }))) {
      const found = pinned?.has(uri) ? pinned.get(uri) : targetOf(`${named.catalog}/${named.subject}`)?.source;
      if (found === undefined || documents.has(uri)) continue;
      const parsed = parseSchema(found, { closed: false, bundle: documents });
      if (!parsed.ok) continue;
      documents.set(uri, parsed.document);
      load(found, documents);
    }
    return documents;
  };
  return ({ source }) => load(source, new Map());
}

/** Most documents hold no reference at all: their text is not read another time to find that out. */
function mayRefer(source: Definition['source']): boolean {
  return !('text' in source) || source.text.includes('herald:') || source.text.includes('\\');
}
