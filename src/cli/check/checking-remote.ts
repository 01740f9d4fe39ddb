/** Checks a workspace against what a registry holds: the registry runs the same check over its own history. */
import type { Report } from '../../check/report.ts';
import { Fault } from '../../errors.ts';
import { fingerprint } from '../../schema/canonical.ts';
import { readCatalog } from '../../schema/catalog.ts';
import { asJson, isArray, isObject, type Json, type JsonObject } from '../../schema/json.ts';
import { registeredReferences } from '../../schema/registered.ts';
import { type Api, subjectPath } from '../api.ts';
import { type Collection, type Located, readableValue, usesOf } from '../source/collection.ts';
import { start } from '../source/place.ts';
import { catalogFile, underBaseRules } from './base-rules.ts';
import { type Baseline, checkWorkspace, isUndecided } from './checking.ts';
import { pair } from './pairing.ts';
import { placedFindings } from './position.ts';
import { isReport } from './registry-report.ts';
import { removalFindings } from './removal.ts';
import type { CheckedFile, Placed, RulesSource, Run } from './run.ts';
import { unreadableFindings } from './unread-findings.ts';
import { type StaleWaiver, waiverFinding } from './waiver-findings.ts';

const batchSize = 50;

export interface RemoteOptions {
  /** Says which files are gone; a registry cannot, since a folder need not hold all of a catalog. */
  readonly baseline?: Baseline | undefined;
  readonly today: string;
  readonly onProgress: (done: number, total: number) => void;
}

export async function checkWithRegistry(
  api: Api,
  given: readonly Collection[],
  { baseline, today, onProgress }: RemoteOptions,
): Promise<Run> {
  const known = await knownCatalogs(api, given);
  const base = underBaseRules(given, baseline ?? { name: api.url, collections: known }, today);
  const files: CheckedFile[] = [];
  const findings: Placed[] = [...base.findings];
  const rules: RulesSource[] = [];
  const total = base.collections.reduce((sum, { definitions }) => sum + definitions.length, 0);
  for (const collection of base.collections) {
    const { catalog, definitions } = collection;
    if (!known.some((each) => each.catalog.name === catalog.name)) {
      const local = checkWorkspace([collection], undefined, { today, all: false });
      files.push(...local.files);
      findings.push(...local.findings);
      const from = `${catalogFile(collection)}; ${api.url} has no such catalog yet`;
      rules.push({ catalog: catalog.name, from, isChanged: true });
      continue;
    }
    const found: Placed[] = [...unreadableFindings(collection)];
    const numbers = await nextNumbers(api, collection);
    for (let at = 0; at < definitions.length; at += batchSize) {
      const batch = definitions.slice(at, at + batchSize);
      const reports = await ask(api, collection, [...batch, ...referredTo(batch, definitions)], numbers);
      for (const [index, definition] of batch.entries()) {
        const { file, placed } = placedIn(catalog.name, definition, reports[index]!);
        files.push(file);
        found.push(...placed);
      }
      onProgress(files.length, total);
    }
    const isChanged = base.rules.some((row) => row.catalog === catalog.name && row.isChanged);
    rules.push({ catalog: catalog.name, from: api.url, isChanged });
    findings.push(...found, ...(definitions.length > 0 ? await staleWaivers(api, collection, found, today) : []));
  }
  if (baseline) findings.push(...(await removals(api, base.collections, baseline, today)));
  const name = baseline === undefined ? api.url : `${api.url} and ${baseline.name}`;
  return { baseline: name, prefix: '', files, findings, rules, undecided: isUndecided(files, findings) };
}

/** The catalogs of the folder as the registry has them; those it does not have are left out. */
async function knownCatalogs(api: Api, collections: readonly Collection[]): Promise<readonly Collection[]> {
  const known: Collection[] = [];
  for (const collection of collections) {
    if (collection.folder === undefined) continue;
    const path = `/v1/catalogs/${encodeURIComponent(collection.catalog.name)}`;
    const reply = await unless(['CATALOG_NOT_FOUND'], api.call('GET', path));
    const reading = reply && readCatalog(reply.json.rules ?? null);
    if (!reading) continue;
    if (!reading.ok)
      throw new Fault(
        'REGISTRY_ANSWER_INVALID',
        { url: api.url },
        {
          message: `${api.url} does not answer a catalog this version of herald can read for "${collection.catalog.name}".`,
        },
      );
    known.push({ ...collection, catalog: reading.catalog, definitions: [], unreadable: [], waivers: [] });
  }
  return known;
}

function placedIn(catalog: string, definition: Located, report: Report) {
  const { subject, file } = definition;
  const placed = placedFindings(catalog, definition, report.findings);
  return { file: { catalog, subject, file, report, isRegistered: true as const }, placed };
}

/** Those of the folder that a batch refers to, directly or not, and does not hold: the registry sees what they would be. */
function referredTo(batch: readonly Located[], all: readonly Located[]): readonly Located[] {
  const bySubject = new Map(all.map((definition) => [definition.subject, definition]));
  const found = new Set(batch);
  // a Set iterates over what is added meanwhile
  for (const definition of found)
    for (const { subject } of usesOf(definition)) {
      const target = bySubject.get(subject);
      if (target) found.add(target);
    }
  return [...found].slice(batch.length);
}

