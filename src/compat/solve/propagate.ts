/** Consequences of what a branch asserts: unit clauses, settled choices. */
import { type Lit, negate } from '../graph/node.ts';
import { nth } from '../nth.ts';
import { expand } from './expand.ts';
import { assert, type Choice, type Clause, type Tableau, truth } from './tableau.ts';

/** Draws every consequence of what was asserted; false: a contradiction. */
export function propagate(tab: Tableau): boolean {
  for (;;) {
    for (let lit = tab.queue.pop(); lit !== undefined; lit = tab.queue.pop()) {
      if (!expand(tab, lit)) return false;
    }
    for (const clause of tab.clauses) if (!watch(tab, clause)) return false;
    for (const choice of tab.choices) if (!settleChoice(tab, choice)) return false;
    if (tab.queue.length === 0) return true;
  }
}

/** Unit propagation with two watched positions; false: all of its literals are false. */
function watch(tab: Tableau, clause: Clause): boolean {
  const { lits } = clause;
  const first = truth(tab, nth(lits, clause.left));
  if (first === true) return true;
  const second = truth(tab, nth(lits, clause.right));
  if (second === true || (first === undefined && second === undefined && clause.left !== clause.right)) return true;
  let found = -1;
  // from where it stood: literals mostly become false in their order
  for (let turn = 0; turn < lits.length; turn++) {
    const at = (clause.left + turn) % lits.length;
    const known = truth(tab, nth(lits, at));
    if (known === false) continue;
    if (known === true) {
      clause.left = at;
      return true;
    }
    if (found >= 0) {
      clause.left = found;
      clause.right = at;
      return true;
    }
    found = at;
  }
  return found >= 0 && assert(tab, nth(lits, found));
}

function settleChoice(tab: Tableau, { of, holds }: Choice): boolean {
  const open: Lit[] = [];
  let held = 0;
  for (const lit of of) {
    const known = truth(tab, lit);
    if (known === true) held++;
    else if (known === undefined) open.push(lit);
  }
  if (holds) {
    if (held > 1 || (held === 0 && open.length === 0)) return false;
    if (held === 1) return open.every((lit) => assert(tab, negate(lit)));
    return open.length > 1 || assert(tab, nth(open, 0));
  }
  if (held > 1 || (held === 0 && open.length === 0)) return true;
  if (held === 1 && open.length === 0) return false;
  if (open.length > 1) return true;
  return assert(tab, held === 1 ? nth(open, 0) : negate(nth(open, 0)));
}

export function isOpenChoice(tab: Tableau, { of, holds }: Choice): boolean {
  let held = 0;
  let open = 0;
  for (const lit of of) {
    const known = truth(tab, lit);
    if (known === true) held++;
    else if (known === undefined) open++;
  }
  return holds ? held !== 1 || open > 0 : held < 2 && open > 0;
}

/** A literal that makes the clause true is mostly one of those looked at last. */
function isSeenTrue(tab: Tableau, clause: Clause): boolean {
  const { lits, seen, left, right } = clause;
  return [seen, left, right].some((at) => truth(tab, nth(lits, at)) === true);
}

export function isOpenClause(tab: Tableau, clause: Clause): boolean {
  if (isSeenTrue(tab, clause)) return false;
  const found = clause.lits.findIndex((lit) => truth(tab, lit) === true);
  if (found >= 0) clause.seen = found;
  return found < 0;
}

/** Long clauses are not searched through: they may count as open although they are not. */
const longClause = 64;

export function mayBeOpen(tab: Tableau, clause: Clause): boolean {
  return clause.lits.length > longClause ? !isSeenTrue(tab, clause) : isOpenClause(tab, clause);
}
