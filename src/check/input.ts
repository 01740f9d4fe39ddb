/** What a check is made from. Everything that could change between two runs (date, waivers, neighbours) is stated here. */
import type { Level, World } from '../compat/report.ts';
import type { Stage } from '../lifecycle/stage.ts';
import type { Neighbours } from '../policy/rule.ts';
import type { Catalog } from '../schema/catalog.ts';
import type { Contract } from '../schema/contract.ts';
import type { SchemaDocument } from '../schema/document.ts';
import type { Json } from '../schema/json.ts';
import type { Limits } from '../schema/limits.ts';

export interface Candidate {
  readonly subject: string;
  /** The document: JSON text, or a value already parsed. */
  readonly source: { readonly text: string } | { readonly value: Json };
  /** Documents of other subjects it may refer to, by URI. */
  readonly bundle?: ReadonlyMap<string, SchemaDocument>;
}

export interface PastVersion {
  readonly number: number;
  readonly label: string;
  readonly fingerprint: string;
  readonly document: SchemaDocument;
  readonly contract: Contract;
}

export interface History {
  /** Oldest first; empty for a new subject. */
  readonly versions: readonly PastVersion[];
  readonly stage: Stage;
  readonly successor?: string;
  readonly sunset?: string;
}

/** A recorded, expiring permission for one finding. */
export interface Waiver {
  readonly id: string;
  readonly subject: string;
  readonly fingerprint: string;
  readonly author: string;
  readonly reason: string;
  /** The last day it holds, `YYYY-MM-DD`. */
  readonly expires: string;
}

export interface Rules {
  readonly catalog: Catalog;
  /** The subject's own settings, where it has any. */
  readonly level?: Level;
  readonly world?: World;
  readonly ignore?: readonly string[];
  readonly waivers: readonly Waiver[];
  readonly neighbours: Neighbours;
  readonly limits: Limits;
  /** The calendar date of the check, `YYYY-MM-DD`: only waivers depend on it. */
  readonly today: string;
}

export const emptyHistory: History = { versions: [], stage: 'active' };
