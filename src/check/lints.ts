/** Lints as findings of a check: severity and exceptions are the catalog's to say, as for rules of policy. */
import { type Lint, lint } from '../lint/lint.ts';
import { lintRules } from '../lint/rules/index.ts';
import { exceptionFor, settingFor } from '../policy/ruleset.ts';
import type { Catalog } from '../schema/catalog.ts';
import type { SchemaDocument } from '../schema/document.ts';
import { findingFingerprint } from './fingerprint.ts';
import type { CheckFinding } from './report.ts';

/** `fingerprintOf`: the subject its findings are fingerprinted for, where that is another one. */
export function lintFindings(
  document: SchemaDocument,
  subject: string,
  catalog: Catalog,
  fingerprintOf = subject,
): readonly CheckFinding[] {
  const severities = new Map(lintRules.map((rule) => [rule, settingFor(rule, catalog, subject).severity]));
  const asked = lintRules.filter((rule) => severities.get(rule) !== 'off');
  return lint(document, catalog.formats, asked).flatMap((found) => {
    const severity = severities.get(found.rule);
    return severity === undefined || severity === 'off'
      ? []
      : [finding(found, severity, { subject, fingerprintOf }, catalog)];
  });
}

function finding(
  { rule, pointer, message, hint, params = {} }: Lint,
  severity: CheckFinding['severity'],
  { subject, fingerprintOf }: { readonly subject: string; readonly fingerprintOf: string },
  catalog: Catalog,
): CheckFinding {
  const exception = exceptionFor(rule.id, catalog, subject);
  return {
    kind: 'lint',
    rule: rule.id,
    severity: exception === undefined ? severity : 'info',
    message,
    ...(hint !== undefined && { hint }),
    params,
    nextPointer: pointer,
    ...(exception !== undefined && { exception }),
    // where a value is shown, another one shows the same thing
    fingerprint: findingFingerprint(rule.id, fingerprintOf, pointer, {}),
  };
}
