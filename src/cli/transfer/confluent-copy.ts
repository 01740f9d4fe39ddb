/**
 * Copies a whole registry over Confluent's interface: ids, version numbers, what was deleted, references, levels and modes. What is
 * there already is left as it is, so that a copy that broke off goes on where it was; at the end everything is compared.
 */
import { Fault } from '../../errors.ts';
import { canonicalize } from '../../schema/canonical.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../schema/json.ts';
import type { Progress } from '../progress.ts';
import { type ConfluentRegistry, numbersIn, textsIn } from './confluent-registry.ts';

export interface Copied {
  readonly created: number;
  readonly same: number;
  /** What differs after all, in words. */
  readonly differences: readonly string[];
}

interface Version {
  readonly subject: string;
  readonly version: number;
  readonly id: number;
  readonly content: JsonObject;
  readonly deleted: boolean;
}

export async function copyConfluent(from: ConfluentRegistry, into: ConfluentRegistry, bar: Progress): Promise<Copied> {
  const versions = inOrder(await versionsOf(from));
  const modes = await settingsOf(from, 'mode', versions);
  const configs = await settingsOf(from, 'config', versions);
  let created = 0;
  await into.send('PUT', '/mode?force=true', { mode: 'IMPORT' });
  try {
    for (const [index, version] of versions.entries()) {
      if (await copyVersion(into, version)) created += 1;
      bar.step(index + 1, versions.length);
    }
    for (const version of versions.filter(({ deleted }) => deleted)) await copyDeletion(into, version);
    for (const [scope, config] of configs) await into.send('PUT', pathOf('config', scope), putConfig(config));
  } finally {
    // whatever happened: a registry left in IMPORT takes ids from everybody
    await into.send('PUT', '/mode?force=true', modes.get('') ?? { mode: 'READWRITE' });
  }
  for (const [scope, mode] of modes)
    if (scope !== '') await into.send('PUT', `${pathOf('mode', scope)}?force=true`, mode);
  return { created, same: versions.length - created, differences: await differencesOf(into, versions, configs) };
}

/** `GET /schemas` gives all there is; whether a version is deleted, the lists of live ones say. */
async function versionsOf(from: ConfluentRegistry): Promise<readonly Version[]> {
  const listed = await from.get('/schemas?subjectPrefix=:*:&deleted=true');
  if (!isArray(listed))
    throw new Fault(
      'REGISTRY_ANSWER_INVALID',
      { url: from.shown },
      { message: `${from.shown} does not list its schemas (GET /schemas). Is this the right address?` },
    );
  const live = new Map<string, ReadonlySet<number>>();
  const found: Version[] = [];
  for (const each of listed) {
    if (
      !isObject(each) ||
      typeof each.subject !== 'string' ||
      typeof each.version !== 'number' ||
      typeof each.id !== 'number'
    )
      continue;
    const { subject, version, id } = each;
    const numbers =
      live.get(subject) ?? new Set(numbersIn(await from.get(`/subjects/${encodeURIComponent(subject)}/versions`)));
    live.set(subject, numbers);
    found.push({ subject, version, id, content: contentOf(each), deleted: !numbers.has(version) });
  }
  return found;
}

const members = ['schemaType', 'references', 'metadata', 'ruleSet', 'schema'] as const;

/** What is of the content, without what is empty. */
function contentOf(entity: JsonObject): JsonObject {
  const stated = members.filter((name) => {
    const value = entity[name];
    return value !== undefined && value !== null && !(isArray(value) && value.length === 0);
  });
  const content = Object.fromEntries(stated.map((name) => [name, entity[name]!]));
  return content.schemaType === 'AVRO'
    ? Object.fromEntries(Object.entries(content).filter(([name]) => name !== 'schemaType'))
    : content;
}

/** What is referred to comes before what refers to it; a subject's versions come in their order. */
function inOrder(versions: readonly Version[]): readonly Version[] {
  const byPlace = new Map(versions.map((version) => [`${version.subject}\n${version.version}`, version]));
  const ordered: Version[] = [];
  const state = new Map<Version, 'open' | 'done'>();
  const sorted = versions.toSorted((a, b) => a.id - b.id || a.version - b.version || (a.subject < b.subject ? -1 : 1));
  const earlier = new Map<string, Version[]>();
  for (const version of versions) earlier.set(version.subject, [...(earlier.get(version.subject) ?? []), version]);
  const stack = sorted.toReversed();
  for (let version = stack.at(-1); version; version = stack.at(-1)) {
    if (state.get(version) !== undefined) {
      if (state.get(version) === 'open') {
        state.set(version, 'done');
        ordered.push(version);
      }
      stack.pop();
      continue;
    }
    state.set(version, 'open');
    const before = (earlier.get(version.subject) ?? []).filter((each) => each.version < version.version);
    for (const each of [...before, ...referencedBy(version, byPlace)]) if (!state.has(each)) stack.push(each);
  }
  return ordered;
}

