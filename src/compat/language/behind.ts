/**
 * Look-behind at the top of a pattern, `^.+(?<!\.)$`: what was read so far ends, or does not end, in a match. Exact where nothing before
 * it looks ahead, for then the string falls in two at that place.
 */
import type { AST } from '@eslint-community/regexpp';

export interface Separated {
  readonly before: readonly AST.Element[];
  readonly behind: AST.LookbehindAssertion;
  readonly after: readonly AST.Element[];
}

/** The elements around their last look-behind; undefined where there is none, or it cannot be separated from what is before. */
export function separate(elements: readonly AST.Element[]): Separated | undefined {
  const at = elements.findLastIndex(isBehind);
  const behind = elements[at];
  if (!behind || !isBehind(behind)) return undefined;
  const before = elements.slice(0, at);
  const isSeparable = [...before, behind].every((node) => (isBehind(node) ? isBlindGroup(node) : isBlind(node)));
  return isSeparable ? { before, behind, after: elements.slice(at + 1) } : undefined;
}

function isBehind(node: AST.Element): node is AST.LookbehindAssertion {
  return node.type === 'Assertion' && node.kind === 'lookbehind';
}

/** It reads what it matches and where the string starts, and nothing else. */
function isBlind(node: AST.Element): boolean {
  switch (node.type) {
    case 'Group':
    case 'CapturingGroup':
      return isBlindGroup(node);
    case 'Quantifier':
      return isBlind(node.element);
    case 'Assertion':
      return node.kind === 'start';
    case 'Backreference':
      return false;
    default:
      return true;
  }
}

function isBlindGroup(node: { readonly alternatives: readonly AST.Alternative[] }): boolean {
  return node.alternatives.every(({ elements }) => elements.every(isBlind));
}
