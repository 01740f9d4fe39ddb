/** Schemas by id and GUID, and lists of them. */
import type { PlacedVersion } from '../../registry/ports.ts';
import type { SchemaRecord } from '../../registry/records.ts';
import type { Json, JsonObject } from '../../schema/json.ts';
import type { Asked } from '../deps.ts';
import { asGiven, contentMembers, formatted, guidOf, list, versionEntity } from '../entity.ts';
import { refusals } from '../error.ts';
import { flag, maxInteger, paged, subjectOf } from '../request.ts';
import type { ConfluentReply, ConfluentRoute } from '../route.ts';
import { decodeSubject, defaultContext, qualifiedOf } from '../subject-name.ts';

/** Where an id stands; withdrawn versions keep it readable, removed ones do not. */
async function placesOf({ deps, catalog, params }: Asked): Promise<readonly PlacedVersion[]> {
  const text = params.id ?? '';
  const id = /^\d{1,10}$/.test(text) ? Number(text) : 0;
  const placed = id < 1 || id > maxInteger ? [] : await deps.store.placed({ catalog, schemaId: id });
  if (placed.length === 0) throw refusals.schemaIdNotFound(text.slice(0, 20));
  return placed;
}

/** Where the request names a subject, the place there. */
function placeAsked(asked: Asked, placed: readonly PlacedVersion[]): PlacedVersion {
  const named = asked.query.get('subject');
  const own = named === null ? undefined : placed.find(({ subject }) => subject === subjectOf(asked, named).name);
  return own ?? placed[0]!;
}

/** An id alone has one text, however many subjects write it in their own words. */
function schemaAsked(asked: Asked, placed: readonly PlacedVersion[]): SchemaRecord {
  const place = placeAsked(asked, placed);
  return asked.query.has('subject') ? asGiven(place) : place.schema;
}

const mediaType = 'application/vnd.schemaregistry.v1+json';

/** Said once, it is true until a version that has the id is removed. */
function remember({ deps, url }: Asked, schema: SchemaRecord, isFresh: () => boolean, text: string): void {
  deps.replies.set(url, {
    route: 'confluent.getSchema',
    text,
    etag: schema.fingerprint,
    caching: 'immutable',
    mediaType,
    isFresh,
  });
}

const getSchema: ConfluentRoute = {
  id: 'confluent.getSchema',
  method: 'GET',
  path: '/schemas/ids/{id}',
  permission: 'read',
  handle: async (asked) => {
    const { subject } = placeAsked(asked, await placesOf(asked));
    // read once more under the watch: what changes meanwhile is not remembered as unchanged
    const unchanged = asked.deps.freshness.since(asked.catalog, subject);
    const schema = schemaAsked(asked, await placesOf(asked));
    const text = await formatted(asked.deps, asked.catalog, schema, asked.query.get('format'));
    const json = contentMembers(schema, text);
    if (flag(asked, 'fetchMaxId')) return { json: { ...json, maxId: await maxId(asked) } };
    remember(asked, schema, unchanged, JSON.stringify(json));
    return { json };
  },
};

async function maxId({ deps, catalog }: Asked): Promise<number> {
  const all = await deps.store.placed({ catalog });
  return all.reduce((highest, { schema }) => Math.max(highest, schema.id), 0);
}

const getSchemaText: ConfluentRoute = {
  id: 'confluent.getSchemaText',
  method: 'GET',
  path: '/schemas/ids/{id}/schema',
  permission: 'read',
  handle: async (asked) => {
    const schema = schemaAsked(asked, await placesOf(asked));
    return { text: await formatted(asked.deps, asked.catalog, schema, asked.query.get('format')) };
  },
};

function visible(asked: Asked, placed: readonly PlacedVersion[]): readonly PlacedVersion[] {
  const subject = asked.query.get('subject');
  return placed
    .filter(({ withdrawnAt }) => flag(asked, 'deleted') || withdrawnAt === undefined)
    .filter(({ subject: name }) => subject === null || subject === '' || isOf(subject, decodeSubject(name)));
}

