/** One row per lint, in the order findings are reported. Read by the runner, the README's list and the goldens. */
import type { LintRule } from '../rule.ts';
import { defaultInvalid } from './default-invalid.ts';
import { exampleInvalid } from './example-invalid.ts';
import { formatUnknown } from './format-unknown.ts';
import { keywordNotInDialect } from './keyword-not-in-dialect.ts';
import { oneofOverlap } from './oneof-overlap.ts';
import { partUnsatisfiable } from './part-unsatisfiable.ts';
import { patternAlwaysTrue } from './pattern-always-true.ts';
import { patternForeign } from './pattern-foreign.ts';
import { refSiblingsIgnored } from './ref-siblings-ignored.ts';
import { typeNotStated } from './type-not-stated.ts';
import { unanchoredPattern } from './unanchored-pattern.ts';
import { unsatisfiable } from './unsatisfiable.ts';

export const lintRules: readonly LintRule[] = [
  keywordNotInDialect,
  refSiblingsIgnored,
  typeNotStated,
  formatUnknown,
  patternForeign,
  patternAlwaysTrue,
  unanchoredPattern,
  oneofOverlap,
  unsatisfiable,
  partUnsatisfiable,
  defaultInvalid,
  exampleInvalid,
];
