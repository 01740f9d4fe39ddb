/** `herald pull`: writes what code needs of registered versions, and pins them. */
import { resolve } from 'node:path';
import {
  clientModuleName,
  clientModuleText,
  type PinnedSubject,
  schemasName,
  schemasText,
} from '../../codegen/client-module.ts';
import type { ArtifactInput } from '../../codegen/input.ts';
import { noticeText } from '../../codegen/types.ts';
import { Fault } from '../../errors.ts';
import { isArray, isObject, type Json } from '../../schema/json.ts';
import { matchesSubject, patternProblem } from '../../schema/subject.ts';
import { type Api, registryApi } from '../api.ts';
import { type ExitCode, flag, type Input } from '../command.ts';
import type { Io } from '../io.ts';
import { plural } from '../output/plural.ts';
import { progress } from '../progress.ts';
import { type CodeOptions, codeOptionsOf, generatedFiles, outputFolder } from './generated.ts';
import { type Lockfile, lockfileName, lockfileText, readLockfile } from './lockfile.ts';
import { bringUpToDate, type GeneratedFile, outdated, staleFiles, writeFiles } from './output-folder.ts';
import { registryOf, unexpectedReply } from './registered.ts';

export async function runPull(input: Input, io: Io): Promise<ExitCode> {
  const out = outputFolder(input);
  const api = registryApi(input, io);
  const pulled = await pull(api, input, io, codeOptionsOf(input));
  const folder = resolve(io.cwd, out);
  const lock = { path: lockfileName, text: lockfileText(pulled.lock) };
  const changes = await outdated(folder, pulled.files);
  const lockIsStale = (await staleFiles(io.cwd, [lock])).length > 0;
  const stale = [...changes.stale.map((path) => `${out}/${path}`), ...(lockIsStale ? [lockfileName] : [])];
  if (flag(input, 'check')) {
    for (const path of stale) io.out(`${path} is stale\n`);
    for (const path of changes.leftover) io.out(`${out}/${path} is of a subject that is not there any more\n`);
    for (const news of await newerVersions(api, pulled.lock)) io.out(`${news}\n`);
    const isCurrent = stale.length + changes.leftover.length === 0;
    if (isCurrent) io.out(`${pulled.files.length} files are up to date\n`);
    return isCurrent ? 0 : 1;
  }
  await bringUpToDate(folder, pulled.files, changes);
  await writeFiles(io.cwd, [lock]);
  for (const warning of pulled.warnings) io.err(`${warning}\n`);
  for (const move of pulled.moves) io.out(`${move}\n`);
  const subjects = plural(Object.keys(pulled.lock.subjects).length, 'subject');
  io.out(`${subjects} pinned in ${lockfileName}, ${plural(stale.length, 'file')} written\n`);
  return 0;
}

interface Pulled {
  readonly lock: Lockfile;
  readonly files: readonly GeneratedFile[];
  readonly warnings: readonly string[];
  /** Pins that were moved by --update. */
  readonly moves: readonly string[];
}

async function pull(api: Api, input: Input, io: Io, options: CodeOptions): Promise<Pulled> {
  const before = await readLockfile(io.cwd);
  const named = await expand(api, input.positionals);
  const wanted = [...new Set([...Object.keys(before?.subjects ?? {}), ...named])].sort();
  if (wanted.length === 0)
    throw new Fault(
      'USAGE_INVALID',
      {},
      { message: `Name what to pull, such as choice-sherpa/session.created; there is no ${lockfileName} yet.` },
    );
  const moving = (key: string) => flag(input, 'update') && (named.length === 0 || named.includes(key));
  const registry = registryOf(api);
  const subjects: Record<string, Lockfile['subjects'][string]> = {};
  const inputs: ArtifactInput[] = [];
  const pinnedSubjects: PinnedSubject[] = [];
  const warnings: string[] = [];
  const moves: string[] = [];
  const bar = progress(io, 'Pulling');
  for (const [index, key] of wanted.entries()) {
    const pinned = moving(key) ? undefined : before?.subjects[key];
    const [catalog = '', subject = ''] = key.split('/');
    const held = before?.subjects[key];
    const version = await registry.version(catalog, subject, pinned?.version ?? 'latest').catch((error: unknown) => {
      // what is retired has no latest version: a pin of it stays where it is
      if (held === undefined || !(error instanceof Fault) || error.code !== 'SUBJECT_RETIRED') throw error;
      warnings.push(`${key} is retired; it stays at version ${held.version}. ${error.message}`);
      return registry.version(catalog, subject, held.version);
    });
    if (held !== undefined && held.version !== version.number)
      moves.push(`${key}: version ${held.version} → ${version.number}`);
    if (held?.version === version.number && held.fingerprint !== version.fingerprint)
      throw repinned(key, version.number);
    const { successor, sunset } = version.input.notice ?? {};
    const deprecated = successor !== undefined && sunset !== undefined && { deprecated: { successor, sunset } };
    subjects[key] = { version: version.number, fingerprint: version.fingerprint, ...deprecated };
    inputs.push(version.input);
    pinnedSubjects.push({
      catalog: version.input.catalog,
      subject,
      version: version.number,
      fingerprint: version.fingerprint,
      schema: version.input.document.root,
    });
    bar.step(index + 1, wanted.length);
  }
  bar.done();
  const lock = { lockVersion: 1, registry: api.url, subjects } as const;
  const files = [...(await filesOf(inputs, options)), ...clientFiles(pinnedSubjects)];
  return { lock, files, warnings: [...inputs.flatMap(warningsOf), ...warnings], moves };
}