function referencedBy({ content }: Version, byPlace: ReadonlyMap<string, Version>): readonly Version[] {
  const references: readonly Json[] = isArray(content.references) ? content.references : [];
  return references.flatMap((each) => (isObject(each) ? (byPlace.get(`${each.subject}\n${each.version}`) ?? []) : []));
}

/** False where it is there already. */
async function copyVersion(into: ConfluentRegistry, { subject, version, id, content }: Version): Promise<boolean> {
  const path = `/subjects/${encodeURIComponent(subject)}/versions`;
  const found = await into.get(`${path}/${version}?deleted=true`);
  if (isObject(found)) {
    if (found.id === id && isSame(contentOf(found), content)) return false;
    throw new Fault(
      'IMPORT_CONFLICT',
      { subject, version },
      {
        message: `${into.shown} has another version ${version} of "${subject}" than ${id}: copy into a registry without it.`,
      },
    );
  }
  await into.send('POST', path, { ...content, id, version });
  return true;
}

function isSame(left: JsonObject, right: JsonObject): boolean {
  return canonicalize(left) === canonicalize(right);
}

async function copyDeletion(into: ConfluentRegistry, { subject, version }: Version): Promise<void> {
  const path = `/subjects/${encodeURIComponent(subject)}/versions`;
  const live = numbersIn(await into.get(path));
  if (live.includes(version)) await into.send('DELETE', `${path}/${version}`);
}

/** By scope: all (empty), contexts, subjects. Only their own, not what they inherit. */
async function settingsOf(
  from: ConfluentRegistry,
  kind: 'config' | 'mode',
  versions: readonly Version[],
): Promise<ReadonlyMap<string, JsonObject>> {
  const contexts = textsIn(await from.get('/contexts'))
    .filter((context) => context !== '.')
    .map((context) => `:${context}:`);
  const scopes = ['', ...contexts, ...new Set(versions.map(({ subject }) => subject))];
  const found = new Map<string, JsonObject>();
  for (const scope of scopes) {
    const setting = await from.get(pathOf(kind, scope));
    if (isObject(setting)) found.set(scope, setting);
  }
  return found;
}

function pathOf(kind: 'config' | 'mode', scope: string): string {
  return scope === '' ? `/${kind}` : `/${kind}/${encodeURIComponent(scope)}`;
}

/** What a look-up calls `compatibilityLevel`, a change calls `compatibility`. */
function putConfig({ compatibilityLevel, ...rest }: JsonObject): JsonObject {
  return { ...rest, ...(compatibilityLevel !== undefined && { compatibility: compatibilityLevel }) };
}

const maxDifferences = 20;

async function differencesOf(
  into: ConfluentRegistry,
  versions: readonly Version[],
  configs: ReadonlyMap<string, JsonObject>,
): Promise<readonly string[]> {
  const differences: string[] = [];
  const copied = new Map(
    (await versionsOf(into)).map((version) => [`${version.subject}\n${version.version}`, version]),
  );
  for (const version of versions) {
    const there = copied.get(`${version.subject}\n${version.version}`);
    const name = `"${version.subject}" version ${version.version}`;
    if (there === undefined) differences.push(`${name} is missing`);
    else if (there.id !== version.id) differences.push(`${name} has the id ${there.id}, not ${version.id}`);
    else if (!isSame(there.content, version.content)) differences.push(`${name} has another content`);
    else if (there.deleted !== version.deleted) differences.push(`${name} is ${there.deleted ? '' : 'not '}deleted`);
  }
  for (const [scope, config] of configs) {
    const there = await into.get(pathOf('config', scope));
    if (isObject(there) && there.compatibilityLevel === config.compatibilityLevel) continue;
    differences.push(`the level of ${scope === '' ? 'all' : `"${scope}"`} differs`);
  }
  return differences.slice(0, maxDifferences);
}
