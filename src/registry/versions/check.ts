/** The dry run: the checks of a registration, without writing anything. */

import type { Checked } from '../../check/check.ts';
import { readDefinition } from '../../check/definition.ts';
import {
  type Candidate,
  emptyHistory,
  type Given,
  type History,
  type KnownReader,
  type Rules,
  type SeenReaders,
} from '../../check/input.ts';
import { asksForFields, emptyFields, type FieldIndex, fieldNames } from '../../check/neighbours.ts';
import type { Report } from '../../check/report.ts';
import { looksAtAll } from '../../compat/history.ts';
import type { Level, World } from '../../compat/report.ts';
import { fingerprint } from '../../schema/canonical.ts';
import { durationDays } from '../../schema/duration.ts';
import type { Json } from '../../schema/json.ts';
import type { BreakPolicy } from '../../schema/level.ts';
import type { Limits } from '../../schema/limits.ts';
import type { Source } from '../../schema/parse.ts';
import { measure } from '../../schema/value-size.ts';
import { together } from '../../together.ts';
import { type Context, dayAfter, today } from '../context.ts';
import type { Reads } from '../ports.ts';
import type { CatalogRecord, ConsumerRecord, Reference, SubjectRecord, WaiverRecord } from '../records.ts';
import { loadBundle } from './bundle.ts';
import { checkHistory, type HistoryQuestion, type LoadedHistory, readHistory } from './checked-history.ts';
import { producedDays } from './history.ts';
import { catalogOf } from './look-up.ts';

export interface CheckInput {
  readonly catalog: string;
  readonly subject: string;
  readonly source: Source;
  /** A definition of another format, or one with something attached: then `source` is not looked at. */
  readonly given?: Given;
  /** What it refers to, beside what its text names. */
  readonly references?: readonly Reference[];
  /** Beside those that are declared: from files of their own repositories. */
  readonly readers?: readonly KnownReader[];
  /** In place of the subject's own and the catalog's. */
  readonly level?: Level;
  readonly world?: World;
  /** Compared with this version alone, whatever the level looks at. */
  readonly only?: number;
  /** Where it has to stand, in the place of the next number and the next id: copies of another registry keep theirs. */
  readonly place?: { readonly version?: number; readonly id?: number };
}

/** `beside`: the fields of the catalog where they are not what is registered. */
export async function checkCandidate(
  context: Context,
  input: CheckInput,
  beside?: FieldIndex,
  pending?: ReadonlyMap<string, Json>,
): Promise<Report> {
  const catalog = await catalogOf(context.store, input.catalog);
  const subject = await context.store.subject(input.catalog, input.subject);
  const options = { markPreexisting: true, ...(beside && { beside }), ...(pending && { pending }) } as const;
  return (await checkAgainst(context, context.store, catalog, subject, input, options)).checked.report;
}

export interface CheckedCandidate {
  readonly checked: Checked;
  readonly history: History;
  readonly references: readonly Reference[];
  /** What the result depends on and others may change. */
  readonly basis: string;
}

interface CheckOptions {
  readonly markPreexisting?: true;
  readonly beside?: FieldIndex;
  readonly pending?: ReadonlyMap<string, Json>;
}

/** Loads everything a check depends on through `reads` and checks. */
export async function checkAgainst(
  context: Context,
  reads: Reads,
  catalog: CatalogRecord,
  subject: SubjectRecord | undefined,
  input: CheckInput,
  options: CheckOptions = {},
): Promise<CheckedCandidate> {
  const load = (question: HistoryQuestion) => readHistory(context, reads, question);
  const prepared = await prepareCheck(context, reads, catalog, subject, input, { ...options, load });
  const { candidate, rules, loaded, question, references, basisWith } = prepared;
  const history = loaded?.history ?? emptyHistory;
  const checked =
    loaded && question
      ? await checkHistory(context, reads, question, looked(loaded, input.only), { candidate, rules })
      : await context.checks.check(candidate, history, rules, context.caller);
  return { checked, history, references, basis: basisWith(subject) };
}

