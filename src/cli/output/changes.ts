/** What each event that passes became, in a line: `order.placed  1.2.0 → 1.3.0, one optional member added`. */
import type { CheckFinding, Report } from '../../check/report.ts';
import type { CheckedFile, Run } from '../check/run.ts';
import { atLeast } from './summary.ts';

/** A row is a finding of a comparison and how a sentence counts it: what, and what happened to it. */
const words: Readonly<Record<string, readonly [noun: string, verb: string]>> = {
  PROPERTY_ADDED_OPTIONAL: ['optional member', 'added'],
  PROPERTY_ADDED_TO_EXPLICIT_OPEN: ['optional member', 'added'],
  PROPERTY_ADDED_TO_CLOSED: ['optional member', 'added'],
  PROPERTY_ADDED_TO_FREE_FORM: ['optional member', 'added'],
  PROPERTY_ADDED_REQUIRED: ['required member', 'added'],
  PROPERTY_REMOVED: ['member', 'removed'],
  PROPERTY_REMOVED_FROM_CLOSED: ['member', 'removed'],
  PROPERTY_REMOVED_REQUIRED: ['required member', 'removed'],
  PROPERTY_POSSIBLE_RENAME: ['member', 'renamed'],
  REQUIRED_ADDED: ['member', 'made required'],
  REQUIRED_REMOVED: ['member', 'made optional'],
  ENUM_VALUE_ADDED: ['list of allowed values', 'extended'],
  ENUM_VALUE_REMOVED: ['list of allowed values', 'shortened'],
  UNION_BRANCH_ADDED: ['alternative', 'added'],
  UNION_BRANCH_REMOVED: ['alternative', 'removed'],
  META_DESCRIPTION_CHANGED: ['description', 'changed'],
  META_TITLE_CHANGED: ['title', 'changed'],
  META_EXAMPLES_CHANGED: ['list of examples', 'changed'],
  META_DEPRECATED_ADDED: ['member', 'deprecated'],
  META_CLASSIFICATION_RAISED: ['classification', 'raised'],
  VERSION_MARKER_CHANGED: ['version marker', 'changed'],
};

const byEffect: Readonly<Record<string, readonly [noun: string, verb: string]>> = {
  narrows: ['constraint', 'tightened'],
  widens: ['constraint', 'relaxed'],
  replaces: ['constraint', 'replaced'],
};

const silent: ReadonlySet<string> = new Set(['VALUE_SET_UNCHANGED']);

/** Of each event that is new or changed and that nothing refuses. */
export function changeLines(run: Run): readonly string[] {
  if (run.baseline === undefined) return [];
  const refused = new Set(
    run.findings
      .filter(({ finding }) => atLeast(finding, 'error'))
      .flatMap((placed) => [placed, ...(placed.alsoIn ?? [])])
      .flatMap(({ catalog, subject, file }) => [`${catalog}/${subject}`, file]),
  );
  return run.files.flatMap((file) => {
    if (!file.report || refused.has(`${file.catalog}/${file.subject}`) || refused.has(file.file)) return [];
    const what = became(file, file.report);
    return what === undefined ? [] : [`${file.subject}  ${what}`];
  });
}

function became(
  { isRegistered }: CheckedFile,
  { change, label, labelBefore, same, findings }: Report,
): string | undefined {
  if (same !== undefined) return undefined;
  if (labelBefore === undefined) return isRegistered ? `${label}, new` : 'new';
  if (change === 'none') return undefined;
  // the labels of a branch are the registry's to give
  const step = isRegistered ? `${labelBefore} → ${label}` : `${change} step`;
  return `${step}, ${changes(findings)}`;
}

function changes(findings: readonly CheckFinding[]): string {
  const counted = new Map<string, { readonly verb: string; readonly noun: string; count: number }>();
  for (const { kind, rule, effect } of findings) {
    if (kind !== 'compatibility' || silent.has(rule)) continue;
    const [noun, verb] = words[rule] ?? byEffect[effect ?? ''] ?? ['note', 'changed'];
    const entry = counted.get(`${noun} ${verb}`) ?? { noun, verb, count: 0 };
    entry.count += 1;
    counted.set(`${noun} ${verb}`, entry);
  }
  if (counted.size === 0) return 'documentation, contract or references changed';
  return [...counted.values()].map(({ noun, verb, count }) => `${counting(count, noun)} ${verb}`).join(', ');
}

function counting(count: number, noun: string): string {
  if (count === 1) return `one ${noun}`;
  const [head = '', ...rest] = noun.split(' of ');
  return `${count} ${[`${head}s`, ...rest].join(' of ')}`;
}
