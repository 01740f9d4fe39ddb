/** Why a validator refuses an event. Never a value of the event: a rejected value may be confidential. */
import type { Json } from './json.ts';
import type { Pointer } from './pointer.ts';

export interface Rejection {
  /** Where in the event; names of members appear in it, their values do not. */
  readonly instancePointer: Pointer;
  /** The keyword's place in the schema, or the place of a `false` schema. */
  readonly schemaPointer: Pointer;
  /** Set where that place is in a document of the bundle. */
  readonly schemaUri?: string;
  /** The keyword that failed; `false` for a schema that is false; `limit` where the event exceeds what is looked at, `json` where it is no JSON. */
  readonly keyword: string;
  /** What the schema wants, and names of members. */
  readonly params: Readonly<Record<string, Json>>;
}
