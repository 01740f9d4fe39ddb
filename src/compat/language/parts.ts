/** Lists of terms as ∪ and ∩ keep them. */
import { type Kind, none, type Term } from './term.ts';

export function flatten(terms: readonly Term[], kind: 'union' | 'intersection'): Term[] {
  const parts = new Set<Term>();
  for (const term of terms) {
    if (term.kind === kind) for (const part of term.parts) parts.add(part);
    else if (term !== none || kind === 'intersection') parts.add(term);
  }
  return [...parts].sort((a, b) => a.id - b.id);
}

export function without(parts: readonly Term[], part: Term): Term[] {
  return parts.filter((other) => other !== part);
}

export function isComplement(term: Term): term is Kind<'complement'> {
  return term.kind === 'complement';
}

export function sorted(parts: readonly Term[]): readonly Term[] {
  return [...parts].sort((a, b) => a.id - b.id);
}
