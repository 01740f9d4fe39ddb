import { resolve } from 'node:path';
import { artifactNames } from '../../codegen/artifacts.ts';
import { folderNames, mapName, mapText } from '../../codegen/map.ts';
import { Fault } from '../../errors.ts';
import { isArray, isObject, type Json } from '../../schema/json.ts';
import { type Api, registryApi, registryOption, subjectPath } from '../api.ts';
import { type Command, flag, type Input, text } from '../command.ts';
import type { Io } from '../io.ts';
import { type Lockfile, lockfileName, lockfileText, readLockfile } from '../lockfile.ts';
import { plural } from '../output/plural.ts';
import { type GeneratedFile, staleFiles, writeFiles } from '../output-folder.ts';
import { progress } from '../progress.ts';

export const command: Command = {
  name: 'pull',
  summary: 'writes types and schemas of registered versions, pinned in herald.lock.json',
  usage: '[CATALOG/SUBJECT…] --out DIR [--update] [--check] [--registry URL]',
  takes: [0, 1_000],
  options: {
    out: { type: 'string', short: 'o', value: 'DIR', summary: 'Where to write.' },
    update: { type: 'boolean', short: 'u', summary: 'Move what is named, or everything, to its latest version.' },
    check: { type: 'boolean', summary: 'Write nothing; exit 1 where what is there is stale.' },
    registry: registryOption,
  },
  examples: [
    'herald pull choice-sherpa/session.created --out src/events',
    'herald pull --out src/events --update',
    'herald pull choice-sherpa/* --out src/events',
  ],
  async run(input, io) {
    const out = text(input, 'out');
    if (out === undefined) throw new Fault('USAGE_INVALID', {}, { message: 'Say where to write with --out DIR.' });
    const api = registryApi(input, io);
    const pulled = await pull(api, input, io);
    const folder = resolve(io.cwd, out);
    const lockText = lockfileText(pulled.lock);
    const stale = [
      ...(await staleFiles(folder, pulled.files)).map((path) => `${out}/${path}`),
      ...(await staleFiles(io.cwd, [{ path: lockfileName, text: lockText }])),
    ];
    if (flag(input, 'check')) {
      for (const path of stale) io.out(`${path} is stale\n`);
      if (stale.length === 0) io.out(`${pulled.files.length} files are up to date\n`);
      return stale.length === 0 ? 0 : 1;
    }
    await writeFiles(folder, pulled.files);
    await writeFiles(io.cwd, [{ path: lockfileName, text: lockText }]);
    for (const warning of pulled.warnings) io.err(`${warning}\n`);
    io.out(
      `${plural(Object.keys(pulled.lock.subjects).length, 'subject')} pinned in ${lockfileName}, ${plural(stale.length, 'file')} written\n`,
    );
    return 0;
  },
};

interface Pulled {
  readonly lock: Lockfile;
  readonly files: readonly GeneratedFile[];
  readonly warnings: readonly string[];
}

async function pull(api: Api, input: Input, io: Io): Promise<Pulled> {
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
  const { folders, maps } = layout(wanted);
  const subjects: Record<string, { version: number; fingerprint: string }> = {};
  const files: GeneratedFile[] = [];
  const warnings: string[] = [];
  const bar = progress(io, 'Pulling');
  for (const [index, key] of wanted.entries()) {
    const pinned = moving(key) ? undefined : before?.subjects[key];
    const version = await lookUp(api, key, pinned?.version);
    if (pinned && pinned.fingerprint !== version.fingerprint)
      throw new Fault(
        'LOCKFILE_INVALID',
        { subject: key },
        {
          message: `${key} version ${pinned.version} is not what ${lockfileName} pins: a version never changes, so this is another registry, or a lock file edited by hand.`,
        },
      );
    subjects[key] = { version: version.number, fingerprint: version.fingerprint };
    for (const name of artifactNames)
      files.push({ path: `${folders.get(key)}/${name}`, text: await artifact(api, key, version.number, name) });
    if (version.deprecated !== undefined) warnings.push(`${key} is deprecated: ${version.deprecated}`);
    bar.step(index + 1, wanted.length);
  }
  bar.done();
  return { lock: { lockVersion: 1, registry: api.url, subjects }, files: [...files, ...maps], warnings };
}

/** Where each `catalog/subject` goes, and one map of subjects for each catalog. */
function layout(keys: readonly string[]) {
  const catalogs = [...new Set(keys.map((key) => key.slice(0, key.indexOf('/'))))];
  const folders = new Map<string, string>();
  const maps: GeneratedFile[] = [];
  for (const catalog of catalogs) {
    const members = keys.filter((key) => key.startsWith(`${catalog}/`));
    const subjects = members.map((key) => key.slice(catalog.length + 1));
    for (const [subject, folder] of folderNames(subjects)) folders.set(`${catalog}/${subject}`, `${catalog}/${folder}`);
    maps.push({ path: `${catalog}/${mapName}`, text: mapText(catalog, subjects) });
  }
  return { folders, maps };
}

/** `catalog/*` stands for every subject of the catalog. */
async function expand(api: Api, given: readonly string[]): Promise<readonly string[]> {
  const keys: string[] = [];
  for (const key of given) {
    const [catalog = '', subject, ...more] = key.split('/');
    if (subject === undefined || subject === '' || more.length > 0)
      throw new Fault('USAGE_INVALID', {}, { message: `"${key}" names no subject; write CATALOG/SUBJECT.` });
    if (subject !== '*') keys.push(key);
    else keys.push(...(await subjectsOf(api, catalog)).map((name) => `${catalog}/${name}`));
  }
  return keys;
}

async function subjectsOf(api: Api, catalog: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (let cursor: Json | undefined = ''; cursor !== undefined; ) {
    const query: string = typeof cursor === 'string' && cursor !== '' ? `&cursor=${encodeURIComponent(cursor)}` : '';
    const { json } = await api.call('GET', `/v1/catalogs/${encodeURIComponent(catalog)}/subjects?limit=1000${query}`);
    for (const item of isArray(json.items) ? json.items : []) if (isObject(item)) found.push(String(item.name));
    cursor = json.cursor;
  }
  return found;
}

async function lookUp(api: Api, key: string, version: number | undefined) {
  const [catalog = '', subject = ''] = key.split('/');
  const { json, headers } = await api.call('GET', `${subjectPath(catalog, subject)}/versions/${version ?? 'latest'}`);
  if (typeof json.number !== 'number' || typeof json.fingerprint !== 'string')
    throw new Fault(
      'REGISTRY_ANSWER_INVALID',
      { url: api.url },
      { message: `${api.url} did not answer a version for ${key}.` },
    );
  const sunset = headers.get('sunset');
  const deprecated =
    sunset === null
      ? undefined
      : `it retires on ${new Date(sunset).toISOString().slice(0, 10)}; ${headers.get('link') ?? ''}`;
  return { number: json.number, fingerprint: json.fingerprint, deprecated };
}

async function artifact(api: Api, key: string, version: number, name: string): Promise<string> {
  const [catalog = '', subject = ''] = key.split('/');
  return (await api.call('GET', `${subjectPath(catalog, subject)}/versions/${version}/artifacts/${name}`)).text;
}
