/** The one traversal of a schema's subschemas. Iterative: depth is the document's, not the stack's. */
import { declaredDialect, isReplaced, type KeywordRow, keywordRow } from './dialect.ts';
import type { Dialect } from './document.ts';
import { isArray, isObject, type Json, member } from './json.ts';
import { escapeSegment, type Pointer } from './pointer.ts';

export interface Subschema {
  /** From the schema that holds it: `['properties', 'a']`, `['not']`, `['allOf', '0']`. */
  readonly path: readonly string[];
  readonly keyword: string;
  readonly row: KeywordRow;
  readonly schema: Json;
}

export interface Visited {
  readonly pointer: Pointer;
  readonly schema: Json;
  /** How it was reached; undefined at the root. */
  readonly keyword?: string;
  readonly row?: KeywordRow;
  readonly parent?: Pointer;
  readonly depth: number;
  /** An embedded resource may declare its own. */
  readonly dialect: Dialect;
}

/** The direct subschemas of `schema`, in document order. Beside a `$ref` that replaces its schema only definitions are left. */
export function subschemas(schema: Json, dialect: Dialect): readonly Subschema[] {
  if (!isObject(schema)) return [];
  const replaced = isReplaced(schema, dialect);
  const found: Subschema[] = [];
  for (const keyword of Object.keys(schema)) {
    const row = keywordRow(keyword, dialect);
    if (row === undefined || row.holds === 'nothing' || (replaced && row.meets !== 'none')) continue;
    held(keyword, row, schema[keyword] as Json, dialect, found);
  }
  return found;
}

function held(keyword: string, row: KeywordRow, value: Json, dialect: Dialect, found: Subschema[]): void {
  if (row.holds === 'schema' || (row.holds === 'schema or list' && !isArray(value))) {
    if (isSchema(value)) found.push({ path: [keyword], keyword, row, schema: value });
  } else if (row.holds === 'list' || row.holds === 'schema or list') {
    // `items` took a list up to 2019-09 only
    if (!isArray(value) || (keyword === 'items' && dialect === '2020-12')) return;
    value.forEach((schema, index) => {
      if (isSchema(schema)) found.push({ path: [keyword, String(index)], keyword, row, schema });
    });
  } else if (isObject(value)) {
    for (const name of Object.keys(value)) {
      const schema = value[name] as Json;
      if (isSchema(schema)) found.push({ path: [keyword, name], keyword, row, schema });
    }
  }
}

/** `dependencies` may hold arrays of names, malformed documents anything: only objects and booleans are schemas. */
export function isSchema(value: Json | undefined): boolean {
  return typeof value === 'boolean' || isObject(value);
}

/** The dialect of a subschema: only where a new resource begins can it differ from the one around it. */
export function dialectBelow(schema: Json, around: Dialect): Dialect {
  if (!isObject(schema) || member(schema, '$schema') === undefined) return around;
  if (member(schema, '$id') === undefined && member(schema, 'id') === undefined) return around;
  return declaredDialect(schema) ?? around;
}

/** Every subschema below `root` and `root` itself, parents before children. `skip` prunes what is below a schema. */
export function* walk(root: Json, dialect: Dialect, skip?: (visited: Visited) => boolean): Generator<Visited> {
  const stack: Visited[] = [{ pointer: '', schema: root, depth: 0, dialect }];
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    yield at;
    if (skip?.(at)) continue;
    const children = subschemas(at.schema, at.dialect);
    for (let index = children.length - 1; index >= 0; index--) {
      const { path, keyword, row, schema } = children[index] as Subschema;
      let { pointer } = at;
      for (const segment of path) pointer += `/${escapeSegment(segment)}`;
      const below = dialectBelow(schema, at.dialect);
      stack.push({ pointer, schema, keyword, row, parent: at.pointer, depth: at.depth + 1, dialect: below });
    }
  }
}
