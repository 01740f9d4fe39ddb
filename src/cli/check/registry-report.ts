/** Reports as a registry answers them: what is printed of one is checked before it is believed. */
import type { CheckFinding, Report } from '../../check/report.ts';
import { isRecord } from '../../schema/json.ts';

const kinds: ReadonlySet<unknown> = new Set(['schema', 'lint', 'policy', 'compatibility', 'reader', 'lifecycle']);
const severities: ReadonlySet<unknown> = new Set(['error', 'warning', 'info']);
const verdicts: ReadonlySet<unknown> = new Set(['compatible', 'incompatible', 'undecided']);
const changes: ReadonlySet<unknown> = new Set(['none', 'patch', 'minor', 'major']);

export function isReport(value: unknown): value is Report {
  return (
    isRecord(value) &&
    value.reportVersion === 1 &&
    hasTexts(value, ['catalog', 'subject', 'level', 'world', 'label', 'fingerprint']) &&
    verdicts.has(value.verdict) &&
    changes.has(value.change) &&
    isRecord(value.worlds) &&
    Array.isArray(value.compared) &&
    Array.isArray(value.findings) &&
    value.findings.every(isFinding) &&
    isRecord(value.gate) &&
    typeof value.gate.allowed === 'boolean'
  );
}

export function isFinding(value: unknown): value is CheckFinding {
  return (
    isRecord(value) &&
    kinds.has(value.kind) &&
    severities.has(value.severity) &&
    hasTexts(value, ['rule', 'message', 'fingerprint']) &&
    isRecord(value.params) &&
    ['hint', 'nextPointer', 'previousPointer', 'instancePointer', 'successor'].every(
      (name) => value[name] === undefined || typeof value[name] === 'string',
    ) &&
    ['witness', 'waiver', 'breaks'].every((name) => value[name] === undefined || isRecord(value[name]))
  );
}

function hasTexts(value: Readonly<Record<string, unknown>>, names: readonly string[]): boolean {
  return names.every((name) => typeof value[name] === 'string');
}
