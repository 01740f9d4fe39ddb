/** What the registry says of itself: liveness, contexts, version, and what Confluent's newer clients ask for and is not here. */
import type { Asked } from '../deps.ts';
import { list } from '../entity.ts';
import { ConfluentError, refusals } from '../error.ts';
import { paged } from '../request.ts';
import type { ConfluentRoute } from '../route.ts';
import { decodeSubject, defaultContext, qualifiedOf } from '../subject-name.ts';

const alive = (method: 'GET' | 'POST'): ConfluentRoute => ({
  id: `confluent.root${method === 'GET' ? '' : 'Post'}`,
  method,
  path: '/',
  permission: 'read',
  handle: async () => ({ json: {} }),
});

async function contextsOf({ deps, catalog }: Asked): Promise<readonly string[]> {
  const names = (await deps.store.subjectNames(catalog)).map(({ name }) => decodeSubject(name));
  return [...new Set([defaultContext, ...names.map((name) => qualifiedOf(name).context)])].sort();
}

const listContexts: ConfluentRoute = {
  id: 'confluent.listContexts',
  method: 'GET',
  path: '/contexts',
  permission: 'read',
  handle: async (asked) => {
    const prefix = asked.query.get('contextPrefix') ?? '';
    return list(
      paged(
        asked,
        (await contextsOf(asked)).filter((context) => context.startsWith(prefix)),
      ),
    );
  },
};

const deleteContext: ConfluentRoute = {
  id: 'confluent.deleteContext',
  method: 'DELETE',
  path: '/contexts/{context}',
  permission: 'publish',
  handle: async (asked) => {
    const context = (asked.params.context ?? '').replaceAll(':', '');
    if ((await contextsOf(asked)).includes(context)) throw refusals.contextNotEmpty(context);
    throw new ConfluentError(40401, `Context '${context.slice(0, 100)}' not found.`);
  },
};

const metadataId: ConfluentRoute = {
  id: 'confluent.metadataId',
  method: 'GET',
  path: '/v1/metadata/id',
  permission: 'read',
  handle: async () => ({ json: { scope: { path: [], clusters: {} }, id: '' } }),
};

const metadataVersion: ConfluentRoute = {
  id: 'confluent.metadataVersion',
  method: 'GET',
  path: '/v1/metadata/version',
  permission: 'read',
  handle: async () => ({ json: { version: '8.4.0', commitId: 'herald' } }),
};

const deployment: ConfluentRoute = {
  id: 'confluent.deployment',
  method: 'GET',
  path: '/v1/metadata/deployment',
  permission: 'read',
  handle: async () => ({ json: { attributes: {} } }),
};

/** Clients ask whether a topic has subjects of its own before they fall back to names: it has not. */
const association: ConfluentRoute = {
  id: 'confluent.association',
  method: 'GET',
  path: '/associations/resources/{namespace}/{resource}',
  permission: 'read',
  handle: async (asked) => {
    throw refusals.associationNotFound((asked.params.resource ?? '').slice(0, 100));
  },
};

export const aboutRoutes: readonly ConfluentRoute[] = [
  alive('GET'),
  alive('POST'),
  listContexts,
  deleteContext,
  metadataId,
  metadataVersion,
  deployment,
  association,
];
