/** Two documents in one graph, so that what did not change is literally the same. */
import type { SchemaDocument } from '../../schema/document.ts';
import { isArray, isObject, type Json, member } from '../../schema/json.ts';
import type { Undecided } from '../report.ts';
import { type Arena, createArena } from './arena.ts';
import { type CompileOptions, compile } from './compile.ts';
import { findIllFounded, merge } from './merge.ts';
import { type Lit, TRUE } from './node.ts';
import type { Shape } from './shape.ts';

export interface Graph {
  readonly arena: Arena;
  readonly previous: Shape;
  readonly next: Shape;
  /** Values that authors gave as examples, by the literal of their schema. */
  readonly hints: ReadonlyMap<Lit, readonly Json[]>;
  readonly problems: readonly Undecided[];
}

export function buildGraph(previous: SchemaDocument, next: SchemaDocument, options: CompileOptions): Graph {
  const arena = createArena();
  const old = compile(arena, previous, options, 'p');
  const young = compile(arena, next, options, 'n', old);
  const shapes = [...old.shapes, ...young.shapes];
  const problems: Undecided[] = [...old.problems, ...young.problems];
  if (arena.links.size === 0) return { arena, previous: old.root, next: young.root, hints: hintsOf(shapes), problems };
  if (findIllFounded(arena) !== undefined && problems.length === 0) {
    problems.push({ reason: 'ill-founded', detail: 'a schema refers to itself without a step into the instance' });
  }
  const merged = merge(arena, shapes);
  return { arena: merged, previous: old.root, next: young.root, hints: hintsOf(shapes), problems };
}

function hintsOf(shapes: readonly Shape[]): ReadonlyMap<Lit, readonly Json[]> {
  const hints = new Map<Lit, Json[]>();
  for (const { lit, place } of shapes) {
    const { schema } = place;
    if (!isObject(schema) || lit === TRUE) continue;
    const examples = member(schema, 'examples');
    const given = [...(isArray(examples) ? examples : []), ...[member(schema, 'default'), member(schema, 'example')]];
    const found = given.filter((value) => value !== undefined).slice(0, 8);
    if (found.length > 0) hints.set(lit, [...(hints.get(lit) ?? []), ...found]);
  }
  return hints;
}
