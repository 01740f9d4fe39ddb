import { declaredDialect } from '../../src/schema/dialect.ts';
import type { Dialect, SchemaDocument } from '../../src/schema/document.ts';
import type { Json } from '../../src/schema/json.ts';

/** A document without the checks of registration: the engine is asked about odd schemas too. */
export function documentOf(root: Json, dialect: Dialect = '2020-12'): SchemaDocument {
  return { root, dialect: declaredDialect(root) ?? dialect, bundle: new Map() };
}
