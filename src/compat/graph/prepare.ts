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
  const of = [options.formats, ...[...options.ignore].sort()].join('\n');
  const known = compiledAlone.get(previous);
  if (known?.of === of)
    return known.alone === undefined
      ? onNew(previous, next, options)
      : (onKnown(known.alone, next, options) ?? onNew(previous, next, options));
  const made = alone(previous, options);
  const hasLinks = made.arena.links.size > 0;
  compiledAlone.set(previous, { of, alone: hasLinks ? undefined : made });
  // not kept for others, it is ours to continue
  if (hasLinks) return merged(made, next, options);
  return onKnown(made, next, options) ?? onNew(previous, next, options);
}

interface Alone {
  readonly arena: Arena;
  readonly compiled: Compiled;
}

/** Documents compiled on their own, as the last options asked: an earlier version is compared with many later ones. */
const compiledAlone = new WeakMap<SchemaDocument, { readonly of: string; readonly alone: Alone | undefined }>();

function alone(document: SchemaDocument, options: CompileOptions): Alone {
  const arena = createArena();
  return { arena, compiled: compile(arena, document, options, 'p') };
}

/** Only without links: merging moves the shapes, and these are not ours alone. */
function onKnown(
  { arena: base, compiled: old }: Alone,
  next: SchemaDocument,
  options: CompileOptions,
): Graph | undefined {
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
  return merged(alone(previous, options), next, options);
}

function merged({ arena, compiled: old }: Alone, next: SchemaDocument, options: CompileOptions): Graph {
  const young = compile(arena, next, options, 'n', old);
  const problems: Undecided[] = [...old.problems, ...young.problems];
  if (findIllFounded(arena) !== undefined && problems.length === 0) {
    problems.push({ reason: 'ill-founded', detail: 'a schema refers to itself without a step into the instance' });
  }
  const whole = merge(arena, [...old.shapes, ...young.shapes]);
  return graphOf(whole, old, young, problems);
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