/** What a check is made from. */
export interface PreparedCheck<Loaded> {
  readonly candidate: Candidate;
  readonly rules: Rules;
  /** Absent where the subject is not there yet; so is what was loaded for it. */
  readonly question: HistoryQuestion | undefined;
  readonly loaded: Loaded | undefined;
  readonly references: readonly Reference[];
  /** What the result depends on, the subject as it is given. */
  readonly basisWith: (subject: SubjectRecord | undefined) => string;
}

export async function prepareCheck<Loaded>(
  context: Context,
  reads: Reads,
  catalog: CatalogRecord,
  subject: SubjectRecord | undefined,
  input: CheckInput,
  options: CheckOptions & { readonly load: (question: HistoryQuestion) => Promise<Loaded> },
): Promise<PreparedCheck<Loaded>> {
  const { limits } = context;
  const read =
    input.given && readDefinition(input.given.definition, input.given.attached, { limits, ...dialectOf(input.given) });
  const root = input.given ? (read?.ok ? read.native.document.root : null) : readable(input.source);
  const settings = {
    ...subject?.settings,
    ...(input.level && { level: input.level }),
    ...(input.world && { world: input.world }),
  };
  const digest = input.given ? (read?.ok ? read.fingerprint : undefined) : fingerprintWithin(limits, root);
  const level = settings.level ?? catalog.rules.level;
  const produced = await producedDays(reads, catalog.rules, input);
  const question = subject && {
    subject,
    rules: catalog.rules,
    level,
    world: settings.world ?? catalog.rules.world,
    fingerprints: digest === undefined ? [] : [digest],
    produced,
    isWhole: input.only !== undefined || (input.given !== undefined && looksAtAll(level)),
  };
  const [bundle, loaded, waivers, consumers, index] = await together([
    loadBundle(reads, root, limits.bundle, options.pending),
    question ? options.load(question) : Promise.resolve(undefined),
    // a first version can need one: the subject need not exist
    reads.waivers({ catalog: input.catalog, subject: input.subject }),
    reads.consumers(input.catalog, input.subject),
    fieldsFor(context, reads, catalog, { subject: input.subject, root }, options.beside),
  ]);
  const references = [...bundle.direct, ...(input.references ?? [])];
  const stages = await stagesOf(reads, references);
  const surroundings = {
    catalog: catalog.rules,
    neighbours: {
      ...index.around(input.subject, fieldNames(root), stages),
      declared: consumers.filter(({ origin }) => origin === 'declared').map(({ service }) => service),
    },
  };
  const seen = await seenReaders(context, reads, catalog.rules, settings.breaks, input);
  const rules: Rules = {
    ...surroundings,
    readers: [...consumers.flatMap(declaredReader), ...(input.readers ?? [])],
    ...(seen && { seen }),
    ...(options.markPreexisting && { before: surroundings }),
    ...settings,
    waivers: waivers.filter(({ content }) => content === undefined || content === digest),
    limits,
    today: today(context.clock),
  };
  const candidate: Candidate = {
    subject: input.subject,
    source: input.source,
    bundle: bundle.documents,
    ...(input.given && { definition: input.given }),
  };
  return {
    candidate,
    rules,
    question,
    loaded,
    references,
    basisWith: (held) =>
      basisOf({ catalog, subject: held, waivers, stages, consumers, seen, produced, day: rules.today }),
  };
}

async function fieldsFor(
  { fields }: Pick<Context, 'fields'>,
  reads: Reads,
  { name, rules }: CatalogRecord,
  { subject, root }: { readonly subject: string; readonly root: Json },
  beside: FieldIndex | undefined,
): Promise<FieldIndex> {
  if (!asksForFields(rules, subject)) return emptyFields;
  return beside ?? fields.around(reads, name, subject, root);
}

/** What a service says of itself; whom the contract names a check finds there. */
export function declaredReader({
  origin,
  service,
  reads,
  requires,
  samples,
  critical,
}: ConsumerRecord): readonly KnownReader[] {
  if (origin !== 'declared') return [];
  const said = { ...(reads && { reads }), ...(requires && { requires }), ...(samples && { samples }) };
  return [{ service, origin, ...said, ...(critical !== undefined && { critical }) }];
}

