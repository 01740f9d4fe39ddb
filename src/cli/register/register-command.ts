/** `herald register`: catalogs and schemas of a folder, into a registry. */
import { Fault } from '../../errors.ts';
import { canonicalize } from '../../schema/canonical.ts';
import { asJson, isArray, isObject, type Json } from '../../schema/json.ts';
import { type Api, registryApi, subjectPath } from '../api.ts';
import { isFinding } from '../check/registry-report.ts';
import type { ExitCode, Input } from '../command.ts';
import type { Io } from '../io.ts';
import { plural } from '../output/plural.ts';
import { visible } from '../output/visible.ts';
import { progress } from '../progress.ts';
import { type Collection, type Located, type NumberOf, usesOf } from '../source/collection.ts';
import { folderTree } from '../source/folder.ts';
import { moduleRunner } from '../source/module.ts';
import { namedPaths } from '../source/paths.ts';
import { readWorkspace } from '../source/workspace.ts';
import { carryWaivers } from '../waivers/registry-waivers.ts';

export async function runRegister(input: Input, io: Io): Promise<ExitCode> {
  const paths = await namedPaths(io, input.positionals);
  const collections = await readWorkspace(folderTree(io.cwd, 'the working folder'), paths, moduleRunner(io.cwd));
  const outcome = await registerCollections(registryApi(input, io), collections, io);
  io.out(`${summary(outcome)}\n`);
  return outcome.refused.length > 0 ? outcome.exit : 0;
}

interface Refused {
  readonly catalog: string;
  /** Absent where it is the catalog itself. */
  readonly subject?: string;
  readonly file: string;
  readonly fault: Fault;
}

export interface Outcome {
  readonly catalogs: number;
  readonly created: number;
  readonly same: number;
  readonly refused: readonly Refused[];
  readonly exit: ExitCode;
}

/** Catalogs first, then their waivers and schemas, those that others refer to before the others. One refusal does not stop the rest. */
export async function registerCollections(api: Api, collections: readonly Collection[], io: Io): Promise<Outcome> {
  const outcome: Counting = { numbers: new Map(), catalogs: 0, created: 0, same: 0, refused: [], exit: 0 };
  const total = collections.reduce((sum, { definitions }) => sum + definitions.length, 0);
  const bar = progress(io, 'Registering');
  try {
    const open: Collection[] = [];
    for (const collection of collections) {
      if (!(await putCatalog(api, collection, outcome, io))) continue;
      await carry(api, collection, io);
      open.push(collection);
    }
    for (const { catalog, definition } of dependenciesFirst(open)) {
      await registerOne(api, catalog, definition, outcome, io, bar.done);
      bar.step(outcome.created + outcome.same + outcome.refused.length, total);
    }
  } finally {
    bar.done();
  }
  return outcome;
}

/**
 * What is the same is not written: that takes an admin, and a publisher has nothing to change. False where the registry has no such
 * catalog and may not be given one.
 */
async function putCatalog(api: Api, collection: Collection, outcome: Counting, io: Io): Promise<boolean> {
  const { catalog, folder, definitions } = collection;
  if (folder === undefined)
    throw new Fault(
      'INPUT_UNREADABLE',
      {},
      {
        message: `${definitions[0]?.file ?? 'The file'} is under no catalog.json, so there is no catalog to register it in. "herald init" writes one.`,
      },
    );
  const path = `/v1/catalogs/${encodeURIComponent(catalog.name)}`;
  const known = await registeredCatalog(api, path);
  outcome.catalogs += 1;
  if (known !== undefined && canonicalize(known) === canonicalize(asJson(catalog))) return true;
  try {
    await api.call('PUT', path, JSON.stringify(catalog));
    io.out(`catalog ${catalog.name}: ${known === undefined ? 'new' : 'changed'}\n`);
    return true;
  } catch (fault) {
    if (!(fault instanceof Fault) || fault.code !== 'FORBIDDEN') throw fault;
    const file = `${folder === '.' ? '' : `${folder}/`}catalog.json`;
    const state = known === undefined ? 'is new to the registry' : 'differs from what the registry has';
    io.err(`${file}: refused, the catalog "${catalog.name}" ${state}, and only an admin may write it (FORBIDDEN)\n`);
    outcome.refused.push({ catalog: catalog.name, file, fault });
    outcome.exit = outcome.exit === 1 ? 1 : 2;
    return known !== undefined;
  }
}

async function registeredCatalog(api: Api, path: string): Promise<Json | undefined> {
  try {
    return (await api.call('GET', path)).json.rules;
  } catch (fault) {
    if (fault instanceof Fault && fault.code === 'CATALOG_NOT_FOUND') return undefined;
    throw fault;
  }
}

/** The file's waivers, so that what passed here passes there; where the caller may not give them, it is said. */
async function carry(api: Api, { catalog, folder, waivers, definitions }: Collection, io: Io): Promise<void> {
  const today = new Date(io.now()).toISOString().slice(0, 10);
  const subjects = new Set(definitions.map(({ subject }) => subject));
  const own = waivers.filter(({ subject }) => subjects.has(subject));
  const { given, refused } = await carryWaivers(api, catalog.name, own, today);
  if (given > 0) io.out(`catalog ${catalog.name}: ${plural(given, 'waiver')} given\n`);
  for (const { waiver, because } of refused)
    io.err(`${visible(`${folder}/waivers.json: the waiver for "${waiver.subject}" was not given: ${because}`)}\n`);
}

