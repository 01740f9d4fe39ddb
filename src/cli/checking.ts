/** Checks a workspace against a baseline workspace, on this machine: the same pure check the registry runs. */
import { check } from '../check/check.ts';
import { emptyHistory, type History, type PastVersion, type Rules } from '../check/input.ts';
import { neighboursOf } from '../check/neighbours.ts';
import type { CheckFinding, Report } from '../check/report.ts';
import { fingerprint } from '../schema/canonical.ts';
import { readContract } from '../schema/contract.ts';
import { declaredDialect } from '../schema/dialect.ts';
import type { SchemaDocument } from '../schema/document.ts';
import { libraryLimits, registryLimits } from '../schema/limits.ts';
import { parseSchema } from '../schema/parse.ts';
import type { Place } from '../schema/scan.ts';
import { removalFindings } from './removal.ts';
import { bundler } from './source/bundle.ts';
import { type Collection, type Located, readableValue } from './source/workspace.ts';
import { waiverFindings } from './waiver-findings.ts';

/** One finding where a person can go and see it. */
export interface Placed {
  readonly catalog: string;
  readonly subject: string;
  readonly file: string;
  readonly place: Place;
  readonly finding: CheckFinding;
}

export interface CheckedFile {
  readonly catalog: string;
  readonly subject: string;
  readonly file: string;
  /** The file's text, for excerpts; empty where the file is gone. */
  readonly text: string;
  readonly report?: Report;
}

export interface Run {
  /** What it was compared with, in words; undefined without a baseline. */
  readonly baseline: string | undefined;
  readonly files: readonly CheckedFile[];
  readonly findings: readonly Placed[];
  /** Whether any verdict could not be reached. */
  readonly undecided: boolean;
}

export interface CheckingOptions {
  readonly today: string;
  readonly onProgress?: (done: number, total: number) => void;
}

export function checkWorkspace(
  collections: readonly Collection[],
  baseline: { readonly name: string; readonly collections: readonly Collection[] } | undefined,
  options: CheckingOptions,
): Run {
  const files: CheckedFile[] = [];
  const findings: Placed[] = [];
  const total = collections.reduce((sum, { definitions }) => sum + definitions.length, 0);
  for (const collection of collections) {
    const before = baseline?.collections.find(({ catalog }) => catalog.name === collection.catalog.name);
    const checked = checkCollection(
      collection,
      before,
      options.today,
      () => options.onProgress?.(files.length, total),
      files,
    );
    findings.push(
      ...checked,
      ...(before ? removalFindings(collection, before) : []),
      ...waiverFindings(collection, checked, options.today),
    );
  }
  const undecided = files.some(({ report }) => report && !report.gate.allowed && report.gate.fault === 'UNDECIDED');
  return { baseline: baseline?.name, files, findings, undecided };
}

/** For what its neighbours compare themselves with; whether it is a schema at all its own check says. */
function unchecked(definition: Located): { subject: string; document: SchemaDocument } {
  const root = readableValue(definition);
  const dialect = declaredDialect(root) ?? '2020-12';
  return { subject: definition.subject, document: { root, dialect, bundle: new Map() } };
}

function checkCollection(
  collection: Collection,
  before: Collection | undefined,
  today: string,
  progress: () => void,
  files: CheckedFile[],
): Placed[] {
  const { catalog } = collection;
  const rules: Rules = {
    catalog,
    waivers: collection.waivers,
    neighbours: neighboursOf(collection.definitions.map(unchecked)),
    limits: registryLimits,
    today,
  };
  const past = new Map(before?.definitions.map((definition) => [definition.subject, definition]));
  const bundle = bundler(collection);
  const findings: Placed[] = [];
  for (const definition of collection.definitions) {
    const previous = past.get(definition.subject);
    const history = previous && before ? historyOf(previous, bundler(before)) : emptyHistory;
    const candidate = { subject: definition.subject, source: definition.source, bundle: bundle(definition) };
    const { report } = check(candidate, history, rules);
    files.push({
      catalog: catalog.name,
      subject: definition.subject,
      file: definition.file,
      text: definition.text,
      report,
    });
    for (const finding of report.findings)
      findings.push({
        catalog: catalog.name,
        subject: definition.subject,
        file: definition.file,
        place: definition.locate(finding.nextPointer ?? ''),
        finding,
      });
    progress();
  }
  return findings;
}

/** The baseline's text as version 1. What cannot be read there cannot be broken by a change here. */
function historyOf(previous: Located, bundle: (definition: Located) => ReadonlyMap<string, SchemaDocument>): History {
  const parsed = parseSchema(previous.source, { limits: libraryLimits, bundle: bundle(previous), closed: false });
  if (!parsed.ok) return emptyHistory;
  const { document } = parsed;
  const version: PastVersion = {
    number: 1,
    label: '1.0.0',
    fingerprint: fingerprint(document.root),
    document,
    contract: readContract(document.root).contract,
  };
  return { versions: [version], stage: 'active' };
}
