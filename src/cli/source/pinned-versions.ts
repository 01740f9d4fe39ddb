/**
 * What `herald://shop/customer/2` means where no registry is asked to check: the second content the file has had, as the history of
 * the branch tells, the file as it is being the latest. Where a registry can be asked, its version 2.
 */
import { fingerprint } from '../../schema/canonical.ts';
import { type RegisteredReference, registeredReferences } from '../../schema/registered.ts';
import { type Api, subjectPath } from '../api.ts';
import type { Io } from '../io.ts';
import { type Collection, type Located, readableValue } from './collection.ts';
import { type Definition, isModuleFile, readDefinition } from './file.ts';
import { moduleRunner } from './module.ts';

export type PinnedVersions = ReadonlyMap<string, Definition['source'] | undefined>;

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
  const versions = new Map<string, Definition['source'] | undefined>();
  const notices: string[] = [];
  const contents = new Map<Located, readonly Definition['source'][]>();
  for (const [uri, reference] of referencesIn([...collections, ...past])) {
    const target = targets.get(`${reference.catalog}/${reference.subject}`);
    // what a module was cannot be told from its text alone
    if (!target || isModuleFile(target.file) || target.link) continue;
    const known = contents.get(target) ?? (await contentsOf(io, target));
    contents.set(target, known);
    const source = (await registered(api, reference)) ?? known[reference.number - 1];
    versions.set(uri, source);
    if (source === undefined)
      notices.push(
        `${uri} is version ${reference.number}, and the history of ${target.file} here knows ${known.length}: check with --registry, or name a version that exists`,
      );
  }
  return { versions, notices };
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
): Promise<Definition['source'] | undefined> {
  const path = `${subjectPath(catalog, subject)}/versions/${number}/schema`;
  return api?.call('GET', path).then(
    ({ text }) => ({ text }),
    () => undefined, // a version the registry does not have may be the one that this change makes
  );
}

/** Each content of the file once, oldest first, the one it has now last. */
async function contentsOf(io: Io, target: Located): Promise<readonly Definition['source'][]> {
  const sources = new Map<string, Definition['source']>();
  for (const text of await pastTexts(io, target.file)) {
    const definition = await readDefinition({ path: target.file, text }, moduleRunner(io.cwd));
    if ('flaws' in definition) continue;
    const value = readableValue({ ...definition, file: target.file, text });
    sources.set(fingerprint(value), definition.source);
  }
  const now = fingerprint(readableValue(target));
  sources.delete(now);
  return [...sources.values(), target.source];
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
