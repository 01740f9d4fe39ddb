/** Checks a workspace against a baseline workspace, on this machine: the same pure check the registry runs. */
import { reportOf } from '../../check/check.ts';
import { emptyHistory, type History, type Rules, type Surroundings } from '../../check/input.ts';
import { type FieldIndex, fieldNames, indexOf } from '../../check/neighbours.ts';
import { stricterComparison } from '../../check/weakening/index.ts';
import type { Neighbours } from '../../policy/rule.ts';
import { canonicalize } from '../../schema/canonical.ts';
import { asJson } from '../../schema/json.ts';
import { registryLimits } from '../../schema/limits.ts';
import { once } from '../once.ts';
import { bundler } from '../source/bundle.ts';
import type { Collection, Located } from '../source/collection.ts';
import { movedRules, ownRules, pastCollection, underBaseRules } from './base-rules.ts';
import { type Pairing, pair } from './pairing.ts';
import { placedFindings } from './position.ts';
import { isUnchanged, type Outline, outlines, type Prepared, pastFields, pastVersion } from './prepared.ts';
import { removalFindings } from './removal.ts';
import type { CheckedFile, Placed, Run } from './run.ts';
import { baselineFindings, unreadableFindings } from './unread-findings.ts';
import { type Looked, waiverFindings } from './waiver-findings.ts';

export interface Baseline {
  readonly name: string;
  readonly collections: readonly Collection[];
}

export interface CheckingOptions {
  readonly today: string;
  /** Check also what did not change since the baseline. */
  readonly all: boolean;
  readonly onProgress?: (done: number, total: number) => void;
}

export function checkWorkspace(
  given: readonly Collection[],
  baseline: Baseline | undefined,
  options: CheckingOptions,
): Run {
  const { today, all, onProgress } = options;
  const base = baseline ? underBaseRules(given, baseline, today) : ownRules(given);
  const { collections } = base;
  const pairing = pair(collections, baseline?.collections ?? []);
  const total = collections.reduce((sum, { definitions }) => sum + definitions.length, 0);
  const stages = stagesOf(collections);
  const gone = removalFindings(pairing.gone, collections, today);
  const files: CheckedFile[] = [];
  const findings: Placed[] = [];
  for (const collection of collections) {
    const past = baseline && pastOf(collection, baseline);
    const ofCatalog = base.findings.filter(({ catalog }) => catalog === collection.catalog.name);
    const found: Placed[] = [...ofCatalog, ...unreadableFindings(collection), ...(past?.unread ?? [])];
    for (const { file, placed } of checkCollection(collection, pairing, past?.collection, { stages, today, all })) {
      files.push(file);
      found.push(...placed);
      onProgress?.(files.length, total);
    }
    findings.push(
      ...found,
      ...staleWaivers(collection, [...found, ...gone], {
        today,
        compared: baseline !== undefined,
        past: past?.collection?.waivers ?? [],
      }),
    );
  }
  findings.push(...gone);
  return {
    baseline: baseline?.name,
    prefix: '',
    files,
    findings,
    rules: [...base.rules, ...movedRules(pairing, collections)],
    undecided: isUndecided(files, findings),
  };
}

export function isUndecided(files: readonly CheckedFile[], findings: readonly Placed[]): boolean {
  return (
    files.some(({ report }) => report && !report.gate.allowed && report.gate.fault === 'UNDECIDED') ||
    findings.some(({ finding }) => finding.rule === 'BASELINE_UNREADABLE' && finding.effect === 'undecided')
  );
}

/** The collection in the baseline, and what could not be read there. */
function pastOf(collection: Collection, baseline: Baseline) {
  const past = pastCollection(collection, baseline);
  return { collection: past, unread: past ? baselineFindings(collection, past.unreadable, baseline.name) : [] };
}

