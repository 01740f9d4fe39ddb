/** Rules: their severity and options in effect for each subject, and the exceptions to them. */

import type { RuleHeading } from '../../policy/rule-table.ts';
import { exceptionFor, settingFor } from '../../policy/ruleset.ts';
import type { Catalog } from '../../schema/catalog.ts';
import { isArray, type Json } from '../../schema/json.ts';
import { append } from '../../schema/pointer.ts';
import { catalogRules } from '../rules.ts';
import type { FindWeakenings, Weakening } from './weakening.ts';

/** Matches only patterns that match every subject: what the catalog demands of subjects to come. */
const anySubject = '\u0000';

const severities = ['off', 'info', 'warning', 'error'];

export const ruleWeakenings: FindWeakenings = function* (before, now, subjects) {
  const asked = [anySubject, ...subjects];
  for (const rule of catalogRules) {
    const lowered = asked.filter((subject) => isLowered(rule, before, now, subject));
    const [first] = lowered;
    if (first !== undefined) yield lowering(rule, before, now, lowered);
  }
  for (const exception of now.exceptions) {
    const own = (catalog: Catalog) =>
      catalog.exceptions.filter(({ rule }) => rule === exception.rule).flatMap((row) => row.subjects);
    const added = exception.subjects.filter((pattern) => !own(before).includes(pattern));
    const isNew = asked.some(
      (subject) =>
        exceptionFor(exception.rule, now, subject) !== undefined &&
        exceptionFor(exception.rule, before, subject) === undefined,
    );
    if (added.length > 0 || isNew) yield exempting(before, exception, added);
  }
};

function isLowered(rule: RuleHeading, before: Catalog, now: Catalog, subject: string): boolean {
  const [was, is] = [settingFor(rule, before, subject), settingFor(rule, now, subject)];
  if (severities.indexOf(is.severity) < severities.indexOf(was.severity)) return true;
  return was.severity !== 'off' && optionsLowered(rule, was.options, is.options);
}

function optionsLowered({ options = {} }: RuleHeading, was: Options, is: Options): boolean {
  const names = new Set([...Object.keys(was), ...Object.keys(is)]);
  return [...names].some((name) => {
    const [from, to] = [was[name] ?? options[name], is[name] ?? options[name]];
    if (JSON.stringify(from) === JSON.stringify(to) || from === undefined || from === false) return false;
    return !(isArray(from) && isArray(to) && from.every((one) => to.includes(one)));
  });
}

type Options = Readonly<Record<string, Json>>;

function lowering(rule: RuleHeading, before: Catalog, now: Catalog, subjects: readonly string[]): Weakening {
  const of = (catalog: Catalog) => settingFor(rule, catalog, subjects[0] ?? anySubject);
  const [was, is] = [of(before), of(now)];
  const named = subjects.includes(anySubject) ? '' : ` for ${subjects.slice(0, 3).join(', ')}`;
  const sameSeverity = was.severity === is.severity;
  const setting = Object.hasOwn(before.rules, rule.id) ? before.rules[rule.id] : undefined;
  return {
    pointer: append('/rules', rule.id),
    what: `the ${sameSeverity ? 'options' : 'severity'} of rule "${rule.id}"${named}`,
    before: sameSeverity ? was.options : was.severity,
    now: sameSeverity ? is.options : is.severity,
    restore: (catalog) => {
      const { [rule.id]: _, ...others } = catalog.rules;
      return { ...catalog, rules: setting === undefined ? others : { ...catalog.rules, [rule.id]: setting } };
    },
  };
}

type Exception = Catalog['exceptions'][number];

function exempting(before: Catalog, exception: Exception, added: readonly string[]): Weakening {
  const { id, rule, subjects } = exception;
  const past = before.exceptions.find((row) => row.id === id);
  return {
    pointer: '/exceptions',
    what: `exception "${id}" to rule "${rule}"`,
    before: past === undefined ? null : { rule: past.rule, subjects: [...past.subjects] },
    now: { rule, subjects: [...(added.length > 0 ? added : subjects)] },
    restore: (catalog) => ({
      ...catalog,
      exceptions: catalog.exceptions.flatMap((row) => (row.id === id ? (past ? [past] : []) : [row])),
    }),
  };
}