interface Counting {
  /** What each subject's document is registered as, by `catalog/subject`. */
  readonly numbers: Map<string, number>;
  catalogs: number;
  created: number;
  same: number;
  refused: Refused[];
  exit: ExitCode;
}

async function registerOne(
  api: Api,
  catalog: string,
  definition: Located,
  outcome: Counting,
  io: Io,
  clear: () => void,
): Promise<void> {
  const { subject, file } = definition;
  const known = (of: string, name: string) => outcome.numbers.get(`${of}/${name}`) ?? 1;
  try {
    refuseWithout({ catalog, definition }, outcome);
    const { query, body, mediaType } = requestFor(definition, catalog, known);
    const { status, json } = await api.call(
      'POST',
      `${subjectPath(catalog, subject)}/versions${query}`,
      body,
      mediaType,
    );
    if (typeof json.number === 'number') outcome.numbers.set(`${catalog}/${subject}`, json.number);
    if (status === 201) {
      outcome.created += 1;
      clear();
      io.out(`${visible(`${catalog}/${subject}`)}: version ${String(json.number)}, ${String(json.label)}\n`);
    } else outcome.same += 1;
  } catch (fault) {
    // a registry that is gone is gone for all of them
    if (!(fault instanceof Fault) || fault.exit === 3) throw fault;
    clear();
    outcome.refused.push({ catalog, subject, file, fault });
    outcome.exit = outcome.exit === 1 || fault.exit === 1 ? 1 : 2;
    io.err(
      `${visible(file)}: refused, ${visible(refusalText(fault))} (${fault.code})\n${blockingReasons(fault.details.report)}`,
    );
  }
}

/** What uses a file that was just refused would be registered with an older version, which no file here says. Pins say theirs. */
function refuseWithout({ catalog: own, definition }: Member, { refused }: Outcome): void {
  if (definition.link === undefined && definition.native === undefined) return;
  const missing = usesOf(definition).find(({ catalog = own, subject }) =>
    refused.some((each) => each.catalog === catalog && each.subject === subject),
  );
  if (missing === undefined) return;
  const message = `it uses "${missing.subject}", which was refused`;
  throw new Fault('SCHEMA_REFERENCE_UNRESOLVED', {}, { message });
}

function requestFor({ source, link, native }: Located, catalog: string, numberOf: NumberOf) {
  if (native === undefined) {
    const body = link ? JSON.stringify(link(numberOf)) : 'text' in source ? source.text : JSON.stringify(source.value);
    return { query: '', body, mediaType: 'application/schema+json' };
  }
  const { format, text } = native.definition;
  const references = native.uses.map(({ name, subject }) => `${name}=${subject}/${numberOf(catalog, subject)}`);
  const query = new URLSearchParams({ format, ...(references.length > 0 && { references: references.join(',') }) });
  return { query: `?${query}`, body: text, mediaType: 'text/plain' };
}

/** What is forbidden is named: the permission, and whose it is asked for. */
function refusalText({ code, message, details }: Fault): string {
  const { permission, subject, service } = details;
  if (code !== 'FORBIDDEN' || typeof permission !== 'string' || typeof subject !== 'string') return message;
  return `this token may not ${permission} "${subject}"${typeof service === 'string' ? ` as the service "${service}"` : ''}`;
}

/** The findings that block, from the report in a refusal. */
export function blockingReasons(report: Json | undefined): string {
  const findings: readonly unknown[] = isObject(report) && isArray(report.findings) ? report.findings : [];
  return findings
    .filter(isFinding)
    .filter((finding) => finding.severity === 'error' && !finding.waiver)
    .map(({ rule, message, witness, hint }) => {
      const event = witness ? `\n    for example ${visible(JSON.stringify(witness.value)).slice(0, 500)}` : '';
      return `  ${visible(`${rule}: ${message}`)}${event}${hint === undefined ? '' : `\n    hint: ${visible(hint)}`}\n`;
    })
    .join('');
}

interface Member {
  readonly catalog: string;
  readonly definition: Located;
}

/** Over all catalogs: an event may refer to one of another. */
function dependenciesFirst(collections: readonly Collection[]): readonly Member[] {
  const byName = new Map<string, Member>();
  for (const { catalog, definitions } of collections)
    for (const definition of definitions)
      byName.set(`${catalog.name}/${definition.subject}`, { catalog: catalog.name, definition });
  const ordered = new Set<Member>();
  const visiting = new Set<Member>();
  const visit = (member: Member) => {
    if (ordered.has(member) || visiting.has(member)) return;
    visiting.add(member);
    for (const { catalog = member.catalog, subject } of usesOf(member.definition)) {
      const target = byName.get(`${catalog}/${subject}`);
      if (target) visit(target);
    }
    ordered.add(member);
  };
  for (const member of byName.values()) visit(member);
  return [...ordered];
}

export function summary({ catalogs, created, same, refused }: Outcome): string {
  const parts = [plural(catalogs, 'catalog'), plural(created, 'new version'), `${same} already there`];
  return [...parts, ...(refused.length > 0 ? [`${refused.length} refused`] : [])].join(', ');
}