function staleWaivers(
  collection: Collection,
  found: readonly Placed[],
  more: Pick<Looked, 'today' | 'compared' | 'past'>,
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
  const outlined = outlines(collection);
  const now: Ground = {
    catalog: collection.catalog,
    index: once(() => indexOf(outlined.map(({ fields }) => fields))),
    stages,
  };
  const before = past && groundThen(past, outlined, pairing, now);
  const { waivers } = collection;
  const groundOf = cachedGrounds();
  for (const { prepared } of outlined) {
    const candidate = prepared();
    const previous = pairing.previous.get(candidate.definition);
    // an event that came from another catalog was checked by that one's rules
    const from = previous !== undefined && previous.collection !== past ? previous.collection : undefined;
    const around = surroundings(candidate, now, from ? groundOf(from, now) : before);
    const catalog = from ? stricterComparison(from.catalog, around.catalog) : around.catalog;
    const rules = { waivers, limits: registryLimits, today, ...around, catalog };
    const version = previous && pastVersion(previous.definition, candidate, bundler(previous.collection));
    const known = planOf(candidate.subject, collection, past);
    const nameBefore = previous?.definition.subject;
    const history: History = {
      ...emptyHistory,
      ...known,
      versions: version ? [version] : [],
      ...(nameBefore !== undefined && nameBefore !== candidate.subject && { renamedFrom: nameBefore }),
    };
    // a subject with a waiver is checked whole: otherwise a waiver for an old finding would look unused
    const newOnly = !all && !waivers.some(({ subject }) => subject === candidate.subject);
    const readers = collection.readers?.get(candidate.subject);
    yield checkOne(candidate, history, { ...rules, newOnly, ...(readers && { readers }) });
  }
}

/** What was retired stays retired, whatever this change writes. */
function planOf(subject: string, { deprecations }: Collection, past: Collection | undefined) {
  const before = past?.deprecations.get(subject);
  return before?.stage === 'retired' ? before : deprecations.get(subject);
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
  const { file, source, native } = definition;
  const candidate = { subject, source: parsed.ok ? parsed : source, ...(native && { definition: native }) };
  const report = reportOf(candidate, history, rules);
  const catalog = rules.catalog.name;
  const placed = placedFindings(catalog, definition, report.findings);
  const settled =
    rules.newOnly &&
    history.renamedFrom === undefined &&
    rules.before?.catalog === rules.catalog &&
    report.same !== undefined;
  return { file: { catalog, subject, file, report, ...(settled && { settled }) }, placed };
}

/** The rules and neighbours of a whole collection. */
interface Ground {
  readonly catalog: Surroundings['catalog'];
  readonly index: () => FieldIndex;
  readonly stages: ReadonlyMap<string, string>;
}

/** Shares objects between `before` and now where they are equal: the check skips what it would only repeat. */
function surroundings(
  { subject, document }: Prepared,
  now: Ground,
  before: Ground | undefined,
): Surroundings & { readonly before?: Surroundings } {
  const names = once(() => fieldNames(document.root));
  const at = ({ catalog, index, stages }: Ground): Surroundings => {
    const around = once(() => index().around(subject, names(), stages));
    return { catalog, neighbours: askedNeighbours(around, stages) };
  };
  const around = at(now);
  if (!before) return around;
  const { catalog, index } = before;
  return { ...around, before: index === now.index ? { ...around, catalog } : at(before) };
}

/** Gathered when a rule first asks: most schemas did not change, and of those few rules ask. */
function askedNeighbours(around: () => Neighbours, stages: Neighbours['stages']): Neighbours {
  return {
    get fields() {
      return around().fields;
    },
    get styles() {
      return around().styles;
    },
    stages,
  };
}

/** The rules and neighbours of other collections of the baseline. */
function cachedGrounds(): (past: Collection, now: Ground) => Ground {
  const made = new Map<Collection, Ground>();
  return (past, { stages }) => {
    const index = once(() => indexOf(past.definitions.map((one) => pastFields(one, undefined))));
    const ground = made.get(past) ?? { catalog: past.catalog, index, stages };
    made.set(past, ground);
    return ground;
  };
}

/** The rules and neighbours of the baseline; the same objects as now where nothing changed. */
function groundThen(past: Collection, outlined: readonly Outline[], pairing: Pairing, now: Ground): Ground {
  const next = new Map(
    outlined.flatMap((each) => {
      const previous = pairing.previous.get(each.definition);
      return previous ? [[previous.definition, each] as const] : [];
    }),
  );
  const isAsNow = (definition: Located) => {
    const outline = next.get(definition);
    return outline !== undefined && isUnchanged(definition, outline);
  };
  const isSame = past.definitions.length === outlined.length && past.definitions.every(isAsNow);
  const sameRules = canonicalize(asJson(past.catalog)) === canonicalize(asJson(now.catalog));
  return {
    catalog: sameRules ? now.catalog : past.catalog,
    index: isSame ? now.index : once(() => indexOf(past.definitions.map((one) => pastFields(one, next.get(one))))),
    stages: now.stages,
  };
}
