/** What turns a keyword into a check. Subschemas are made ready when they are first met: a graph of references is never walked ahead. */
import type { Dialect } from '../document.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Pattern } from '../pattern.ts';
import type { Pointer } from '../pointer.ts';
import type { SchemaLocation } from '../reference.ts';
import { type Frame, instancePointer, type Node } from './step.ts';

export interface Maker {
  readonly schema: JsonObject;
  readonly location: SchemaLocation;
  readonly dialect: Dialect;
  readonly assertsFormats: boolean;
  /** The subschema at `path` below this schema. */
  child(path: readonly string[], schema: Json): () => Node;
  /** What `reference` names, seen from here; undefined where it names nothing. */
  resolve(reference: string): (() => Node) | undefined;
  node(location: SchemaLocation): Node;
  pattern(source: string): Pattern;
  /** The document of the bundle that the schema is in; absent for the document itself. */
  readonly uri: string | undefined;
}

const maxRejections = 100;

/** Rejects the value of `frame` at `keyword`. Returns false, so that a check can end with it. */
export type Reject = (frame: Frame, params?: Readonly<Record<string, Json>>) => false;

export function rejecter({ uri }: Maker, keyword: string, schemaPointer: Pointer): Reject {
  return ({ run: { rejections }, path }, params = {}) => {
    if (rejections !== undefined && rejections.length < maxRejections)
      rejections.push({
        instancePointer: instancePointer(path),
        schemaPointer,
        ...(uri === undefined ? {} : { schemaUri: uri }),
        keyword,
        params,
      });
    return false;
  };
}
