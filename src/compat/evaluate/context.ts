/** What evaluation and search work on: the graph and the string languages of one comparison. */
import type { Arena } from '../graph/arena.ts';
import type { Definition, Pool } from '../language/language.ts';
import { charge, type Meter, newMeter } from './meter.ts';

export interface Context {
  readonly arena: Arena;
  readonly pool: Pool;
  readonly patterns: Map<string, Definition>;
  readonly formats: Map<string, Definition | null>;
  readonly meter: Meter;
  /** Which short texts match: values that are tried one after the other are mostly the same. */
  readonly matched: Map<Definition, Map<string, boolean>>;
  /** How deep the evaluator is nested in itself now. */
  depth: number;
  /** Whether an answer is unknown because schema and value nest too deep. */
  isTooDeep: boolean;
}

/** undefined: it rests on something opaque. */
export type Truth = boolean | undefined;

export function createContext(arena: Arena, pool: Pool): Context {
  const [patterns, formats] = [new Map<string, Definition>(), new Map<string, Definition | null>()];
  const matched = new Map<Definition, Map<string, boolean>>();
  return { arena, pool, patterns, formats, meter: newMeter(), matched, depth: 0, isTooDeep: false };
}

export function patternOf(context: Context, source: string): Definition {
  let known = context.patterns.get(source);
  if (known === undefined) {
    known = context.pool.pattern(source);
    context.patterns.set(source, known);
  }
  return known;
}

/** null: no format that constrains. */
export function formatOf(context: Context, name: string): Definition | null {
  let known = context.formats.get(name);
  if (known === undefined) {
    known = context.pool.format(name) ?? null;
    context.formats.set(name, known);
  }
  return known;
}

export function accepts(context: Context, definition: Definition, text: string): Truth {
  charge(context.meter, 2 + (text.length >> 3));
  if (definition.kind === 'exact') return matches(context, definition, text);
  const answer = definition.test(text);
  return answer === 'unknown' ? undefined : answer;
}

/** In characters; and how many texts are kept for one pattern. */
const shortText = 64;
const maxKept = 1_000;

function matches(
  { pool, matched }: Context,
  definition: Extract<Definition, { kind: 'exact' }>,
  text: string,
): boolean {
  if (text.length > shortText) return pool.matches(definition.language, text);
  const known = matched.get(definition) ?? new Map<string, boolean>();
  matched.set(definition, known);
  const kept = known.get(text);
  if (kept !== undefined) return kept;
  const found = pool.matches(definition.language, text);
  if (known.size < maxKept) known.set(text, found);
  return found;
}
