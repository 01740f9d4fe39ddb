/** An edit, as the differ reports it: named and placed; what it breaks is not known yet. */
import type { Json } from '../../schema/json.ts';
import type { Pointer } from '../../schema/pointer.ts';
import type { SchemaLocation } from '../../schema/reference.ts';
import type { Side } from '../decide/decide.ts';
import type { RuleId } from './ids.ts';
import type { Params } from './row.ts';
import type { View } from './view.ts';

/** A part of one document in which a violated constraint is this edit's doing. */
export interface Cover {
  readonly side: Side;
  readonly pointer: Pointer;
  /** Only violations about this property name: `required` and `additionalProperties` speak of many. */
  readonly name?: string;
  /** Only about names that match this pattern. */
  readonly pattern?: string;
}

/** A subschema of one side; `writer`: it counts only where that side writes. */
export interface Alternative {
  readonly side: Side;
  readonly pointer: Pointer;
  readonly only: 'writer' | 'always';
}

export interface Change {
  readonly rule: RuleId;
  /** The nearest place that exists, where one side has nothing to point at. */
  readonly previous: Pointer;
  readonly next: Pointer;
  /** The schemas it was found in. */
  readonly within: { readonly previous: Pointer; readonly next: Pointer };
  /** Where in the event; `*` for any name and any index. */
  readonly instance: string;
  readonly params: Params;
  readonly covers: readonly Cover[];
  /** Alternatives of unions it belongs to: an event that shows it was written for one of them. */
  readonly given: readonly Alternative[];
  /** What a reader calls the alternative of a union that it is in. */
  readonly alternative?: Json;
  /** Further places in the event that reach the same edit through references. */
  readonly uses: string[];
}

export interface Two {
  readonly previous: View;
  readonly next: View;
}

/** Where the comparison stands in the event. */
export interface Spot {
  readonly instance: string;
  readonly depth: number;
  /** Schemas that apply to the same value around this one: what they declare is declared. */
  readonly around: readonly Two[];
  /** The matched alternatives of the innermost union around. */
  readonly given: readonly Alternative[];
  /** What a reader calls that alternative. */
  readonly alternative?: Json | undefined;
  /** Where the documents themselves were left for one they refer to: pointers are theirs. */
  readonly anchor: { readonly previous: Pointer; readonly next: Pointer };
}

/** Pointers of an edit; a side that is left out is pointed at by its schema. */
export interface At {
  readonly previous?: Pointer | undefined;
  readonly next?: Pointer | undefined;
}

/** How the values of one schema lie to those of another. */
export type Relation = 'equal' | 'narrower' | 'wider' | 'overlapping' | 'unknown';

/** What the differs of single keyword families work with. */
export interface Differ {
  emit(
    rule: RuleId,
    two: Two,
    spot: Spot,
    at: At,
    params: Params,
    covers?: readonly Cover[],
    given?: readonly Alternative[],
  ): void;
  compare(previous: SchemaLocation, next: SchemaLocation, spot: Spot): void;
  view(side: Side, place: SchemaLocation): View;
  child(side: Side, view: SchemaLocation, path: readonly string[], schema: Json): SchemaLocation;
  /** Equal numbers: the same shape apart from annotations, references followed. */
  shape(side: Side, place: SchemaLocation): number;
  /** How `next` lies to `previous`; asks the engine, so only where text does not tell. */
  relate(previous: SchemaLocation, next: SchemaLocation): Relation;
  /** The same question about the strings two patterns match; undefined is a missing pattern, which matches all. */
  relatePatterns(previous: string | undefined, next: string | undefined): Relation;
  isIgnored(side: Side, place: SchemaLocation): boolean;
}

/** The spot one step down into the event. */
export function below(spot: Spot, segment: string): Spot {
  return {
    instance: `${spot.instance}/${segment}`,
    depth: spot.depth + 1,
    around: [],
    given: spot.given,
    alternative: spot.alternative,
    anchor: spot.anchor,
  };
}

/** The same value, one schema further in. */
export function inPlace(spot: Spot, two: Two): Spot {
  return {
    instance: spot.instance,
    depth: spot.depth + 1,
    around: [...spot.around, two],
    given: spot.given,
    alternative: spot.alternative,
    anchor: spot.anchor,
  };
}

/** The same value, inside two matched alternatives. */
export function inBranch(spot: Spot, two: Two, previous: Pointer, next: Pointer, alternative: Json): Spot {
  const given: readonly Alternative[] = [
    { side: 'previous', pointer: previous, only: 'writer' },
    { side: 'next', pointer: next, only: 'writer' },
  ];
  return { ...inPlace(spot, two), given, alternative };
}
