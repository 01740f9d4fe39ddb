/**
 * A schema document as the pure folders see it: parsed, within limits, its dialect known, its references closed.
 * `schema/parse.ts` makes them; nobody else does.
 */
import type { Json } from './json.ts';
import type { Pointer } from './pointer.ts';

export const dialects = ['draft-04', 'draft-06', 'draft-07', '2019-09', '2020-12'] as const;
export type Dialect = (typeof dialects)[number];

export interface SchemaDocument {
  /** The schema itself: an object or a boolean. */
  readonly root: Json;
  /** What `$schema` says, 2020-12 where it is absent. */
  readonly dialect: Dialect;
  /**
   * Documents that `$ref` may reach beside this one, by absolute URI (`herald://<catalog>/<subject>/<version>` for registered
   * subjects). Closed: what is not here does not resolve.
   */
  readonly bundle: ReadonlyMap<string, SchemaDocument>;
}

/** Why a document is refused, or what is odd about it. Ids are the `SCHEMA_*` rows of the finding table. */
export interface SchemaProblem {
  readonly rule: string;
  readonly pointer: Pointer;
  readonly message: string;
  readonly params?: Readonly<Record<string, Json>>;
}
