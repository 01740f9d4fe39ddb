/** Which patterns the native engine matches in time linear in the text. Both pattern and text are untrusted. */
import { type AST, visitRegExpAST } from '@eslint-community/regexpp';
import { parsePattern } from '../../schema/pattern-syntax.ts';
import { isDeterministic } from './determinism.ts';

/** Ways to split a text among alternatives and counts that an engine may try from one start. */
const maxPaths = 1_000;

/**
 * The pattern to run natively, which finds something in the same texts as `source`; undefined where no native engine is known to
 * be linear. A repetition at an open end is cut to what it needs: `.+:` finds what `.:` finds, but tries every length from every
 * start. What is left is linear where it holds to the start and leaves no choice (`isDeterministic`), or few choices and one
 * loop; and where it has no loop at all.
 */
export function nativePattern(source: string): string | undefined {
  const tree = parsePattern(source);
  if (typeof tree === 'string') return undefined;
  const isSame = tree.alternatives.every((alternative) => trimmed(alternative) === alternative.raw);
  const text = isSame ? source : tree.alternatives.map(trimmed).join('|');
  const cut = isSame ? tree : parsePattern(text);
  if (typeof cut === 'string') return undefined;
  return isBounded(cut) || cut.alternatives.every(isDirect) ? text : undefined;
}

function isDirect({ elements }: AST.Alternative): boolean {
  return isStart(elements[0]) && isDeterministic(elements.slice(1));
}

function isStart(element: AST.Element | undefined): boolean {
  return element?.type === 'Assertion' && element.kind === 'start';
}

/** The alternative without the repetitions at its open ends. An empty pattern finds something everywhere. */
function trimmed({ elements }: AST.Alternative): string {
  const parts = elements.map((element) => element.raw);
  let from = 0;
  for (let kept = true; kept && from < elements.length; ) {
    const needed = neededOf(elements[from]);
    kept = needed === '';
    if (needed !== undefined) parts[from] = needed;
    if (kept) from += 1;
  }
  let to = elements.length - 1;
  for (let kept = true; kept && to >= from; ) {
    const needed = neededOf(elements[to]);
    kept = needed === '';
    if (needed !== undefined && to > from) parts[to] = needed;
    else if (needed === '') parts[to] = '';
    if (kept) to -= 1;
  }
  return parts.join('') || (elements.length > 0 ? '(?:)' : '');
}

/** What an open loop over single characters needs at least: itself `min` times. */
function neededOf(element: AST.Element | undefined): string | undefined {
  if (element?.type !== 'Quantifier' || element.max !== Number.POSITIVE_INFINITY) return undefined;
  if (!['Character', 'CharacterSet', 'CharacterClass'].includes(element.element.type)) return undefined;
  return element.min === 0 ? '' : element.min === 1 ? element.element.raw : `${element.element.raw}{${element.min}}`;
}

/**
 * No quantifier within another, no look-around or back-reference, few ways to split a text among alternatives and bounded counts,
 * and at most one open loop, which then begins at the start of the text: `a+b` is tried again from every `a`.
 */
function isBounded(tree: AST.Pattern): boolean {
  let loops = 0;
  let paths = 1;
  let depth = 0;
  let isOrdinary = true;
  const choose = (among: number) => {
    paths *= among;
    // a choice that is made again and again: `(a|a)*` doubles with every letter
    if (depth > 0 && among > 1) isOrdinary = false;
  };
  visitRegExpAST(tree, {
    onQuantifierEnter({ min, max }) {
      if (depth++ > 0) isOrdinary = false;
      if (max === Number.POSITIVE_INFINITY) loops += 1;
      else paths *= max - min + 1;
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
  const isHeld = loops === 1 && tree.alternatives.every(({ elements }) => isStart(elements[0]));
  return isOrdinary && paths <= maxPaths && (loops === 0 || isHeld);
}
