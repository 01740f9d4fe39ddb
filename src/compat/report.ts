/** What a comparison says. Data only: every renderer (text, SARIF, HTTP) reads this and nothing else. */
import type { SchemaFormat } from '../schema/definition.ts';
import type { Dialect } from '../schema/document.ts';
import type { Json } from '../schema/json.ts';
import type { FormatPolicy, Level, World } from '../schema/level.ts';
import type { Pointer } from '../schema/pointer.ts';

export { type FormatPolicy, formatPolicies, type Level, levels, type World, worlds } from '../schema/level.ts';

export const reportVersion = 1;

/** Raised when any verdict may change: stored reports name the engine that gave them. */
export const engineVersion = '1.1.0';

/** Solver steps for one direction in one world before it answers `undecided: budget`. */
export const defaultBudget = 200_000;

export const directions = ['backward', 'forward'] as const;
export type Direction = (typeof directions)[number];

export type Verdict = 'compatible' | 'incompatible' | 'undecided';

export interface CompareOptions {
  /** Default FULL_TRANSITIVE. With one previous version the transitive levels equal the plain ones. */
  readonly level?: Level;
  /** Which world's verdict is `verdict`; both are always reported. Default closed. */
  readonly world?: World;
  /** Whether `format` constrains values or only annotates. Default assert. */
  readonly formats?: FormatPolicy;
  /** Pointers into the schemas whose subschemas are taken as `true` on both sides: version markers. */
  readonly ignore?: readonly Pointer[];
  /** Solver steps for one direction in one world before it answers `undecided: budget`. Default 200,000. */
  readonly budget?: number;
}

/** An event that proves a break: the writer's schema accepts it, the reader's rejects it. */
export interface Witness {
  readonly value: Json;
  /** The event as it stands on the wire, in hex, where the format is binary: written with the writer's schema. */
  readonly encoded?: string;
  /** Which validators confirmed it, e.g. `herald`, `ajv`. */
  readonly confirmedBy: readonly string[];
  /** Where and why the reader rejects it. */
  readonly rejection: {
    readonly instancePointer: Pointer;
    readonly schemaPointer: Pointer;
    readonly keyword: string;
    readonly params?: Readonly<Record<string, Json>>;
  };
  /** True although unlikely in practice, e.g. only an e-mail address of 321 characters breaks. */
  readonly pathological?: boolean;
}

/** Why no answer could be proved. Reasons are the suffixes of the UNDECIDED_* findings. */
export interface Undecided {
  readonly reason: string;
  readonly pointer?: Pointer;
  readonly detail: string;
  readonly hint?: string;
}

export interface DirectionReport {
  readonly verdict: Verdict;
  readonly witness?: Witness;
  readonly undecided?: readonly Undecided[];
  readonly steps: number;
}

export type WorldReport = Readonly<Record<Direction, DirectionReport>>;

export type Severity = 'error' | 'warning' | 'info';

/**
 * A way to make an edit compatible, shown to be one. `alone`: with this patch nothing breaks any more. `with-others`: several edits
 * break, and the patch was tried with the others taken back; by itself it mends its own finding and leaves theirs.
 */
export interface Fix {
  readonly title: string;
  readonly patch: Patch;
  readonly verified: true;
  readonly tried: 'alone' | 'with-others';
}

/** A JSON Patch (RFC 6902) on the next document. */
export type Patch = readonly {
  readonly op: 'add' | 'remove' | 'replace';
  readonly path: Pointer;
  readonly value?: Json;
}[];

export interface Finding {
  /** A row of the finding table, e.g. PROPERTY_ADDED_REQUIRED. Never renamed. */
  readonly rule: string;
  /** error: it breaks a direction that level and world enforce. */
  readonly severity: Severity;
  readonly effect: 'narrows' | 'widens' | 'replaces' | 'none' | 'undecided';
  /** Directions it breaks in each world, whether enforced or not. */
  readonly breaks: Readonly<Record<World, readonly Direction[]>>;
  readonly previousPointer?: Pointer;
  readonly nextPointer?: Pointer;
  /** Where in the event, with `*` for any item and any name. */
  readonly instancePointer?: string;
  readonly message: string;
  readonly hint?: string;
  readonly params: Readonly<Record<string, Json>>;
  /** The shortest proof, for the configured world where it breaks there. */
  readonly witness?: Witness;
  readonly fixes?: readonly Fix[];
  /** SHA-256 over rule, pointers' meaning and params: stable when lines move; waivers refer to it. */
  readonly fingerprint: string;
}

/** minor: the set of accepted values changed compatibly. patch: only documentation or contract changed. */
export type Change = 'none' | 'patch' | 'minor' | 'major';

/** One side of a comparison. */
export interface ComparedSchema {
  readonly dialect: Dialect;
  readonly fingerprint: string;
  /** Where it is no JSON Schema; `dialect` is then that of the JSON Schema its events are described by. */
  readonly format?: Exclude<SchemaFormat, 'json'>;
}

export interface Comparison {
  readonly reportVersion: typeof reportVersion;
  readonly engine: { readonly name: 'herald'; readonly version: string; readonly budget: number };
  readonly previous: ComparedSchema;
  readonly next: ComparedSchema;
  readonly level: Level;
  readonly world: World;
  readonly formats: FormatPolicy;
  readonly ignore: readonly Pointer[];
  readonly verdict: Verdict;
  readonly worlds: Readonly<Record<World, WorldReport>>;
  readonly change: Change;
  readonly findings: readonly Finding[];
}
