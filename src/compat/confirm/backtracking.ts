/**
 * The native engine for what RE2 refuses (look-around, back-references), and only on words so short that even the worst
 * backtracking ends at once. Used to confirm witnesses, never on events.
 */
import { type AST, visitRegExpAST } from '@eslint-community/regexpp';
import type { Pattern } from '../../schema/pattern.ts';
import { parsePattern } from '../../schema/pattern-syntax.ts';

/** A word is too long for this pattern to be tried on. */
export class TooLong extends Error {}

// steps stay below a few million: words × words for two open loops, 3^n for loops within loops
const tameLength = 256;
const nestedLength = 14;
const wildLength = 8;

export function shortWordPattern(source: string): Pattern | undefined {
  const tree = parsePattern(source);
  if (typeof tree === 'string') return undefined;
  const longest = longestWord(tree);
  const native = nativePattern(source);
  return {
    test(text) {
      if (text.length > longest) throw new TooLong(source);
      return native.test(text);
    },
  };
}

function nativePattern(source: string): RegExp {
  try {
    return new RegExp(source, 'u');
  } catch {
    return new RegExp(source);
  }
}

function longestWord(tree: AST.Pattern): number {
  let open = 0;
  let depth = 0;
  let maxNesting = 0;
  let branchesInLoop = 0;
  const group = {
    onGroupEnter: ({ alternatives }: AST.Group | AST.CapturingGroup) => {
      if (depth > 0) branchesInLoop += alternatives.length - 1;
    },
  };
  visitRegExpAST(tree, {
    onQuantifierEnter({ max }) {
      if (max <= 1) return;
      if (max > 16) open += 1;
      depth += 1;
      maxNesting = Math.max(maxNesting, depth);
    },
    onQuantifierLeave({ max }) {
      if (max > 1) depth -= 1;
    },
    onGroupEnter: group.onGroupEnter,
    onCapturingGroupEnter: group.onGroupEnter,
  });
  if (maxNesting <= 1 && branchesInLoop === 0 && open <= 2) return tameLength;
  return maxNesting <= 2 && branchesInLoop <= 1 && open <= 4 ? nestedLength : wildLength;
}
