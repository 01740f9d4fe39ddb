/** One demand of a catalog that its successor lowers. */
import type { Catalog } from '../../schema/catalog.ts';
import type { Json } from '../../schema/json.ts';
import type { Pointer } from '../../schema/pointer.ts';

export interface Weakening {
  /** In the changed catalog.json; of the nearest part above where it was removed. */
  readonly pointer: Pointer;
  /** What was lowered: the subject of a sentence. */
  readonly what: string;
  /** Where the usual sentence about `before` and `now` would not say it. */
  readonly message?: string;
  readonly before: Json;
  readonly now: Json;
  /** The changed catalog with this demand as it was. */
  restore(catalog: Catalog): Catalog;
}

/** Finds one family of weakenings. `subjects` are all subjects of both catalogs. */
export type FindWeakenings = (before: Catalog, now: Catalog, subjects: readonly string[]) => Iterable<Weakening>;
