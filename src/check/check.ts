/**
 * The one pure middle: parse, policy, compatibility against history, verdict. `herald check` in CI, `POST /v1/check` and
 * registration all call it, so they cannot disagree. It reads no clock and no store: everything it depends on is an argument.
 */
import { confirm } from '../compat/confirm/confirm.ts';
import { lookedAt, verdictFor } from '../compat/history.ts';
import { type Change, defaultBudget, engineVersion } from '../compat/report.ts';
import { isDeprecated } from '../lifecycle/stage.ts';
import { eventLevel, eventSensitivity } from '../policy/effective.ts';
import { policyRules } from '../policy/rules/index.ts';
import { applyRules, rulesAboutNeighbours } from '../policy/ruleset.ts';
import { fingerprint } from '../schema/canonical.ts';
import { type Contract, readContract } from '../schema/contract.ts';
import type { SchemaDocument, SchemaProblem } from '../schema/document.ts';
import { isArray, type Json } from '../schema/json.ts';
import { type Parsed, parseSchema } from '../schema/parse.ts';
import { parseSubject, type SubjectName } from '../schema/subject.ts';
import { compareRead, nativeOf } from './compare.ts';
import { type Native, readDefinition } from './definition.ts';
import { withoutNewMarks } from './excluded.ts';
import { policyFinding } from './finding.ts';
import { findingFingerprint } from './fingerprint.ts';
import { gate } from './gate.ts';
import type { Candidate, Given, History, PastVersion, Rules } from './input.ts';
import { nextLabel } from './label.ts';
import { lintFindings } from './lints.ts';
import { type Compared, mergedReport } from './merge.ts';
import { markPreexisting } from './preexisting.ts';
import { lowered, withReaders } from './readers/attribute.ts';
import { readerFindings, repeatedServices } from './readers/findings.ts';
import { knownReaders } from './readers/known.ts';
import { judgedReaders } from './readers/verdict.ts';
import type { CheckFinding, Report } from './report.ts';
import { levelWithoutEvents, versionsLeftOut, withoutStoredEvents } from './retained.ts';
import { waive, whyNotWaived } from './waive.ts';

/** The report, and what was parsed for it: registration stores that without parsing again. */
export interface Checked {
  readonly report: Report;
  /** Absent where the candidate is no schema. */
  readonly version?: {
    readonly document: SchemaDocument;
    readonly contract: Contract;
    /** Of the event as a whole, references followed. */
    readonly classification?: string;
    readonly tags: readonly string[];
  };
}

export function check(candidate: Candidate, history: History, rules: Rules): Checked {
  const { report, read } = examine(candidate, history, rules);
  if (!read) return { report };
  const { document, contract, name } = read;
  const sensitivity = eventSensitivity(document, contract, name, rules.catalog);
  return { report, version: { document, contract, ...sensitivity } };
}

/** The report alone, where nothing is stored. */
export function reportOf(candidate: Candidate, history: History, rules: Rules): Report {
  return examine(candidate, history, rules).report;
}

interface Examined {
  readonly report: Report;
  /** Absent where the candidate is no schema. */
  readonly read?: {
    readonly document: SchemaDocument;
    readonly contract: Contract;
    readonly name: SubjectName | undefined;
  };
}

