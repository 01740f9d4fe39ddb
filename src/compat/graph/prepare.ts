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
  const hints = hintsOf([...old.given, ...young.given]);
  return { arena, previous: old.root, next: young.root, hints, problems };
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

function hintsOf(given: readonly Given[]): ReadonlyMap<Lit, readonly Json[]> {
  const hints = new Map<Lit, readonly Json[]>();
  for (const { shape, values } of given) {
    if (shape.lit !== TRUE) hints.set(shape.lit, [...(hints.get(shape.lit) ?? []), ...values]);
  }
  return hints;
}
