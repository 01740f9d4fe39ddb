/**
 * Copies what look-ups answer into a place. What the place holds already is kept in a file of its own for each catalog, so that the
 * next run asks only for what is new: content never changes, and of a subject whose latest version and stage are the same nothing does.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { Fault } from '../../errors.ts';
import { isObject, type Json } from '../../schema/json.ts';
import { type Api, subjectPath } from '../api.ts';
import { artifactPages, catalogPage, type Page, schemaPages, versionPages } from './pages.ts';
import type { StaticPlace } from './place.ts';

export interface Copied {
  readonly subjects: number;
  readonly unchanged: number;
  readonly written: number;
  readonly removed: number;
  /** Artifacts that the registry refused to make, as paths. */
  readonly refused: readonly string[];
}

export interface CopyOptions {
  readonly api: Api;
  readonly place: StaticPlace;
  /** Of Herald: another release may make other artifacts. */
  readonly release: string;
  readonly onSubject: (done: number) => void;
}

/** Subjects copied at once. */
const width = 8;
const pageSize = 1_000;
/** Subjects after which what is there is put down: a run that was cut off goes on from there. */
const keptEvery = 1_000;

/** What the place holds of a subject. */
interface Held {
  readonly latest: number;
  readonly stage: string;
  readonly versions: readonly number[];
}

interface HeldCatalog {
  /** The catalog's rules and the release that artifacts were made with. */
  readonly maker: string;
  readonly subjects: Map<string, Held>;
}

interface Subject {
  readonly name: string;
  readonly latest: number;
  readonly stage: string;
}

export async function copyLookUps(options: CopyOptions): Promise<Copied> {
  const total = { subjects: 0, unchanged: 0, written: 0, removed: 0 };
  const refused: string[] = [];
  const ask = patient(options.api);
  const { place, release } = options;

  const write = async (page: Page): Promise<Json> => {
    const { text, json, headers } = await ask(page.path);
    await place.write(page, { text, mediaType: headers.get('content-type') ?? 'application/json' });
    total.written += 1;
    return json;
  };
  const remove = async (pages: readonly Page[]) => {
    for (const page of pages) await place.remove(page);
    total.removed += pages.length;
  };

  const copyVersion = async (path: string, number: number) => {
    const [version] = await Promise.all(versionPages(path, number).map(write));
    if (!isObject(version) || typeof version.id !== 'number' || typeof version.fingerprint !== 'string')
      throw unexpected(`${path}/versions/${number}`);
    const { id, fingerprint } = version;
    for (const page of schemaPages(id, fingerprint)) await write(page);
  };

  const copyArtifacts = async (path: string, number: number) => {
    for (const page of artifactPages(path, number))
      await write(page).catch((error: unknown) => {
        if (!(error instanceof Fault) || error.code !== 'GENERATION_TOO_COSTLY') throw error;
        refused.push(page.path);
      });
  };

  const copyLatest = async (path: string) => {
    for (const page of versionPages(path, 'latest'))
      await write(page).catch((error: unknown) => {
        if (!(error instanceof Fault) || error.code !== 'SUBJECT_RETIRED') throw error;
        return remove([page]);
      });
  };

  const removeVersions = async (path: string, numbers: readonly number[]) => {
    for (const number of numbers) await remove([...versionPages(path, number), ...artifactPages(path, number)]);
  };

  const copySubject = async (
    catalog: string,
    { name, latest, stage }: Subject,
    held: Held | undefined,
    sameMaker: boolean,
  ): Promise<Held> => {
    // a plan may change in its words without another stage
    const isSame = held?.latest === latest && held.stage === stage && stage === 'active' && sameMaker;
    if (isSame) {
      total.unchanged += 1;
      return held;
    }
    const path = subjectPath(catalog, name);
    const versions: number[] = [];
    for await (const { number } of listed(ask, `${path}/versions`)) versions.push(Number(number));
    const before = new Set(held?.versions);
    const remade = !sameMaker || stage !== 'active' || held?.stage !== stage;
    for (const number of versions) {
      if (!before.has(number)) await copyVersion(path, number);
      if (remade || !before.has(number)) await copyArtifacts(path, number);
    }
    await copyLatest(path);
    await removeVersions(
      path,
      [...before].filter((number) => !versions.includes(number)),
    );
    return { latest, stage, versions };
  };

  const copyCatalog = async (catalog: string, fingerprint: string) => {
    const keptUnder = `herald-static/${catalog}.json`;
    const maker = `${release} ${fingerprint}`;
    const held = heldIn(await place.recall(keptUnder), keptUnder);
    const sameMaker = held.maker === maker;
    const seen = new Set<string>();
    // until every subject was made again, the former maker stands
    const keep = (by: string) =>
      place.keep(keptUnder, JSON.stringify({ maker: by, subjects: Object.fromEntries(held.subjects) }));
    await write(catalogPage(catalog));
    await inParallel(listed(ask, `/v1/catalogs/${encodeURIComponent(catalog)}/subjects`), async (row) => {
      const subject = subjectIn(row);
      seen.add(subject.name);
      const copied = await copySubject(catalog, subject, held.subjects.get(subject.name), sameMaker);
      held.subjects.set(subject.name, copied);
      total.subjects += 1;
      options.onSubject(total.subjects);
      if (total.subjects % keptEvery === 0) await keep(held.maker);
    });
    for (const [name, { versions }] of held.subjects) {
      if (seen.has(name)) continue;
      const path = subjectPath(catalog, name);
      await removeVersions(path, versions);
      await remove(versionPages(path, 'latest'));
      held.subjects.delete(name);
    }
    await keep(maker);
  };

  const { json } = await ask('/v1/catalogs');
  for (const row of Array.isArray(json.items) ? json.items : []) {
    if (!isObject(row) || typeof row.name !== 'string' || typeof row.fingerprint !== 'string')
      throw unexpected('/v1/catalogs');
    await copyCatalog(row.name, row.fingerprint);
  }
  await place.write(notFoundPage, { text: notFoundText, mediaType: 'application/json' });
  return { ...total, refused };
}

