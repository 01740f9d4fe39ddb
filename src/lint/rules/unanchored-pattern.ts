import type { AST } from '@eslint-community/regexpp';
import { active } from '../../schema/dialect.ts';
import { foreignSyntax } from '../../schema/foreign-syntax.ts';
import { isObject } from '../../schema/json.ts';
import { locations } from '../../schema/locations.ts';
import { parsePattern } from '../../schema/pattern-syntax.ts';
import { append } from '../../schema/pointer.ts';
import type { LintFinding, LintRule } from '../rule.ts';

/** Validation §6.3.3: a pattern is not anchored. `[A-Z]{3}` accepts "xxABCxx". */
export const unanchoredPattern: LintRule = {
  id: 'SCHEMA_UNANCHORED_PATTERN',
  summary: 'A pattern says where it begins or where it ends: without ^ or $ it matches anywhere in the string.',
  severity: 'info',
  *check({ document, inspection }): Generator<LintFinding> {
    for (const { schema, pointer, resource } of locations(document)) {
      const { dialect } = resource;
      const source = isObject(schema) ? active(schema, 'pattern', dialect) : undefined;
      // another rule reports a pattern that accepts every string, and one that means something else than it seems to
      if (typeof source !== 'string' || !isUnanchored(source) || inspection.isEmptyPattern(source)) continue;
      if (foreignSyntax(source).length > 0) continue;
      yield {
        pointer: append(pointer, 'pattern'),
        message: `The pattern ${JSON.stringify(source)} is not anchored: it accepts any text before and after what it matches.`,
        hint: `Write ${JSON.stringify(anchored(source))} where the whole string is meant.`,
      };
    }
  },
};

function anchored(source: string): string {
  return source.includes('|') ? `^(?:${source})$` : `^${source}$`;
}

function isUnanchored(source: string): boolean {
  const parsed = parsePattern(source);
  return typeof parsed !== 'string' && parsed.alternatives.some((each) => !isHeld(each));
}

/** Whether one end is held in place. */
function isHeld({ elements }: AST.Alternative): boolean {
  return holdsPlace(elements.at(0)) || holdsPlace(elements.at(-1)) || elements.some(isLookaround);
}

function holdsPlace(element: AST.Element | undefined): boolean {
  if (element?.type === 'Assertion') return element.kind === 'start' || element.kind === 'end';
  const isGroup = element?.type === 'Group' || element?.type === 'CapturingGroup';
  return isGroup && element.alternatives.every(isHeld);
}

/** What looks around knows more about its neighbours than this rule. */
function isLookaround(element: AST.Element): boolean {
  return element.type === 'Assertion' && (element.kind === 'lookahead' || element.kind === 'lookbehind');
}
