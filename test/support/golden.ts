import { readdirSync, readFileSync } from 'node:fs';
import type { Direction, FormatPolicy, World } from '../../src/compat/report.ts';
import type { Dialect } from '../../src/schema/document.ts';
import { isObject, type Json, type JsonObject } from '../../src/schema/json.ts';

type Directions = readonly Direction[] | Readonly<Record<World, readonly Direction[]>>;

export interface Golden {
  readonly name: string;
  readonly number?: number;
  readonly dialect?: Dialect;
  readonly formats?: FormatPolicy;
  readonly ignore?: readonly string[];
  readonly previous: Json;
  readonly next: Json;
  readonly breaks: Directions;
  readonly undecided?: Directions;
  readonly lost?: readonly Json[];
  readonly gained?: readonly Json[];
  readonly findings?: readonly GoldenFinding[];
  readonly notAsked?: readonly ('ajv' | 'hyperjump')[];
}

export interface GoldenFinding {
  readonly rule: string;
  readonly previous: string;
  readonly next: string;
  readonly params: JsonObject;
}

export interface GoldenFile {
  readonly file: string;
  readonly json: Json;
  readonly family: string;
  readonly cases: readonly Golden[];
}

const folder = new URL('../cases/compat/', import.meta.url);

export function goldenFiles(): readonly GoldenFile[] {
  const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
  return names.sort().map((file) => {
    const json = JSON.parse(readFileSync(new URL(file, folder), 'utf8'));
    return { file, json, family: json.family, cases: json.cases };
  });
}

export function directionsIn(world: World, directions: Directions | undefined): readonly Direction[] {
  if (directions === undefined) return [];
  return 'open' in directions ? directions[world] : directions;
}

/** `{"$repeat": "a", "times": 300, "then": "b"}` stands for 300 a's and a b, `{"$items": 0, "times": 300}` for an array. */
export function expand(value: Json): Json {
  if (isObject(value) && value.$items !== undefined && typeof value.times === 'number')
    return Array<Json>(value.times).fill(value.$items);
  if (!isObject(value) || typeof value.$repeat !== 'string' || typeof value.times !== 'number') return value;
  return value.$repeat.repeat(value.times) + (typeof value.then === 'string' ? value.then : '');
}
