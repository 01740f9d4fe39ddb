/** How one subschema lies to another, asked of the engine: two small documents that refer to the places they stand in. */
import type { SchemaDocument } from '../../schema/document.ts';
import { type Pointer, resolve } from '../../schema/pointer.ts';
import type { SchemaLocation } from '../../schema/reference.ts';
import type { Pair } from '../decide/decide.ts';
import { openPool } from '../language/pool.ts';
import { directions, type FormatPolicy } from '../report.ts';
import type { Relation } from './change.ts';

export type Prepare = (previous: SchemaDocument, next: SchemaDocument, options: RelateOptions) => Pair;

export interface RelateOptions {
  readonly formats: FormatPolicy;
  readonly budget: number;
  readonly ignore?: readonly Pointer[];
}

/** Questions asked while describing one pair: past this the answer is 'unknown' and the finding names the edit more coarsely. */
const maxQuestions = 60;

const within = 'herald-internal:whole';

/** The subschema as a document of its own; what it refers to stays reachable. */
export function documentAt(place: SchemaLocation): SchemaDocument {
  const { document, dialect } = place.resource;
  if (place.pointer === '' && place.schema === document.root) return document;
  if (resolve(document.root, place.pointer) === place.schema) return { ...partOf(document, place.pointer), dialect };
  return { root: place.schema, dialect, bundle: document.bundle };
}

/** The subschema at `pointer` of `document` as a document of its own. */
export function partOf(document: SchemaDocument, pointer: Pointer): SchemaDocument {
  const root = { $ref: `${within}#${encodeURI(pointer).replaceAll('#', '%23')}` };
  return { root, dialect: document.dialect, bundle: new Map([...document.bundle, [within, document]]) };
}

export function relator(
  prepare: Prepare,
  options: RelateOptions,
): (previous: SchemaLocation, next: SchemaLocation) => Relation {
  let asked = 0;
  // together they get as many steps as one direction
  let left = options.budget;
  return (previous, next) => {
    if (asked++ >= maxQuestions || left <= 0) return 'unknown';
    const budget = Math.min(left, Math.ceil(options.budget / 8));
    const pair = prepare(documentAt(previous), documentAt(next), { ...options, budget });
    const [backward, forward] = directions.map((direction) => {
      const { verdict, steps } = pair.decide(direction, 'open');
      left -= steps;
      return verdict;
    });
    if (backward === 'undecided' || forward === 'undecided') return 'unknown';
    if (backward === 'compatible') return forward === 'compatible' ? 'equal' : 'wider';
    return forward === 'compatible' ? 'narrower' : 'overlapping';
  };
}

/** The same about the strings two patterns match. */
export function patternRelator(): (previous: string | undefined, next: string | undefined) => Relation {
  const pool = openPool();
  const language = (source: string | undefined) => {
    if (source === undefined) return pool.all;
    const definition = pool.pattern(source);
    return definition.kind === 'exact' ? definition.language : undefined;
  };
  return (previous, next) => {
    const [left, right] = [language(previous), language(next)];
    if (left === undefined || right === undefined) return 'unknown';
    const relation = pool.relation(left, right);
    switch (relation) {
      // the pool says how the left lies to the right
      case 'narrower':
        return 'wider';
      case 'wider':
        return 'narrower';
      case 'disjoint':
        return 'overlapping';
      default:
        return relation;
    }
  };
}
