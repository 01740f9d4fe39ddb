/** Checks a workspace against a baseline workspace, on this machine: the same pure check the registry runs. */
import { check } from '../../check/check.ts';
import { emptyHistory, type History, type Rules, type Surroundings } from '../../check/input.ts';
import { type FieldIndex, fieldIndex, fieldNames } from '../../check/neighbours.ts';
import type { CheckFinding, Report } from '../../check/report.ts';
import { canonicalize } from '../../schema/canonical.ts';
import type { Json } from '../../schema/json.ts';
import { registryLimits } from '../../schema/limits.ts';
import type { Place } from '../../schema/scan.ts';
import { bundler } from '../source/bundle.ts';
import type { Collection } from '../source/workspace.ts';
import { type Pairing, pair } from './pairing.ts';
import { type Prepared, pastDocument, pastVersion, prepare } from './prepared.ts';
import { removalFindings } from './removal.ts';
import { baselineFindings, unreadableFindings } from './unread-findings.ts';
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
  readonly report?: Report;
  /** It is what the baseline has, under the same rules: only what its neighbours changed was looked for. */
  readonly settled?: true;
}

export interface Run {
  /** What it was compared with, in words; undefined without a baseline. */
  readonly baseline: string | undefined;
  /** From the repository's root to the folder that `file`s are relative to: `services/orders/`, or empty. */
  readonly prefix: string;
  readonly files: readonly CheckedFile[];
  readonly findings: readonly Placed[];
  /** Whether any verdict could not be reached. */
  readonly undecided: boolean;
}

export interface Baseline {
  readonly name: string;
  readonly collections: readonly Collection[];
}

export interface CheckingOptions {
  readonly today: string;
  /** Also what must stand because nothing changed. */
  readonly all: boolean;
  readonly onProgress?: (done: number, total: number) => void;
}

export function checkWorkspace(
  collections: readonly Collection[],
  baseline: Baseline | undefined,
  options: CheckingOptions,
): Run {
  const { today, all, onProgress } = options;
  const pairing = pair(collections, baseline?.collections ?? []);
  const total = collections.reduce((sum, { definitions }) => sum + definitions.length, 0);
  const stages = stagesOf(collections);
  const gone = removalFindings(pairing.gone, collections, today);
  const files: CheckedFile[] = [];
  const findings: Placed[] = [];
  for (const collection of collections) {
    const past = baseline && pastOf(collection, baseline);
    const found: Placed[] = [...unreadableFindings(collection), ...(past?.unread ?? [])];
    for (const { file, placed } of checkCollection(collection, pairing, past?.collection, { stages, today, all })) {
      files.push(file);
      found.push(...placed);
      onProgress?.(files.length, total);
    }
    findings.push(
      ...found,
      ...staleWaivers(collection, [...found, ...gone], { today, compared: baseline !== undefined }),
    );
  }
  findings.push(...gone);
  return { baseline: baseline?.name, prefix: '', files, findings, undecided: isUndecided(files, findings) };
}

export function isUndecided(files: readonly CheckedFile[], findings: readonly Placed[]): boolean {
  return (
    files.some(({ report }) => report && !report.gate.allowed && report.gate.fault === 'UNDECIDED') ||
    findings.some(({ finding }) => finding.rule === 'BASELINE_UNREADABLE' && finding.effect === 'undecided')
  );
}

/** What the baseline says of the collection itself: under the same name, else in the same folder. */
function pastOf(collection: Collection, { name, collections }: Baseline) {
  const past =
    collections.find(({ catalog }) => catalog.name === collection.catalog.name) ??
    collections.find(({ folder }) => folder !== undefined && folder === collection.folder);
  return { collection: past, unread: past ? baselineFindings(collection, past.unreadable, name) : [] };
}

function staleWaivers(
  collection: Collection,
  found: readonly Placed[],
  more: { readonly today: string; readonly compared: boolean },
): Placed[] {
  const { name } = collection.catalog;
  const findings = found.filter(({ catalog }) => catalog === name);
  const subjects = new Set([...collection.definitions, ...findings].map(({ subject }) => subject));
  return waiverFindings(collection, { findings, subjects, ...more });
}