/** A subject, or a context `:.name:` and everything in it. */
function isOf(wanted: string, name: string): boolean {
  const { context, subject } = qualifiedOf(wanted);
  return subject === '' ? qualifiedOf(name).context === context : name === wanted;
}

const subjectsOfId: ConfluentRoute = {
  id: 'confluent.subjectsOfId',
  method: 'GET',
  path: '/schemas/ids/{id}/subjects',
  permission: 'read',
  handle: async (asked) => {
    const placed = visible(asked, await placesOf(asked));
    return list(paged(asked, [...new Set(placed.map(({ subject }) => decodeSubject(subject)))]));
  },
};

const versionsOfId: ConfluentRoute = {
  id: 'confluent.versionsOfId',
  method: 'GET',
  path: '/schemas/ids/{id}/versions',
  permission: 'read',
  handle: async (asked) => {
    const placed = visible(asked, await placesOf(asked));
    return list(
      paged(
        asked,
        placed.map(({ subject, number }) => ({ subject: decodeSubject(subject), version: number })),
      ),
    );
  },
};

async function byGuid({ deps, catalog, params }: Asked): Promise<readonly PlacedVersion[]> {
  const guid = (params.guid ?? '').toLowerCase();
  const digits = guid.replaceAll('-', '');
  const schema = /^[0-9a-f]{32}$/.test(digits) ? await deps.store.schemaByPrefix(digits) : undefined;
  const placed = schema ? await deps.store.placed({ catalog, schemaId: schema.id }) : [];
  if (placed.length === 0) throw refusals.schemaIdNotFound(guid.slice(0, 40));
  return placed;
}

const getByGuid: ConfluentRoute = {
  id: 'confluent.getByGuid',
  method: 'GET',
  path: '/schemas/guids/{guid}',
  permission: 'read',
  handle: async (asked) => {
    const [first] = await byGuid(asked);
    const text = await formatted(asked.deps, asked.catalog, first!.schema, asked.query.get('format'));
    return { json: { guid: guidOf(first!.schema), ...contentMembers(first!.schema, text) } };
  },
};

const idsOfGuid: ConfluentRoute = {
  id: 'confluent.idsOfGuid',
  method: 'GET',
  path: '/schemas/guids/{guid}/ids',
  permission: 'read',
  handle: async (asked) => {
    const placed = await byGuid(asked);
    const contexts = [...new Set(placed.map(({ subject }) => qualifiedOf(decodeSubject(subject)).context))].sort();
    return list(contexts.map((context) => ({ context, id: placed[0]!.schema.id })));
  },
};

const types: ConfluentRoute = {
  id: 'confluent.types',
  method: 'GET',
  path: '/schemas/types',
  permission: 'read',
  handle: async () => list(['JSON', 'PROTOBUF', 'AVRO']),
};

const listSchemas: ConfluentRoute = {
  id: 'confluent.listSchemas',
  method: 'GET',
  path: '/schemas',
  permission: 'read',
  handle: async (asked): Promise<ConfluentReply> => {
    const placed = await asked.deps.store.placed({ catalog: asked.catalog, live: !flag(asked, 'deleted') });
    const prefix =
      asked.query.get('subjectPrefix') ?? (asked.contextName === defaultContext ? '' : `:${asked.contextName}:`);
    const wanted = placed.filter(({ subject }) => prefix === ':*:' || decodeSubject(subject).startsWith(prefix));
    const shown = flag(asked, 'latestOnly') ? newest(wanted) : wanted;
    const made: Json[] = [];
    for (const version of paged(asked, shown)) made.push(await entityOf(asked, version));
    return list(made);
  },
};

function newest(placed: readonly PlacedVersion[]): readonly PlacedVersion[] {
  return [...new Map(placed.map((version) => [version.subject, version])).values()];
}

async function entityOf(asked: Asked, version: PlacedVersion): Promise<JsonObject> {
  return versionEntity(
    version,
    await formatted(asked.deps, asked.catalog, asGiven(version), asked.query.get('format')),
  );
}

export const schemaRoutes: readonly ConfluentRoute[] = [
  types,
  getSchema,
  getSchemaText,
  subjectsOfId,
  versionsOfId,
  getByGuid,
  idsOfGuid,
  listSchemas,
];