/** What `createClient` takes, in one module, and the schemas that it holds against the lock. */
function clientFiles(pinned: readonly PinnedSubject[]): readonly GeneratedFile[] {
  const catalogs = [...new Set(pinned.map(({ catalog }) => catalog.name))];
  const schemas = catalogs.map((name) => ({
    path: `${name}/${schemasName}`,
    text: schemasText(
      name,
      pinned.filter(({ catalog }) => catalog.name === name),
    ),
  }));
  return [...schemas, { path: clientModuleName, text: clientModuleText(pinned) }];
}

/** One line for each pin that is behind. Read where nothing is moved, so that somebody hears of it. */
async function newerVersions(api: Api, lock: Lockfile): Promise<readonly string[]> {
  const registry = registryOf(api);
  const found: string[] = [];
  for (const [key, { version }] of Object.entries(lock.subjects)) {
    const [catalog = '', subject = ''] = key.split('/');
    try {
      const { number } = await registry.version(catalog, subject, 'latest');
      if (number > version)
        found.push(`${key}: version ${version} is pinned, ${number} is the latest (--update moves it)`);
    } catch (error) {
      if (!(error instanceof Fault) || error.code !== 'SUBJECT_RETIRED') throw error;
      found.push(`${key}: version ${version} is pinned, the subject is retired`);
    }
  }
  return found;
}

function repinned(key: string, version: number): Fault {
  return new Fault(
    'LOCKFILE_INVALID',
    { subject: key },
    {
      message: `${key} version ${version} is not what ${lockfileName} pins: a version never changes, so this is another registry, or a lock file edited by hand.`,
    },
  );
}

/** Catalog by catalog: each has a map of its own. */
async function filesOf(inputs: readonly ArtifactInput[], options: CodeOptions): Promise<readonly GeneratedFile[]> {
  const catalogs = new Map(inputs.map(({ catalog }) => [catalog.name, catalog]));
  const made = [...catalogs].map(([name, catalog]) =>
    generatedFiles(
      catalog,
      inputs.filter((input) => input.catalog.name === name),
      options,
      inputs,
    ),
  );
  return (await Promise.all(made)).flat();
}

function warningsOf({ catalog, subject, notice }: ArtifactInput): readonly string[] {
  return notice === undefined ? [] : [`${catalog.name}/${subject} is deprecated. ${noticeText(notice)}`];
}

/** Patterns stand for the subjects they match: `catalog/order.*`, `catalog/*` for all. */
async function expand(api: Api, given: readonly string[]): Promise<readonly string[]> {
  const keys: string[] = [];
  for (const key of given) {
    const [catalog = '', subject, ...more] = key.split('/');
    if (subject === undefined || subject === '' || more.length > 0)
      throw new Fault('USAGE_INVALID', {}, { message: `"${key}" names no subject; write CATALOG/SUBJECT.` });
    if (!/[*>]/.test(subject)) {
      keys.push(key);
      continue;
    }
    const problem = patternProblem(subject);
    if (problem !== undefined) throw new Fault('USAGE_INVALID', {}, { message: `The pattern ${problem}.` });
    const found = (await subjectsOf(api, catalog)).filter((name) => matchesSubject(subject, name));
    if (found.length === 0)
      throw new Fault('USAGE_INVALID', {}, { message: `"${key}" matches no subject of ${api.url}.` });
    keys.push(...found.map((name) => `${catalog}/${name}`));
  }
  return keys;
}

async function subjectsOf(api: Api, catalog: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (let cursor: Json | undefined = ''; cursor !== undefined; ) {
    const query: string = typeof cursor === 'string' && cursor !== '' ? `&cursor=${encodeURIComponent(cursor)}` : '';
    const { json } = await api.call('GET', `/v1/catalogs/${encodeURIComponent(catalog)}/subjects?limit=1000${query}`);
    if (!isArray(json.items)) throw unexpectedReply(api, `it did not list the subjects of ${catalog}`);
    for (const item of json.items) if (isObject(item)) found.push(String(item.name));
    cursor = json.cursor;
  }
  return found;
}
