/** Runs the lints over one document. */
import { inspect } from '../compat/decide/inspect.ts';
import type { FormatPolicy } from '../compat/report.ts';
import type { SchemaDocument } from '../schema/document.ts';
import type { LintFinding, LintRule } from './rule.ts';
import { lintRules } from './rules/index.ts';

export interface Lint extends LintFinding {
  readonly rule: LintRule;
}

/** Findings of one lint in one document: a mistake that repeats is clear by then. */
const maxFindingsPerRule = 20;

/** In the order of the table, then of the document. Which rules apply, and how severely, is the caller's to say. */
export function lint(
  document: SchemaDocument,
  formats: FormatPolicy,
  rules: readonly LintRule[] = lintRules,
): readonly Lint[] {
  const context = { document, inspection: inspect(document, formats) };
  return rules.flatMap((rule) => [...first(rule.check(context))].map((finding) => ({ ...finding, rule })));
}

function* first(findings: Iterable<LintFinding>): Generator<LintFinding> {
  let count = 0;
  for (const finding of findings) {
    if (count++ >= maxFindingsPerRule) return;
    yield finding;
  }
}
