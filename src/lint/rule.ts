/** What a lint is: does this schema say what its author means? It asks nothing of names or owners, and compares with nothing. */
import type { Inspection } from '../compat/decide/inspect.ts';
import type { SchemaDocument } from '../schema/document.ts';
import type { Json } from '../schema/json.ts';
import type { Pointer } from '../schema/pointer.ts';

export interface LintContext {
  readonly document: SchemaDocument;
  /** Answers of the compatibility engine about this one schema. */
  readonly inspection: Inspection;
}

export interface LintFinding {
  readonly pointer: Pointer;
  readonly message: string;
  readonly hint?: string;
  readonly params?: Readonly<Record<string, Json>>;
}

export interface LintRule {
  readonly id: string;
  readonly summary: string;
  /** Where the catalog sets none. An error only where programs would read the schema in different ways. */
  readonly severity: 'error' | 'warning' | 'info';
  check(context: LintContext): Iterable<LintFinding>;
}
