/** Subjects and their versions. */
import { Fault } from '../../errors.ts';
import type { PlacedVersion } from '../../registry/ports.ts';
import type { Json } from '../../schema/json.ts';
import { isObject, member } from '../../schema/json.ts';
import { type Asked, contextOf } from '../deps.ts';
import { asGiven, contentMembers, formatted, guidOf, list, versionEntity } from '../entity.ts';
import { refusals } from '../error.ts';
import { lookUp, register } from '../registering.ts';
import { flag, type Named, paged, schemaRequest, subjectOf, versionOf } from '../request.ts';
import type { ConfluentRoute } from '../route.ts';
import { modeOf, putSetting, settingsOf } from '../setting.ts';
import { decodeSubject, defaultContext, qualifiedOf } from '../subject-name.ts';

const listSubjects: ConfluentRoute = {
  id: 'confluent.listSubjects',
  method: 'GET',
  path: '/subjects',
  permission: 'read',
  handle: async (asked) => {
    const withDeleted = flag(asked, 'deleted');
    const onlyDeleted = flag(asked, 'deletedOnly');
    const all = await asked.deps.store.subjectNames(asked.catalog);
    const wanted = all.filter(({ latest }) => (onlyDeleted ? latest === 0 : withDeleted || latest > 0));
    const names = wanted.map(({ name }) => decodeSubject(name)).filter((name) => isWanted(asked, name));
    return list(paged(asked, names.toSorted()));
  },
};

/** A prefix `:*:` is every context; none, the default one, or that of the path. */
function isWanted({ query, contextName }: Asked, name: string): boolean {
  const prefix = query.get('subjectPrefix') ?? (contextName === defaultContext ? '' : `:${contextName}:`);
  if (prefix.startsWith(':*:')) return qualifiedOf(name).subject.startsWith(prefix.slice(3));
  if (prefix === '' || prefix === ':.:') return true;
  return name.startsWith(prefix);
}

/** Versions of a subject, those withdrawn among them; a subject that never was is 40401. */
async function versionsOf(
  asked: Asked,
  { name, shown }: Named,
  number?: number | 'latest',
): Promise<readonly PlacedVersion[]> {
  const placed = await asked.deps.store.placed({
    catalog: asked.catalog,
    subject: name,
    ...(number !== undefined && { number }),
  });
  if (placed.length > 0 || number === undefined) return placed;
  const any = await asked.deps.store.placed({ catalog: asked.catalog, subject: name, live: !flag(asked, 'deleted') });
  if (any.length === 0) throw refusals.subjectNotFound(shown);
  return [];
}

const listVersions: ConfluentRoute = {
  id: 'confluent.listVersions',
  method: 'GET',
  path: '/subjects/{subject}/versions',
  permission: 'read',
  handle: async (asked) => {
    const subject = subjectOf(asked);
    const placed = await versionsOf(asked, subject);
    const negative = flag(asked, 'deletedAsNegative');
    const wanted = placed.filter(({ withdrawnAt }) =>
      flag(asked, 'deletedOnly')
        ? withdrawnAt !== undefined
        : flag(asked, 'deleted') || negative || withdrawnAt === undefined,
    );
    if (wanted.length === 0) throw refusals.subjectNotFound(subject.shown);
    return list(
      paged(
        asked,
        wanted.map(({ number, withdrawnAt }) => (negative && withdrawnAt ? -number : number)),
      ),
    );
  },
};

const registerRoute: ConfluentRoute = {
  id: 'confluent.register',
  method: 'POST',
  path: '/subjects/{subject}/versions',
  permission: 'publish',
  handle: async (asked) => {
    const subject = subjectOf(asked);
    const placed = await register(asked, subject, schemaRequest(asked.body));
    return { json: await registered(asked, placed) };
  },
};

/** Older clients compare the whole body: they get the id alone. */
export async function registered(asked: Asked, placed: PlacedVersion): Promise<Json> {
  const { number } = placed;
  const schema = asGiven(placed);
  if (!asked.takesMore) return { id: schema.id };
  const text = await formatted(asked.deps, asked.catalog, schema, asked.query.get('format'));
  return {
    id: schema.id,
    version: number,
    guid: guidOf(schema),
    ...contentMembers(schema, text),
  };
}

const lookUpRoute: ConfluentRoute = {
  id: 'confluent.lookUp',
  method: 'POST',
  path: '/subjects/{subject}',
  permission: 'read',
  handle: async (asked) => {
    const placed = await lookUp(asked, subjectOf(asked), schemaRequest(asked.body), flag(asked, 'deleted'));
    return { json: await entity(asked, placed) };
  },
};

