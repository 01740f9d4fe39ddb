/** Which patterns the native engine matches in time linear in the text. Both pattern and text are untrusted. */
import { type AST, visitRegExpAST } from '@eslint-community/regexpp';
import { parsePattern } from '../../schema/pattern-syntax.ts';

const maxPaths = 1_000;

/**
 * Whether backtracking is bounded: no quantifier within another, no look-around or back-reference, few ways to split a text
 * among alternatives and bounded counts, and at most one open loop, which then begins at the start of the text. `^[a-z]+$` is
 * tame; `^(a+)+$` is not, and neither is `a+b`, which is tried again from every `a`.
 */
export function isTame(source: string): boolean {
  const tree = parsePattern(source);
  if (typeof tree === 'string') return false;
  let loops = 0;
  let ways = 1;
  let depth = 0;
  let isOrdinary = true;
  const choose = (among: number) => {
    ways *= among;
    // a choice that is made again and again: `(a|a)*` doubles with every letter
    if (depth > 0 && among > 1) isOrdinary = false;
  };
  visitRegExpAST(tree, {
    onQuantifierEnter({ min, max }) {
      if (depth++ > 0) isOrdinary = false;
      if (max === Number.POSITIVE_INFINITY) loops += 1;
      else ways *= max - min + 1;
    },
    onQuantifierLeave() {
      depth -= 1;
    },
    onGroupEnter: ({ alternatives }) => choose(alternatives.length),
    onCapturingGroupEnter: ({ alternatives }) => choose(alternatives.length),
    onAssertionEnter({ kind }) {
      if (kind !== 'start' && kind !== 'end') isOrdinary = false;
    },
    onBackreferenceEnter() {
      isOrdinary = false;
    },
  });
  return isOrdinary && ways <= maxPaths && (loops === 0 || (loops === 1 && tree.alternatives.every(isAnchored)));
}

function isAnchored({ elements }: AST.Alternative): boolean {
  const first = elements[0];
  return first?.type === 'Assertion' && first.kind === 'start';
}
