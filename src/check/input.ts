/** What a check is made from. Everything that could change between two runs (date, waivers, neighbours) is stated here. */
import type { Level, World } from '../compat/report.ts';
import type { Stage } from '../lifecycle/stage.ts';
import type { Neighbours } from '../policy/rule.ts';
import type { Catalog } from '../schema/catalog.ts';
import type { Contract } from '../schema/contract.ts';
import type { Attached, Definition } from '../schema/definition.ts';
import type { Dialect, SchemaDocument } from '../schema/document.ts';
import type { Json } from '../schema/json.ts';
import type { BreakPolicy } from '../schema/level.ts';
import type { Limits } from '../schema/limits.ts';

export interface Candidate {
  readonly subject: string;
  /** The document: JSON text, a value, or what `parseSchema` made of either. */
  readonly source: { readonly text: string } | { readonly value: Json } | { readonly document: SchemaDocument };
  /** Documents of other subjects it may refer to, by URI; a parsed document has its own. */
  readonly bundle?: ReadonlyMap<string, SchemaDocument>;
  /** Given where it is no JSON Schema, or something is attached to it: then `source` and `bundle` are not looked at. */
  readonly definition?: Given;
}

/** A definition with what belongs to its content beside the text. */
export interface Given {
  readonly definition: Definition;
  readonly attached: Attached;
  /** Of a JSON Schema that states none. */
  readonly dialect?: Dialect;
}

export interface PastVersion {
  readonly number: number;
  readonly label: string;
  readonly fingerprint: string;
  readonly document: SchemaDocument;
  /** Where it is no JSON Schema, or one that refers to others by name: what it is compared by. */
  readonly definition?: Definition;
  readonly contract: Contract;
  /** Of the event as a whole, where it is known. */
  readonly classification?: string;
  /** When it was registered, where that is known. */
  readonly createdAt?: string;
  /** The last day an event of it was seen to be sent, `YYYY-MM-DD`, where one was. */
  readonly lastProduced?: string;
}

export interface History {
  /**
   * Oldest first; empty for a new subject. The latest and those of the candidate's own content are always among them; the others
   * only have to be where the level looks at all.
   */
  readonly versions: readonly PastVersion[];
  readonly stage: Stage;
  readonly successor?: string;
  readonly sunset?: string;
  /** What the versions were called, where the subject has another name now: rules about names compare with that one. */
  readonly renamedFrom?: string;
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

/** The rules of the catalog, and facts about its other events. */
export interface Surroundings {
  readonly catalog: Catalog;
  readonly neighbours: Neighbours;
}

/** A service that says itself that it reads the subject, or was seen to. */
export interface KnownReader {
  readonly service: string;
  /** declared: to the registry. file: in its own repository. seen: by what it validated, and nowhere else. */
  readonly origin: 'declared' | 'file' | 'seen';
  readonly reads?: readonly string[];
  readonly requires?: Json;
  readonly samples?: readonly Json[];
  /** What each sample is called in messages; its number where that is absent. */
  readonly sampleNames?: readonly string[];
  readonly critical?: boolean;
}

/** Who was seen to read the subject since a day; without it nobody is known to be quiet. */
export interface SeenReaders {
  /** `YYYY-MM-DD`. */
  readonly since: string;
  readonly services: readonly string[];
  /** Who was seen before that day: of who was never seen it is unknown whether it reads. */
  readonly earlier: readonly string[];
}

export interface Rules extends Surroundings {
  /** Beside those that the contracts name; all that is said of a service counts together. */
  readonly readers?: readonly KnownReader[];
  readonly seen?: SeenReaders;
  readonly breaks?: BreakPolicy;
  /** The subject's own settings, where it has any. */
  readonly level?: Level;
  readonly world?: World;
  readonly ignore?: readonly string[];
  readonly waivers: readonly Waiver[];
  /** The surroundings of the latest version. Where given, findings that version has too are marked `preexisting`. */
  readonly before?: Surroundings;
  /** With `before`: where content and rules did not change, only rules about neighbours run. */
  readonly newOnly?: boolean;
  readonly limits: Limits;
  /** The calendar date of the check, `YYYY-MM-DD`: only waivers depend on it. */
  readonly today: string;
}

export const emptyHistory: History = { versions: [], stage: 'active' };
