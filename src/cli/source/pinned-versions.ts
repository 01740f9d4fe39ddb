/**
 * What `herald://shop/customer/2` means where no registry checks: the version that the lock file pins, else the second content the
 * file has had, as the history of the branch tells, the file as it is being the latest. Where a registry can be asked, its version 2.
 */
import { fingerprint } from '../../schema/canonical.ts';
import { type RegisteredReference, registeredReferences } from '../../schema/registered.ts';
import { type Api, subjectPath } from '../api.ts';
import { type Lockfile, readLockfile } from '../generate/lockfile.ts';
import type { Io } from '../io.ts';
import { type Collection, type Located, readableValue } from './collection.ts';
import { type Definition, readDefinition } from './file.ts';
import { isModuleFile } from './file-names.ts';
import { moduleRunner } from './module.ts';

type Source = Definition['source'];

export type PinnedVersions = ReadonlyMap<string, Source | undefined>;

export interface Pinned {
  readonly versions: PinnedVersions;
  /** Of each version that is not known here. */
  readonly notices: readonly string[];
}

export async function pinnedVersions(
  io: Io,
  api: Api | undefined,
  collections: readonly Collection[],
  past: readonly Collection[],
): Promise<Pinned> {
  const targets = new Map(
    collections.flatMap(({ catalog, definitions }) =>
      definitions.map((located) => [`${catalog.name}/${located.subject}`, located] as const),
    ),
  );
  const lock = await readLockfile(io.cwd);
  const versions = new Map<string, Source | undefined>();
  const notices: string[] = [];
  const contents = new Map<Located, Contents>();
  const waiting = [...referencesIn([...collections, ...past])];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [uri, reference] = next;
    if (versions.has(uri)) continue;
    const target = targets.get(`${reference.catalog}/${reference.subject}`);
    // the text of a module alone does not say what it was
    if (target && (isModuleFile(target.file) || target.link)) continue;
    const asked = await registered(api, reference);
    if (!target && asked === undefined) continue;
    const known = target && (contents.get(target) ?? (await contentsOf(io, target)));
    if (target && known) contents.set(target, known);
    const source = asked ?? (known && contentOf(known, reference, lock));
    versions.set(uri, source);
    // what it refers to is pinned too
    if (source !== undefined) waiting.push(...registeredReferences(readableValue({ source })));
    else if (target) notices.push(unknownVersion(uri, reference, target, known?.size ?? 0));
  }
  return { versions, notices: notices.sort() };
}

/** Collections whose pinned references lead where they were looked up to lead. */
export function withPins(collections: readonly Collection[], pins: Pinned | undefined): readonly Collection[] {
  return pins ? collections.map((collection) => ({ ...collection, pinned: pins.versions })) : collections;
}

function unknownVersion(uri: string, { number }: RegisteredReference, { file }: Located, known: number): string {
  return `${uri} is version ${number}, and the history of ${file} here knows ${known}: name a version that exists, fetch the whole history, or let a registry be asked (--registry, HERALD_URL)`;
}

function referencesIn(collections: readonly Collection[]): ReadonlyMap<string, RegisteredReference> {
  const found = new Map<string, RegisteredReference>();
  // the versions that files are linked to by path are the files themselves
  for (const { definitions } of collections)
    for (const definition of definitions)
      if (!definition.link && definition.text.includes('herald:'))
        for (const [uri, reference] of registeredReferences(readableValue(definition))) found.set(uri, reference);
  return found;
}

async function registered(
  api: Api | undefined,
  { catalog, subject, number }: RegisteredReference,
): Promise<Source | undefined> {
  const path = `${subjectPath(catalog, subject)}/versions/${number}/schema`;
  return api?.call('GET', path).then(
    ({ text }) => ({ text }),
    () => undefined, // a version the registry does not have may be the one that this change makes
  );
}

/** By fingerprint, oldest first; the one the file has now is the last. */
type Contents = ReadonlyMap<string, Source>;

function contentOf(
  known: Contents,
  { catalog, subject, number }: RegisteredReference,
  lock: Lockfile | undefined,
): Source | undefined {
  const pin = lock?.subjects[`${catalog}/${subject}`];
  return pin?.version === number ? known.get(pin.fingerprint) : [...known.values()][number - 1];
}

async function contentsOf(io: Io, target: Located): Promise<Contents> {
  const sources = new Map<string, Source>();
  for (const text of await pastTexts(io, target.file)) {
    const definition = await readDefinition({ path: target.file, text }, moduleRunner(io.cwd));
    if (!('flaws' in definition)) sources.set(fingerprint(readableValue(definition)), definition.source);
  }
  const now = fingerprint(readableValue(target));
  sources.delete(now);
  return sources.set(now, target.source);
}

async function pastTexts(io: Io, file: string): Promise<readonly string[]> {
  const log = await io.git(['log', '--first-parent', '--reverse', '--format=%H', 'HEAD', '--', file]);
  if (log.code !== 0) return [];
  const texts: string[] = [];
  for (const commit of log.stdout.toString('utf8').split('\n').filter(Boolean)) {
    const blob = await io.git(['cat-file', 'blob', `${commit}:./${file}`]);
    if (blob.code === 0) texts.push(blob.stdout.toString('utf8'));
  }
  return texts;
}