/** Days in which a service that validates events counts as a reader, where the catalog says nothing of quiet ones. */
const seenDays = 30;

/** Asked only where it matters whose break it is. */
async function seenReaders(
  { clock }: Pick<Context, 'clock'>,
  reads: Reads,
  rules: CatalogRecord['rules'],
  breaks: BreakPolicy = rules.breaks ?? 'any',
  { catalog, subject }: Pick<CheckInput, 'catalog' | 'subject'>,
): Promise<SeenReaders | undefined> {
  if (breaks === 'any') return undefined;
  const days = rules.quietReaders === undefined ? undefined : durationDays(rules.quietReaders);
  const since = dayAfter(clock, -(days ?? seenDays));
  // what lies before that day is asked for where it decides who is quiet
  const rows = await reads.usage({ catalog, subject, ...(days === undefined && { since }) });
  const services = (wanted: (day: string) => boolean) => {
    const read = rows.filter(({ role, day }) => role === 'consume' && wanted(day));
    return [...new Set(read.map(({ service }) => service))].sort();
  };
  return { since, services: services((day) => day >= since), earlier: services((day) => day < since) };
}

interface Basis {
  readonly catalog: CatalogRecord;
  readonly subject: SubjectRecord | undefined;
  readonly waivers: readonly WaiverRecord[];
  readonly stages: ReadonlyMap<string, string>;
  readonly consumers: readonly ConsumerRecord[];
  readonly seen: SeenReaders | undefined;
  readonly produced: ReadonlyMap<number, string> | undefined;
  readonly day: string;
}

/** Versions never change, so a history is known by its length. */
function basisOf({ catalog, subject, waivers, stages, consumers, seen, produced, day }: Basis): string {
  const { latest = 0, stage = 'active', settings = {} } = subject ?? {};
  return JSON.stringify([
    catalog.fingerprint,
    latest,
    stage,
    settings,
    waivers,
    [...stages],
    consumers,
    seen ?? null,
    [...(produced ?? [])],
    day,
  ]);
}

/** What `checkAgainst` would find now: where it is the basis of an earlier check, that check holds still. */
export async function currentBasis(
  { clock }: Pick<Context, 'clock'>,
  reads: Reads,
  catalog: CatalogRecord,
  subject: SubjectRecord,
  references: readonly Reference[],
): Promise<string> {
  const { catalog: name, name: within, settings } = subject;
  const [waivers, stages, consumers, seen, produced] = await together([
    reads.waivers({ catalog: name, subject: within }),
    stagesOf(reads, references),
    reads.consumers(name, within),
    seenReaders({ clock }, reads, catalog.rules, settings.breaks, { catalog: name, subject: within }),
    producedDays(reads, catalog.rules, { catalog: name, subject: within }),
  ]);
  return basisOf({ catalog, subject, waivers, stages, consumers, seen, produced, day: today(clock) });
}

function looked(loaded: LoadedHistory, only: number | undefined): LoadedHistory {
  if (only === undefined) return loaded;
  const { history } = loaded;
  return { history: { ...history, versions: history.versions.filter(({ number }) => number === only) } };
}

function dialectOf({ dialect }: Given) {
  return dialect === undefined ? {} : { dialect };
}

/** Undefined where the document is too large or too deep to be registered: its own check says so. */
function fingerprintWithin(limits: Limits, root: Json): string | undefined {
  const { depth, values } = measure(root);
  return depth <= limits.depth && values <= limits.values ? fingerprint(root) : undefined;
}

/** What can be searched for references. Text that is no JSON names none; the check itself says what is wrong with it. */
export function readable(source: Source): Json {
  if ('value' in source) return source.value;
  try {
    return JSON.parse(source.text);
  } catch {
    return null;
  }
}

/** The stage of each subject the candidate refers to: it may refer to live ones only. */
async function stagesOf(reads: Reads, references: readonly Reference[]): Promise<ReadonlyMap<string, string>> {
  const stages = new Map<string, string>();
  for (const { catalog, subject } of references) {
    const record = await reads.subject(catalog, subject);
    if (record) stages.set(`${catalog}/${subject}`, record.stage);
  }
  return stages;
}