interface Checked {
  readonly file: CheckedFile;
  readonly placed: readonly Placed[];
}

function* checkCollection(
  collection: Collection,
  pairing: Pairing,
  past: Collection | undefined,
  {
    stages,
    today,
    all,
  }: { readonly stages: ReadonlyMap<string, string>; readonly today: string; readonly all: boolean },
): Generator<Checked> {
  const prepared = prepare(collection);
  const now = { catalog: collection.catalog, index: fieldIndex(prepared), stages };
  const before = past && groundThen(past, prepared, pairing, now);
  const { waivers } = collection;
  for (const candidate of prepared) {
    const rules = { waivers, limits: registryLimits, today, ...surroundings(candidate, now, before) };
    const previous = pairing.previous.get(candidate.definition);
    const version = previous && pastVersion(previous.definition, candidate, bundler(previous.collection));
    const known = collection.deprecations.get(candidate.subject);
    const history: History = { ...emptyHistory, ...known, versions: version ? [version] : [] };
    // a waiver that excuses an old finding is in use
    const newOnly = !all && !waivers.some(({ subject }) => subject === candidate.subject);
    yield checkOne(candidate, history, { ...rules, newOnly });
  }
}

/** Of every subject that is on its way out, by `catalog/subject`. */
function stagesOf(collections: readonly Collection[]): ReadonlyMap<string, string> {
  return new Map(
    collections.flatMap(({ catalog, deprecations }) =>
      [...deprecations].map(([subject, { stage }]) => [`${catalog.name}/${subject}`, stage] as const),
    ),
  );
}

function checkOne({ subject, definition, parsed }: Prepared, history: History, rules: Rules): Checked {
  const { file, source, locate } = definition;
  const { report } = check({ subject, source: parsed.ok ? parsed : source }, history, rules);
  const catalog = rules.catalog.name;
  const placed = report.findings.map((finding) => ({
    catalog,
    subject,
    file,
    place: locate(finding.nextPointer ?? ''),
    finding,
  }));
  const settled = rules.newOnly && rules.before?.catalog === rules.catalog && report.same !== undefined;
  return { file: { catalog, subject, file, report, ...(settled && { settled }) }, placed };
}

/** What a whole collection is judged under. */
interface Ground {
  readonly catalog: Surroundings['catalog'];
  readonly index: FieldIndex;
  readonly stages: ReadonlyMap<string, string>;
}

/** The very same objects where what held then is what holds now: judged once, it need not be judged again. */
function surroundings(
  { subject, document }: Prepared,
  now: Ground,
  before: Ground | undefined,
): Surroundings & { readonly before?: Surroundings } {
  const names = fieldNames(document.root);
  const at = ({ catalog, index, stages }: Ground): Surroundings => ({
    catalog,
    neighbours: index.around(subject, names, stages),
  });
  const around = at(now);
  if (!before) return around;
  const { catalog, index } = before;
  return { ...around, before: index === now.index ? { ...around, catalog } : at(before) };
}

/** What the baseline was judged under; the very same objects where it is what holds now. */
function groundThen(past: Collection, prepared: readonly Prepared[], pairing: Pairing, now: Ground): Ground {
  const next = new Map(
    prepared.flatMap((each) => {
      const previous = pairing.previous.get(each.definition);
      return previous ? [[previous.definition, each] as const] : [];
    }),
  );
  const entries = past.definitions.map((definition) => ({
    subject: definition.subject,
    document: pastDocument(definition, next.get(definition)),
  }));
  const current = new Set(prepared.map(({ document }) => document));
  const isSame = entries.length === current.size && entries.every(({ document }) => current.has(document));
  const sameRules = canonicalize(past.catalog as unknown as Json) === canonicalize(now.catalog as unknown as Json);
  return {
    catalog: sameRules ? now.catalog : past.catalog,
    index: isSame ? now.index : fieldIndex(entries),
    stages: now.stages,
  };
}