/** What each event that files refer to by path is registered as, or would be. */
async function nextNumbers(api: Api, { catalog, definitions }: Collection): Promise<ReadonlyMap<string, number>> {
  const numbers = new Map<string, number>();
  if (!definitions.some(({ link }) => link)) return numbers;
  const named = new Set(
    definitions
      .flatMap((one) => (one.link ? [...registeredReferences(readableValue(one)).values()] : []))
      .map(({ subject }) => subject),
  );
  for (const definition of definitions.filter(({ subject }) => named.has(subject))) {
    const path = `${subjectPath(catalog.name, definition.subject)}/versions/latest`;
    const reply = await unless(['SUBJECT_NOT_FOUND', 'VERSION_NOT_FOUND', 'SUBJECT_RETIRED'], api.call('GET', path));
    const latest = Number(reply?.json.number ?? 0);
    const isSame = reply?.json.fingerprint === fingerprint(readableValue(definition));
    numbers.set(definition.subject, isSame ? latest : latest + 1);
  }
  return numbers;
}

async function ask(
  api: Api,
  { catalog: { name: catalog }, readers }: Collection,
  batch: readonly Located[],
  numbers: ReadonlyMap<string, number>,
): Promise<readonly Report[]> {
  const numberOf = (_: string, subject: string) => numbers.get(subject) ?? 1;
  const candidates: Json = batch.map(({ subject, source, link, native }) => ({
    subject,
    ...(readers?.has(subject) && { readers: asJson(readers.get(subject)) }),
    // what is no JSON goes as it is: the registry says what is wrong with it
    ...(native
      ? { text: native.definition.text, format: native.definition.format, references: native.uses }
      : link
        ? { schema: link(numberOf) }
        : 'text' in source
          ? { text: source.text }
          : { schema: source.value }),
  }));
  const { json } = await api.call('POST', '/v1/check', { catalog, candidates });
  const reports: unknown = json.reports;
  if (!Array.isArray(reports) || reports.length !== batch.length || !reports.every(isReport))
    throw new Fault(
      'REGISTRY_ANSWER_INVALID',
      { url: api.url },
      { message: `${api.url} did not answer one report for each schema. Is it this version of the registry?` },
    );
  return reports;
}

/** A deleted file breaks nobody where the registry never had the subject, or has retired it. */
async function removals(
  api: Api,
  collections: readonly Collection[],
  baseline: Baseline,
  today: string,
): Promise<Placed[]> {
  const { gone } = pair(collections, baseline.collections);
  const live: (typeof gone)[number][] = [];
  for (const placement of gone)
    if (await isLive(api, placement.collection.catalog.name, placement.definition.subject)) live.push(placement);
  return removalFindings(live, collections, today);
}

async function isLive(api: Api, catalog: string, subject: string): Promise<boolean> {
  const answer = await unless(
    ['SUBJECT_NOT_FOUND', 'CATALOG_NOT_FOUND'],
    api.call('GET', subjectPath(catalog, subject)),
  );
  return answer !== undefined && answer.json.stage !== 'retired';
}

/**
 * The registry keeps waivers as a record: one that has expired is reported while its finding is still there.
 */
async function staleWaivers(
  api: Api,
  { catalog, definitions }: Collection,
  found: readonly Placed[],
  today: string,
): Promise<Placed[]> {
  const asked = api.call('GET', `/v1/waivers?catalog=${encodeURIComponent(catalog.name)}`);
  const items = (await unless(['FORBIDDEN', 'UNAUTHENTICATED'], asked))?.json.items;
  const fileOf = new Map(definitions.map(({ subject, file }) => [subject, file]));
  const used = new Set(found.flatMap(({ finding }) => (finding.waiver ? [finding.waiver.id] : [])));
  return (isArray(items) ? items.filter(isObject) : []).flatMap((item): Placed[] => {
    const waiver = staleWaiver(item);
    const file = fileOf.get(waiver.subject);
    if (file === undefined || used.has(String(item.id))) return [];
    const isThere = found.some(
      ({ subject, finding }) =>
        subject === waiver.subject && finding.fingerprint === waiver.fingerprint && finding.waiver === undefined,
    );
    // one that holds and excuses nothing now has let a version pass: nobody who checks another change is to remove it
    if (waiver.expires >= today || !isThere) return [];
    return [
      { catalog: catalog.name, subject: waiver.subject, file, place: start, finding: waiverFinding(waiver, true) },
    ];
  });
}

function staleWaiver(item: JsonObject): StaleWaiver {
  const text = (name: string) => String(item[name] ?? '');
  return {
    subject: text('subject'),
    fingerprint: text('fingerprint'),
    author: text('author'),
    expires: text('expires'),
  };
}

async function unless<T>(codes: readonly string[], answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Fault && codes.includes(error.code)) return undefined;
    throw error;
  }
}
