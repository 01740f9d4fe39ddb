/** What a pattern says about names of members: the finite list it matches, or templates that cover every name it matches. */
import type { AST } from '@eslint-community/regexpp';
import { codePoints } from '../../schema/code-points.ts';
import { parsePattern } from '../../schema/pattern-syntax.ts';

/** Literal text and, as null, any text: `['x-', null]` is `x-${string}`. */
export type NameTemplate = readonly (string | null)[];

interface Alternative {
  readonly parts: NameTemplate;
  /** Whether the parts match exactly what the pattern matches, but for null, which stands for more than it may. */
  readonly isExact: boolean;
}

const maxNames = 32;
const maxCharacters = 16;
const maxTemplates = 8;
const anything: Alternative = { parts: [null], isExact: false };
const nothing: Alternative = { parts: [], isExact: true };

/** The names `source` matches where they are few (`^(en|de)$`, `^[a-e]$`), else undefined. */
export function finiteNames(source: string): readonly string[] | undefined {
  const alternatives = alternativesOf(source);
  if (alternatives === undefined || alternatives.length > maxNames) return undefined;
  if (alternatives.some(({ parts, isExact }) => !isExact || parts.includes(null))) return undefined;
  return [...new Set(alternatives.map(({ parts }) => parts.join('')))];
}

/** Templates that cover every name `source` matches; `[[null]]` where nothing better is known. */
export function nameTemplates(source: string): readonly NameTemplate[] {
  const alternatives = alternativesOf(source);
  if (alternatives === undefined) return [[null]];
  const templates = alternatives.map(({ parts }) => parts);
  const isUniversal = templates.some((parts) => parts.every((part) => part === null));
  return isUniversal || templates.length > maxTemplates ? [[null]] : templates;
}

export function templateMatches(template: NameTemplate, name: string): boolean {
  const source = template.map((part) => (part === null ? '[^]*' : part.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')));
  return new RegExp(`^${source.join('')}$`).test(name);
}

/** False only where no name matches both: their literal beginnings or ends contradict each other. */
export function templatesMeet(a: NameTemplate, b: NameTemplate): boolean {
  const text = (part: string | null | undefined) => part ?? '';
  const [startA, startB] = [text(a[0]), text(b[0])];
  const [endA, endB] = [text(a.at(-1)), text(b.at(-1))];
  const starts = startA.startsWith(startB) || startB.startsWith(startA);
  return starts && (endA.endsWith(endB) || endB.endsWith(endA));
}

function alternativesOf(source: string): readonly Alternative[] | undefined {
  const tree = parsePattern(source);
  return typeof tree === 'string' ? undefined : bounded(tree.alternatives.map(anchored));
}

/** All of `lists` in one; undefined where they are too many. */
function bounded(lists: readonly (readonly Alternative[])[]): readonly Alternative[] | undefined {
  const all = lists.flat();
  return all.length > maxNames ? undefined : all;
}

/** A pattern matches anywhere in a name, unless `^` and `$` hold it to its ends. */
function anchored({ elements }: AST.Alternative): readonly Alternative[] {
  const isEdge = (element: AST.Element | undefined, kind: 'start' | 'end') =>
    element?.type === 'Assertion' && element.kind === kind;
  const from = isEdge(elements[0], 'start') ? 1 : 0;
  const to = isEdge(elements.at(-1), 'end') ? elements.length - 1 : elements.length;
  const inner = sequence(elements.slice(from, to));
  const any = [{ parts: [null], isExact: true }];
  return joined([...(from === 0 ? [any] : []), inner, ...(to === elements.length ? [any] : [])]);
}

function sequence(elements: readonly AST.Element[]): readonly Alternative[] {
  return joined(elements.map(element));
}

/** Every way through `lists`; where they are too many, what a list says is given up. */
function joined(lists: readonly (readonly Alternative[])[]): readonly Alternative[] {
  let found: readonly Alternative[] = [nothing];
  for (const list of lists) {
    const next = found.length * list.length > maxNames ? [anything] : list;
    found = found.flatMap((before) => next.map((after) => concatenated(before, after)));
  }
  return found;
}

function concatenated(before: Alternative, after: Alternative): Alternative {
  const parts: (string | null)[] = [...before.parts];
  for (const part of after.parts) {
    const last = parts.at(-1);
    if (typeof part === 'string' && typeof last === 'string') parts[parts.length - 1] = last + part;
    else if (!(part === null && last === null)) parts.push(part);
  }
  return { parts, isExact: before.isExact && after.isExact };
}

function element(at: AST.Element): readonly Alternative[] {
  switch (at.type) {
    case 'Character':
    case 'CharacterSet':
    case 'CharacterClass':
      return characters(at);
    case 'Group':
    case 'CapturingGroup':
      return at.type === 'Group' && at.modifiers ? [anything] : group(at.alternatives);
    case 'Quantifier':
      return repeated(at);
    case 'Assertion':
      // what it looks at is not consumed: without it more is matched
      return [{ parts: [], isExact: false }];
    default:
      return [anything];
  }
}

function group(alternatives: readonly AST.Alternative[]): readonly Alternative[] {
  return bounded(alternatives.map(({ elements }) => sequence(elements))) ?? [anything];
}

function characters(at: AST.Character | AST.CharacterSet | AST.CharacterClass): readonly Alternative[] {
  const ranges = codePoints(at) ?? [];
  const size = ranges.reduce((sum, [first, last]) => sum + last - first + 1, 0);
  if (ranges.length === 0 || size > maxCharacters) return [anything];
  return ranges.flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, offset) => ({
      parts: [String.fromCodePoint(first + offset)],
      isExact: true,
    })),
  );
}

const maxRepeats = 4;

function repeated({ element: inner, min, max }: AST.Quantifier): readonly Alternative[] {
  const one = element(inner);
  if (max > maxRepeats) return [anything];
  const counts = Array.from({ length: max - min + 1 }, (_, at) => joined(Array.from({ length: min + at }, () => one)));
  return bounded(counts) ?? [anything];
}
