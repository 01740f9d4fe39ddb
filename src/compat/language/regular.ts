/** The parts of a pattern that look nowhere but at what they match: plain regular expressions. */
import type { AST } from '@eslint-community/regexpp';
import { union } from './boolean.ts';
import { chars, repeat, sequence } from './build.ts';
import { charactersOf, type Flags } from './class.ts';
import { all, epsilon, type Store, type Term } from './term.ts';

export interface Reader {
  readonly store: Store;
  readonly flags: Flags;
  /** \b occurs: only then does it matter whether a word character lies before. */
  readonly boundaries: boolean;
  /** ^ occurs. */
  readonly anchored: boolean;
  readonly regular: Map<AST.Node, Term | undefined>;
}

/** The term of a node that looks nowhere; undefined where something in it does. */
export function regular(reader: Reader, node: AST.Element): Term | undefined {
  const { regular: known } = reader;
  if (known.has(node)) return known.get(node);
  const term = plainTerm(reader, node);
  known.set(node, term);
  return term;
}

function plainTerm(reader: Reader, node: AST.Element): Term | undefined {
  const { store, flags } = reader;
  switch (node.type) {
    case 'Character':
    case 'CharacterSet':
    case 'CharacterClass': {
      const set = charactersOf(node, flags);
      return set && chars(store, set);
    }
    case 'Group':
    case 'CapturingGroup':
      return plainChoice(reader, node.alternatives);
    case 'Quantifier': {
      const of = regular(reader, node.element);
      return of && repeat(store, of, node.min, node.max);
    }
    case 'Backreference': {
      // A superset: anything its group may have held, or nothing.
      const group = Array.isArray(node.resolved) ? undefined : node.resolved;
      const held = group && !isAround(node, group) && regular(reader, group);
      if (!held) return all;
      return isSet(node, group) ? held : union(store, [epsilon, held]);
    }
    default:
      return undefined;
  }
}

/** A reference inside its own group would ask for the group's term while it is being made. */
function isAround(node: AST.Node, group: AST.CapturingGroup): boolean {
  return isInside(node, group);
}

/** Whether the group has always been passed where the reference stands: no other alternative, no counter from 0 to go around it. */
function isSet(reference: AST.Node, group: AST.CapturingGroup): boolean {
  let node: AST.Node = group;
  for (;;) {
    const parent: AST.Node | null = node.parent;
    if (parent === null) return false;
    if (parent.type === 'Alternative' && isInside(reference, parent)) return node.end <= reference.start;
    const optional = parent.type === 'Quantifier' && parent.min === 0;
    const avoidable = 'alternatives' in parent && parent.alternatives.length > 1;
    if (optional || avoidable || parent.type === 'Assertion') return false;
    node = parent;
  }
}

function isInside(node: AST.Node, outer: AST.Node): boolean {
  return node.start >= outer.start && node.end <= outer.end;
}

function plainChoice(reader: Reader, alternatives: readonly AST.Alternative[]): Term | undefined {
  const terms: Term[] = [];
  for (const { elements } of alternatives) {
    const parts: Term[] = [];
    for (const part of elements) {
      const term = regular(reader, part);
      if (!term) return undefined;
      parts.push(term);
    }
    terms.push(sequence(reader.store, parts));
  }
  return union(reader.store, terms);
}