function examine(candidate: Candidate, history: History, rules: Rules): Examined {
  const parsed = candidate.definition ? readGiven(candidate.definition, rules) : parse(candidate, rules);
  const subject = parseSubject(candidate.subject);
  if (!parsed.ok) return { report: refusedUnread(candidate, rules, parsed.problems) };
  const { document } = parsed;
  const { contract, problems: contractProblems } = readContract(document.root);
  const latest = history.versions.at(-1);
  const digest =
    parsed.fingerprint ?? (latest?.document === document ? latest.fingerprint : fingerprint(document.root));
  const isLatest = latest !== undefined && isSame(latest, document, digest);
  if (contractProblems.length > 0) return { report: refusedUnread(candidate, rules, contractProblems) };

  const level = rules.level ?? rules.catalog.level;
  const world = rules.world ?? rules.catalog.world;
  const { formats } = rules.catalog;
  const looked = lookedAt(level, history.versions);
  const unmarked = isLatest
    ? { document, findings: [] }
    : withoutNewMarks(candidate.subject, latest?.document, document);
  const isJson = parsed.native === undefined || parsed.native.format === 'json';
  const native: Native = isJson ? { format: 'json', document: unmarked.document } : parsed.native;
  const leftOut = versionsLeftOut(history.versions, {
    subject: candidate.subject,
    catalog: rules.catalog,
    level,
    today: rules.today,
  });
  const options = {
    world,
    formats,
    ignore: rules.ignore ?? [],
    classifications: rules.catalog.classification.levels,
    confirm,
  };
  const compared: Compared[] = looked
    .filter((version) => !isSame(version, document, digest))
    .map((version) => {
      const between = latest !== undefined && version !== latest && { between: latest.document };
      const against = nativeOf(version, rules.limits);
      if (!leftOut.some(({ number }) => number === version.number))
        return { version, comparison: compareRead(against, native, { ...options, level, ...between }) };
      const withoutEvents = { ...options, level: levelWithoutEvents(level), ...between };
      return { version, comparison: withoutStoredEvents(compareRead(against, native, withoutEvents)) };
    });
  const merged = mergedReport(compared);
  const verdict = verdictFor(level, world, merged);
  const policyOfBreaks = rules.breaks ?? rules.catalog.breaks ?? 'any';
  const counting = { policy: policyOfBreaks, seen: rules.seen, quiet: rules.catalog.quietReaders };
  const documentOf = (version: PastVersion) => nativeOf(version, rules.limits).document;
  const judged = judgedReaders(knownReaders(latest?.contract, contract, rules), counting, {
    compared,
    documentOf,
    document: native.document,
    level,
    world,
    formats,
    ignore: rules.ignore ?? [],
    isJson: isJson && looked.every(({ definition }) => (definition?.format ?? 'json') === 'json'),
  });
  const change: Change = isLatest ? 'none' : (compared[0]?.comparison.change ?? 'none');
  const { catalog, neighbours } = rules;
  const isRenamed = history.renamedFrom !== undefined;
  const isSettled = rules.newOnly === true && isLatest && !isRenamed && rules.before?.catalog === catalog;
  const policy = applyRules(
    { subject: candidate.subject, name: subject, catalog, document, contract, previous: latest, neighbours },
    isSettled ? rulesAboutNeighbours : policyRules,
  );
  const next = subject && catalog.names.major !== 'none' ? `${subject.type}.v${subject.major + 1}` : undefined;
  const found: readonly CheckFinding[] = [
    ...lifecycleFindings(candidate.subject, history),
    ...(isSettled ? [] : lintFindings(document, candidate.subject, rules.catalog)),
    ...policy.map((finding) => policyFinding(candidate.subject, finding)),
    ...unmarked.findings,
    ...repeatedServices(candidate.subject, contract),
    ...readerFindings(
      judged,
      {
        subject: candidate.subject,
        document: native.document,
        latest: latest && documentOf(latest),
        formats,
        policy: policyOfBreaks,
        catalog,
        classification: eventLevel(contract, subject, catalog),
        isLatest,
      },
      verdict,
    ),
    ...withoutRepeats(compatibilityFindings(compared), policy).map((finding) =>
      withSuccessor(withReaders(finding, judged), next),
    ),
  ];
  const counted = lowered(found, judged, counting);
  const marked =
    rules.before && latest
      ? markPreexisting(counted.findings, {
          subject: candidate.subject,
          subjectBefore: history.renamedFrom ?? candidate.subject,
          latest,
          isLatest,
          before: rules.before,
          now: rules,
        })
      : counted.findings;
  const findings = waive(marked, rules.waivers, candidate.subject, rules.today);
  const same = history.versions.find((version) => version.fingerprint === digest)?.number;
  const faults = new Map(policy.map((finding) => [finding.rule, finding.fault]));
  const report: Report = {
    ...heading(candidate, rules),
    verdict,
    worlds: merged,
    compared: looked.map((version) => version.number),
    ...(leftOut.length > 0 && { leftOut }),
    change,
    label: nextLabel(latest?.label, change, subject?.major ?? 1),
    ...(latest && { labelBefore: latest.label }),
    ...(same === undefined ? {} : { same }),
    fingerprint: digest,
    ...(judged.length > 0 && { readers: judged.map(({ report }) => report) }),
    findings,
    gate: gate({
      verdict,
      isRead: counted.isRead,
      level,
      world,
      findings,
      faults,
      stage: history.stage,
      ...(history.successor !== undefined && { successor: history.successor }),
      whyNotWaived: (finding) =>
        whyNotWaived(finding, findings, rules.waivers, { subject: candidate.subject, today: rules.today }),
    }),
  };
  return { report, read: { document, contract, name: subject } };
}

type ReadCandidate = Parsed & { readonly native?: Native; readonly fingerprint?: string };