async function entity(asked: Asked, placed: PlacedVersion): Promise<Json> {
  return versionEntity(placed, await formatted(asked.deps, asked.catalog, asGiven(placed), asked.query.get('format')));
}

/** The version a path names; a withdrawn one only where `deleted` is asked for. */
async function versionAt(asked: Asked): Promise<PlacedVersion> {
  const subject = subjectOf(asked);
  const number = versionOf(asked.params.version ?? '');
  const withDeleted = flag(asked, 'deleted');
  const placed = await versionsOf(asked, subject, number);
  const found = placed.find(({ withdrawnAt }) => withDeleted || withdrawnAt === undefined);
  if (found) return found;
  const all = await asked.deps.store.placed({ catalog: asked.catalog, subject: subject.name });
  const readable = all.filter(({ withdrawnAt }) => withDeleted || withdrawnAt === undefined);
  const last = readable.at(-1);
  if (last === undefined) throw refusals.subjectNotFound(subject.shown);
  if (number === 'latest') return last;
  throw refusals.versionNotFound(number);
}

const getVersion: ConfluentRoute = {
  id: 'confluent.getVersion',
  method: 'GET',
  path: '/subjects/{subject}/versions/{version}',
  permission: 'read',
  handle: async (asked) => ({ json: await entity(asked, await versionAt(asked)) }),
};

const getVersionSchema: ConfluentRoute = {
  id: 'confluent.getVersionSchema',
  method: 'GET',
  path: '/subjects/{subject}/versions/{version}/schema',
  permission: 'read',
  handle: async (asked) => {
    const schema = asGiven(await versionAt(asked));
    return { text: await formatted(asked.deps, asked.catalog, schema, asked.query.get('format')) };
  },
};

const referencedBy: ConfluentRoute = {
  id: 'confluent.referencedBy',
  method: 'GET',
  path: '/subjects/{subject}/versions/{version}/referencedby',
  permission: 'read',
  handle: async (asked) => {
    const { subject, number } = await versionAt(asked);
    const referrers = await asked.deps.store.referrers(asked.catalog, subject, number);
    const wanted = referrers.filter(({ withdrawnAt }) => flag(asked, 'deleted') || withdrawnAt === undefined);
    return list(paged(asked, [...new Set(wanted.map(({ schemaId }) => schemaId))]));
  },
};

const latestWithMetadata: ConfluentRoute = {
  id: 'confluent.latestWithMetadata',
  method: 'GET',
  path: '/subjects/{subject}/metadata',
  permission: 'read',
  handle: async (asked) => {
    const subject = subjectOf(asked);
    const placed = await asked.deps.store.placed({
      catalog: asked.catalog,
      subject: subject.name,
      live: !flag(asked, 'deleted'),
    });
    if (placed.length === 0) throw refusals.subjectNotFound(subject.shown);
    const values = asked.query.getAll('value');
    const wanted = asked.query.getAll('key').map((key, index) => [key, values[index]] as const);
    const found = placed.findLast(({ schema }) => {
      const metadata = schema.attached?.metadata;
      const properties = isObject(metadata) ? member(metadata, 'properties') : undefined;
      return isObject(properties) && wanted.every(([key, value]) => member(properties, key) === value);
    });
    if (found === undefined) throw refusals.schemaNotFound();
    return { json: await entity(asked, found) };
  },
};

async function refuseUnlessWritable(asked: Asked, subject: Named, numbers: readonly number[]): Promise<void> {
  const { shown, name } = subject;
  const { caller, catalog, deps } = asked;
  const mode = modeOf(await settingsOf(deps.store, catalog), shown);
  if (mode === 'READONLY' || mode === 'READONLY_OVERRIDE')
    throw refusals.notPermitted(`Subject ${shown} is in read-only mode: set its mode to READWRITE first`);
  if (caller.can('steward', { catalog, subject: name })) return;
  for (const number of numbers) {
    const service = (await deps.store.version(catalog, name, number))?.contract.producer;
    const about = { catalog, subject: name, ...(service !== undefined && { service }) };
    if (!caller.can('publish', about)) throw new Fault('FORBIDDEN', { permission: 'publish', ...about });
  }
  await refuseUsed(asked, subject, numbers);
}