/** What a web server should answer in place of its own page: clients tell a version that is not there from an outage by it. */
const notFoundPage: Page = { path: '/404.json', hasPathsBelow: false, cacheControl: 'public, max-age=10' };
const notFoundText = JSON.stringify({
  error: {
    code: 'VERSION_NOT_FOUND',
    message: 'These files, copied from a registry, hold no such version, schema or catalog.',
    details: {},
  },
});

type Ask = (path: string) => ReturnType<Api['call']>;

/** A registry that asks to come back later is asked again, a few times. */
function patient(api: Api): Ask {
  return async (path) => {
    for (let attempt = 1; ; attempt += 1)
      try {
        return await api.call('GET', path);
      } catch (error) {
        const isBusy = error instanceof Fault && (error.status === 429 || error.status === 503);
        if (!isBusy || attempt === tries) throw error;
        const { retryAfterSeconds } = error.details;
        await sleep(1_000 * (typeof retryAfterSeconds === 'number' ? retryAfterSeconds : attempt));
      }
  };
}

const tries = 5;

async function* listed(ask: Ask, path: string): AsyncGenerator<Readonly<Record<string, Json>>> {
  for (let cursor: string | undefined; ; ) {
    const after = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const { json } = await ask(`${path}?limit=${pageSize}${after}`);
    if (!Array.isArray(json.items)) throw unexpected(path);
    for (const item of json.items) if (isObject(item)) yield item;
    if (typeof json.cursor !== 'string') return;
    cursor = json.cursor;
  }
}

function subjectIn({ name, latest, stage }: Readonly<Record<string, Json>>): Subject {
  if (typeof name === 'string' && typeof latest === 'number' && typeof stage === 'string')
    return { name, latest, stage };
  throw unexpected('/v1/catalogs/…/subjects');
}

function unexpected(path: string): Fault {
  return new Fault(
    'REGISTRY_ANSWER_INVALID',
    { path },
    { message: `The answer to ${path} is not what a registry answers.` },
  );
}

function heldIn(text: string | undefined, name: string): HeldCatalog {
  if (text === undefined) return { maker: '', subjects: new Map() };
  try {
    const { maker, subjects } = JSON.parse(text) as { maker: string; subjects: Record<string, Held> };
    return { maker, subjects: new Map(Object.entries(subjects)) };
  } catch (cause) {
    const message = `${name} is damaged. Remove it, and everything is written again.`;
    throw new Fault('INPUT_UNREADABLE', { file: name }, { message, cause });
  }
}

/** Takes the next when one is done; the first failure ends it once those under way have ended. */
async function inParallel<Item>(items: AsyncIterable<Item>, run: (item: Item) => Promise<void>): Promise<void> {
  const iterator = items[Symbol.asyncIterator]();
  let isOver = false;
  const worker = async () => {
    while (!isOver) {
      const next = await iterator.next();
      if (next.done) return;
      await run(next.value).catch((error: unknown) => {
        isOver = true;
        throw error;
      });
    }
  };
  const ended = await Promise.allSettled(Array.from({ length: width }, worker));
  for (const end of ended) if (end.status === 'rejected') throw end.reason;
}