function readGiven({ definition, attached, dialect }: Given, { limits }: Rules): ReadCandidate {
  const read = readDefinition(definition, attached, { limits, ...(dialect && { dialect }) });
  return read.ok ? { ...read, document: read.native.document } : read;
}

function parse({ source, bundle }: Candidate, { limits }: Rules): ReadCandidate {
  if ('document' in source) return { ok: true, document: source.document };
  return parseSchema(source, { limits, ...(bundle && { bundle }) });
}

/** Equal content is compatible without proof, unless it refers to documents that may have changed since. */
function isSame(version: PastVersion, document: SchemaDocument, digest: string): boolean {
  if (version.fingerprint !== digest) return false;
  // what a definition refers to is pinned, and part of its fingerprint
  return version.definition !== undefined || (document.bundle.size === 0 && version.document.bundle.size === 0);
}

function heading(candidate: Candidate, rules: Rules) {
  return {
    reportVersion: 1,
    engine: { name: 'herald', version: engineVersion, budget: defaultBudget },
    catalog: rules.catalog.name,
    subject: candidate.subject,
    level: rules.level ?? rules.catalog.level,
    world: rules.world ?? rules.catalog.world,
    formats: rules.catalog.formats,
  } as const;
}

/** A document that is no schema is refused as undecided, with every problem found in it. */
function refusedUnread(candidate: Candidate, rules: Rules, problems: readonly SchemaProblem[]): Report {
  const unread = {
    verdict: 'undecided',
    undecided: [{ reason: 'schema-invalid', detail: 'the document is not a schema' }],
  } as const;
  const findings = problems.map((problem): CheckFinding => {
    const params = problem.params ?? {};
    return {
      kind: 'schema',
      rule: problem.rule,
      severity: 'error',
      message: problem.message,
      nextPointer: problem.pointer,
      params,
      fingerprint: findingFingerprint(problem.rule, candidate.subject, problem.pointer, params),
    };
  });
  return {
    ...heading(candidate, rules),
    verdict: 'undecided',
    worlds: { closed: { backward: unread, forward: unread }, open: { backward: unread, forward: unread } },
    compared: [],
    change: 'none',
    label: '',
    fingerprint: '',
    findings,
    gate: gate({
      verdict: 'undecided',
      level: 'NONE',
      world: rules.catalog.world,
      findings,
      faults: new Map(),
      stage: 'active',
    }),
  };
}

/** The same finding against several versions is one finding, reported for the newest of them. */
function compatibilityFindings(compared: readonly Compared[]): CheckFinding[] {
  const seen = new Map<string, CheckFinding>();
  for (const { version, comparison } of compared)
    for (const finding of comparison.findings)
      if (!seen.has(finding.fingerprint))
        seen.set(finding.fingerprint, { ...finding, kind: 'compatibility', against: version.number });
  return [...seen.values()];
}

/** What a rule says of a field's sensitivity the comparison does not say again. */
function withoutRepeats(
  findings: readonly CheckFinding[],
  policy: readonly { readonly rule: string; readonly params?: Readonly<Record<string, Json>> }[],
): readonly CheckFinding[] {
  const fields = policy
    .filter(({ rule }) => rule === 'classification-lowered')
    .flatMap(({ params = {} }) => (isArray(params.fields) ? params.fields : [params.field ?? '']));
  const notes = ['META_CLASSIFICATION_LOWERED', 'META_PII_TAG_REMOVED'];
  return findings.filter(
    ({ rule, instancePointer }) => !notes.includes(rule) || !fields.includes(instancePointer ?? ''),
  );
}

function withSuccessor(finding: CheckFinding, successor: string | undefined): CheckFinding {
  return finding.severity === 'error' && successor !== undefined ? { ...finding, successor } : finding;
}

function lifecycleFindings(subject: string, history: History): CheckFinding[] {
  if (!isDeprecated(history.stage)) return [];
  const params = { stage: history.stage, successor: history.successor ?? null, sunset: history.sunset ?? null };
  const retired = history.stage === 'retired';
  const rule = retired ? 'SUBJECT_RETIRED' : 'SUBJECT_DEPRECATED';
  return [
    {
      kind: 'lifecycle',
      rule,
      severity: retired ? 'error' : 'warning',
      message: retired ? `"${subject}" is retired.` : `"${subject}" is deprecated and retires on ${history.sunset}.`,
      ...(history.successor !== undefined && { hint: `Its successor is "${history.successor}".` }),
      params,
      fingerprint: findingFingerprint(rule, subject, '', {}),
    },
  ];
}
