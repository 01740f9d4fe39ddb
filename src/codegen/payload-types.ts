/** The types of a document alone, under `name`, with those of its definitions: for comparing what two of them let code do. */
import type { SchemaDocument } from '../schema/document.ts';
import { modelOf } from './model.ts';
import { printDeclaration } from './typescript.ts';

export function payloadTypesText(document: SchemaDocument, name: string): string {
  const { root, definitions } = modelOf(document, name);
  return [root, ...definitions].map((declaration) => printDeclaration(declaration)).join('\n');
}
