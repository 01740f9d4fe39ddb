/** A document and everything it may refer to. */
import type { SchemaDocument } from './document.ts';

/** The documents of the bundle and of its documents' bundles, by the address under which they are found first. */
export function bundledDocuments(document: SchemaDocument): ReadonlyMap<string, SchemaDocument> {
  const found = new Map<string, SchemaDocument>();
  const queue = [document];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    for (const [uri, bundled] of at.bundle) {
      if (found.has(uri)) continue;
      found.set(uri, bundled);
      queue.push(bundled);
    }
  }
  return found;
}

/** The document itself first, each one once. */
export function documentsOf(document: SchemaDocument): readonly SchemaDocument[] {
  return [...new Set([document, ...bundledDocuments(document).values()])];
}
