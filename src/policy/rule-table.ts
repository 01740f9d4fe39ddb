/** The rules as a catalog applies them: one row for each rule, and one more for each of its settings for some subjects only. */
import type { Catalog, RuleSetting } from '../schema/catalog.ts';
import type { SchemaProblem } from '../schema/document.ts';
import type { Json } from '../schema/json.ts';
import { append } from '../schema/pointer.ts';
import { patternProblem } from '../schema/subject.ts';
import type { PolicySeverity } from './rule.ts';

/** What a table of rules needs to know of one. */
export interface RuleHeading {
  readonly id: string;
  readonly summary: string;
  readonly severity: PolicySeverity | 'off';
  /** What its options are where a catalog states none. */
  readonly options?: Readonly<Record<string, Json>>;
}

export interface AppliedRule {
  readonly rule: string;
  readonly severity: PolicySeverity | 'off';
  /** Whether the catalog says so, or the rule itself. */
  readonly from: 'catalog' | 'rule';
  /** Patterns; absent: all subjects. */
  readonly subjects?: readonly string[];
  readonly options: Readonly<Record<string, Json>>;
  /** Ids of the catalog's exceptions to it. */
  readonly exceptions: readonly string[];
  readonly summary: string;
}

export function ruleTable(catalog: Catalog, rules: readonly RuleHeading[]): readonly AppliedRule[] {
  return rules.flatMap((rule) => {
    const exceptions = catalog.exceptions.filter((row) => row.rule === rule.id).map(({ id }) => id);
    const about = { rule: rule.id, exceptions, summary: rule.summary };
    let general: AppliedRule = { ...about, severity: rule.severity, from: 'rule', options: {} };
    const narrow: AppliedRule[] = [];
    for (const setting of settingsOf(catalog, rule.id)) {
      const { severity = general.severity, options = general.options, subjects } = spelt(setting);
      const row = { ...about, severity, from: 'catalog', options } as const;
      if (subjects) narrow.push({ ...row, subjects });
      else general = row;
    }
    return [general, ...narrow];
  });
}

function settingsOf({ rules }: Catalog, id: string): readonly RuleSetting[] {
  const stated = Object.hasOwn(rules, id) ? rules[id] : undefined;
  return stated === undefined ? [] : Array.isArray(stated) ? stated : [stated];
}

function spelt(setting: RuleSetting): Exclude<RuleSetting, string> {
  return typeof setting === 'string' ? { severity: setting } : setting;
}

/** Rules that a catalog speaks of and that do not exist: a misspelt one would be off without anybody's knowing. */
export function ruleProblems(catalog: Catalog, rules: readonly RuleHeading[]): readonly SchemaProblem[] {
  const known = new Set(rules.map(({ id }) => id));
  const places = [
    ...Object.keys(catalog.rules).map((id) => [append('/rules', id), id] as const),
    ...catalog.exceptions.map(({ rule }, index) => [append('/exceptions', index, 'rule'), rule] as const),
  ];
  const unknown = places
    .filter(([, id]) => !known.has(id))
    .map(([pointer, id]) => ({
      rule: 'CATALOG_INVALID',
      pointer,
      message: `"${id}" is no rule; "herald rules" lists them`,
    }));
  return [...unknown, ...patternProblems(catalog)];
}

/** Patterns that no subject can match: whoever wrote one believes that something is ruled. */
function patternProblems(catalog: Catalog): readonly SchemaProblem[] {
  const lists: (readonly [string, readonly string[] | undefined])[] = [
    ...Object.keys(catalog.rules).flatMap((id) =>
      settingsOf(catalog, id).map((setting) => [append('/rules', id), spelt(setting).subjects] as const),
    ),
    ...catalog.exceptions.map(({ subjects }, index) => [append('/exceptions', index, 'subjects'), subjects] as const),
    ...Object.entries(catalog.services).flatMap(([name, service]) =>
      (['publish', 'subscribe', 'deny'] as const).map(
        (list) => [append('/services', name, list), service[list]] as const,
      ),
    ),
  ];
  return lists.flatMap(([pointer, patterns]) =>
    (patterns ?? []).flatMap((pattern) => {
      const message = patternProblem(pattern);
      return message === undefined ? [] : [{ rule: 'CATALOG_INVALID', pointer, message }];
    }),
  );
}
