/** Runs the catalog's rules over one version: which apply, how severely, and which exceptions the catalog records. */
import type { Catalog, RuleSetting } from '../schema/catalog.ts';
import type { Json } from '../schema/json.ts';
import { matchesSubject } from '../schema/subject.ts';
import type { PolicyContext, PolicyFinding, PolicyRule, PolicySeverity } from './rule.ts';
import { policyRules } from './rules/index.ts';

export interface AppliedFinding extends PolicyFinding {
  readonly rule: string;
  readonly severity: PolicySeverity;
  readonly fault: string;
  /** The catalog's exception that excuses it, if any: then it is information. */
  readonly exception?: string;
}

/** Those that may find something in a version that did not change itself. */
export const rulesAboutNeighbours: readonly PolicyRule[] = policyRules.filter((rule) => rule.aboutNeighbours);

const rulesAboutFields = policyRules.filter((rule) => rule.aboutFieldsElsewhere);

/** Whether any rule that is not off for the subject asks what fields other events have. */
export function asksForFields(catalog: Catalog, subject: string): boolean {
  return rulesAboutFields.some((rule) => settingFor(rule, catalog, subject).severity !== 'off');
}

/** Whether there may be a subject for which one of them is not off. */
export function mayAskForFields(catalog: Catalog): boolean {
  return rulesAboutFields.some((rule) => {
    let isOn = rule.severity !== 'off';
    for (const setting of settingsOf(rule, catalog)) {
      const severity = typeof setting === 'string' ? setting : setting.severity;
      const isForAll = typeof setting === 'string' || setting.subjects === undefined;
      if (severity !== undefined && (isForAll || severity !== 'off')) isOn = severity !== 'off';
    }
    return isOn;
  });
}

export interface AppliedSetting {
  readonly severity: PolicySeverity | 'off';
  readonly options: Readonly<Record<string, Json>>;
}

/** What a catalog's settings speak of: rules of policy, and lints too. */
type Settable = Pick<PolicyRule, 'id' | 'severity'>;

export function applyRules(
  context: Omit<PolicyContext, 'options'>,
  rules: readonly PolicyRule[] = policyRules,
): AppliedFinding[] {
  return rules.flatMap((rule) => {
    const setting = settingFor(rule, context.catalog, context.subject);
    if (setting.severity === 'off') return [];
    const severity = setting.severity;
    const exception = exceptionFor(rule.id, context.catalog, context.subject);
    return [...rule.check({ ...context, options: setting.options })].map((finding) => ({
      ...finding,
      rule: rule.id,
      fault: rule.fault,
      severity: exception === undefined ? severity : ('info' as const),
      ...(exception === undefined ? {} : { exception }),
    }));
  });
}

/** The last setting whose subjects match wins, as in a style sheet. */
export function settingFor(rule: Settable, catalog: Catalog, subject: string): AppliedSetting {
  let applied: AppliedSetting = { severity: rule.severity, options: {} };
  for (const setting of settingsOf(rule, catalog)) {
    if (typeof setting === 'string') applied = { ...applied, severity: setting };
    else if (!setting.subjects || setting.subjects.some((pattern) => matchesSubject(pattern, subject)))
      applied = { severity: setting.severity ?? applied.severity, options: setting.options ?? applied.options };
  }
  return applied;
}

function settingsOf(rule: Pick<Settable, 'id'>, catalog: Catalog): readonly RuleSetting[] {
  const stated = Object.hasOwn(catalog.rules, rule.id) ? catalog.rules[rule.id] : undefined;
  return stated === undefined ? [] : Array.isArray(stated) ? stated : [stated];
}

export function exceptionFor(rule: string, catalog: Catalog, subject: string): string | undefined {
  return catalog.exceptions.find(
    (row) => row.rule === rule && row.subjects.some((pattern) => matchesSubject(pattern, subject)),
  )?.id;
}
