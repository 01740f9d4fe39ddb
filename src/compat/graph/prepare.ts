/** Two documents in one graph, so that what did not change is literally the same. */
import type { SchemaDocument } from '../../schema/document.ts';
import type { Json } from '../../schema/json.ts';
import type { Undecided } from '../report.ts';
import { type Arena, continued, createArena } from './arena.ts';
import { type Compiled, type CompileOptions, compile } from './compile.ts';
import type { Given } from './given.ts';
import { findIllFounded, merge } from './merge.ts';
import { type Lit, TRUE } from './node.ts';
import type { Shape } from './shape.ts';

export interface Graph {
  readonly arena: Arena;
  readonly previous: Shape;
  readonly next: Shape;
  /** Values that authors gave as examples, by the literal of their schema. */
  readonly hints: ReadonlyMap<Lit, readonly Json[]>;
  /** The same by schema. */
  readonly given: ReadonlyMap<Shape, readonly Json[]>;
  readonly problems: readonly Undecided[];
}

export function buildGraph(previous: SchemaDocument, next: SchemaDocument, options: CompileOptions): Graph {
  return onKnown(previous, next, options) ?? onNew(previous, next, options);
}

interface Alone {
  readonly of: string;
  readonly arena: Arena;
  readonly compiled: Compiled;
}

/** Documents compiled on their own, as the last options asked: an earlier version is compared with many later ones. */
const compiledAlone = new WeakMap<SchemaDocument, Alone>();

function alone(document: SchemaDocument, options: CompileOptions): Alone {
  const of = [options.formats, ...[...options.ignore].sort()].join('\n');
  const known = compiledAlone.get(document);
  if (known?.of === of) return known;
  const arena = createArena();
  const made = { of, arena, compiled: compile(arena, document, options, 'p') };
  compiledAlone.set(document, made);
  return made;
}

/** Only without links: merging moves the shapes, and these are not ours alone. */
function onKnown(previous: SchemaDocument, next: SchemaDocument, options: CompileOptions): Graph | undefined {
  const { arena: base, compiled: old } = alone(previous, options);
  if (base.links.size > 0) return undefined;
  const arena = continued(base);
  const young = compile(arena, next, options, 'n', old);
  return arena.links.size > 0 ? undefined : graphOf(arena, old, young, [...old.problems, ...young.problems]);
}

function graphOf(arena: Arena, old: Compiled, young: Compiled, problems: readonly Undecided[]): Graph {
  const all = [...old.given, ...young.given];
  const hints = hintsOf([...old.shapes, ...young.shapes], all);
  const given = new Map(all.map(({ shape, values }) => [shape, values]));
  return { arena, previous: old.root, next: young.root, hints, given, problems };
}

function onNew(previous: SchemaDocument, next: SchemaDocument, options: CompileOptions): Graph {
  const arena = createArena();
  const old = compile(arena, previous, options, 'p');
  const young = compile(arena, next, options, 'n', old);
  const problems: Undecided[] = [...old.problems, ...young.problems];
  if (findIllFounded(arena) !== undefined && problems.length === 0) {
    problems.push({ reason: 'ill-founded', detail: 'a schema refers to itself without a step into the instance' });
  }
  const merged = merge(arena, [...old.shapes, ...young.shapes]);
  return graphOf(merged, old, young, problems);
}

/**
 * Examples of one field are no values for another: where equal schemas have different ones, or some have none, their literal has no
 * hint. The same place in both documents is one field.
 */
function hintsOf(shapes: readonly Shape[], given: readonly Given[]): ReadonlyMap<Lit, readonly Json[]> {
  const byLit = new Map<Lit, Given[]>();
  for (const each of given) byLit.set(each.shape.lit, [...(byLit.get(each.shape.lit) ?? []), each]);
  const others = new Set<Lit>();
  for (const { lit, place } of shapes) {
    const own = byLit.get(lit);
    if (own !== undefined && !own.some(({ shape }) => shape.place.pointer === place.pointer)) others.add(lit);
  }
  const hints = new Map<Lit, readonly Json[]>();
  for (const [lit, list] of byLit) {
    const isOneField = new Set(list.map(({ shape }) => shape.place.pointer)).size === 1;
    if (lit !== TRUE && isOneField && !others.has(lit))
      hints.set(
        lit,
        list.flatMap(({ values }) => values),
      );
  }
  return hints;
}