/** What is gone is compared with no more: whoever publishes cannot take away what others rely on. */
async function refuseUsed({ deps, catalog }: Asked, { shown, name }: Named, numbers: readonly number[]): Promise<void> {
  const usage = await deps.store.usage({ catalog, subject: name });
  const users = usage.filter(({ number }) => numbers.includes(number)).map(({ service }) => service);
  const consumers = await deps.store.consumers(catalog, name);
  const declared = consumers.filter(({ origin }) => origin === 'declared').map(({ service }) => service);
  const services = [...new Set([...users, ...declared])].sort();
  if (services.length > 0)
    throw refusals.notPermitted(
      `Subject ${shown} is used by ${services.slice(0, maxNamed).join(', ')}: a steward may delete its versions`,
    );
}

/** Services named in one refusal. */
const maxNamed = 20;

async function refuseReferenced(asked: Asked, { shown, name }: Named, numbers: readonly number[]): Promise<void> {
  for (const number of numbers) {
    const referrers = await asked.deps.store.referrers(asked.catalog, name, number);
    const left = referrers.filter((each) => !(each.subject === name && numbers.includes(each.number)));
    if (left.some(({ withdrawnAt }) => withdrawnAt === undefined || flag(asked, 'permanent')))
      throw refusals.referenced(shown, number);
  }
}

async function take(asked: Asked, subject: Named, numbers: readonly number[], permanent: boolean): Promise<void> {
  const { store } = contextOf(asked);
  const { catalog, caller } = asked;
  await store.write(async (transaction) => {
    await transaction.lockSubject(catalog, subject.name);
    // newest first: what refers to an older version of the same subject goes before it
    for (const number of numbers.toReversed())
      if (permanent) await transaction.remove(catalog, subject.name, number);
      else await transaction.withdraw(catalog, subject.name, number);
    await transaction.appendAudit({
      action: permanent ? 'version.remove' : 'version.withdraw',
      catalog,
      subject: subject.name,
      actor: caller.actor,
      ...(caller.correlationId !== undefined && { correlationId: caller.correlationId }),
      outcome: 'done',
      details: { numbers },
    });
  });
}

const deleteVersion: ConfluentRoute = {
  id: 'confluent.deleteVersion',
  method: 'DELETE',
  path: '/subjects/{subject}/versions/{version}',
  permission: 'read',
  handle: async (asked) => {
    const subject = subjectOf(asked);
    const wanted = versionOf(asked.params.version ?? '');
    const permanent = flag(asked, 'permanent');
    const placed = await asked.deps.store.placed({ catalog: asked.catalog, subject: subject.name });
    if (placed.length === 0) throw refusals.subjectNotFound(subject.shown);
    const live = placed.filter(({ withdrawnAt }) => withdrawnAt === undefined);
    const found =
      wanted === 'latest' ? (permanent ? placed : live).at(-1) : placed.find(({ number }) => number === wanted);
    if (found === undefined)
      throw wanted === 'latest' ? refusals.subjectNotFound(subject.shown) : refusals.versionNotFound(wanted);
    const { number, withdrawnAt } = found;
    if (!permanent && withdrawnAt !== undefined) throw refusals.versionDeleted(subject.shown, number);
    if (permanent && withdrawnAt === undefined) throw refusals.versionNotDeleted(subject.shown, number);
    await refuseUnlessWritable(asked, subject, [number]);
    await refuseReferenced(asked, subject, [number]);
    await take(asked, subject, [number], permanent);
    return { json: number };
  },
};

const deleteSubject: ConfluentRoute = {
  id: 'confluent.deleteSubject',
  method: 'DELETE',
  path: '/subjects/{subject}',
  permission: 'read',
  handle: async (asked) => {
    const subject = subjectOf(asked);
    const permanent = flag(asked, 'permanent');
    const placed = await asked.deps.store.placed({ catalog: asked.catalog, subject: subject.name });
    if (placed.length === 0) throw refusals.subjectNotFound(subject.shown);
    const live = placed.filter(({ withdrawnAt }) => withdrawnAt === undefined);
    if (!permanent && live.length === 0) throw refusals.subjectDeleted(subject.shown);
    if (permanent && live.length > 0) throw refusals.subjectNotDeleted(subject.shown);
    const numbers = (permanent ? placed : live).map(({ number }) => number);
    await refuseUnlessWritable(asked, subject, numbers);
    await refuseReferenced(asked, subject, numbers);
    await take(asked, subject, numbers, permanent);
    // the subject's own settings go with it
    await asked.deps.store.write((transaction) =>
      putSetting(transaction, asked.catalog, subject.shown, { config: null, mode: null }),
    );
    return list(numbers);
  },
};

export const subjectRoutes: readonly ConfluentRoute[] = [
  listSubjects,
  listVersions,
  registerRoute,
  lookUpRoute,
  getVersion,
  getVersionSchema,
  referencedBy,
  latestWithMetadata,
  deleteVersion,
  deleteSubject,
];
