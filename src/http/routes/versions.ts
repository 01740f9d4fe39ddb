/** Versions: registration, and everything that is looked up by subject and version. */
import * as z from 'zod';
import { Fault } from '../../errors.ts';
import { versionFreshness } from '../../registry/freshness.ts';
import { artifactMediaTypes, artifactOf } from '../../registry/versions/artifacts.ts';
import { compareVersions } from '../../registry/versions/compare.ts';
import { listVersions, lookUp, type VersionKey } from '../../registry/versions/look-up.ts';
import { registerStated } from '../../registry/versions/register.ts';
import { refusedBy } from '../../registry/versions/registration.ts';
import { withdrawVersion } from '../../registry/versions/withdraw.ts';
import type { Deps } from '../deps.ts';
import { noticeOf, subjectPath, versionOf, versionText } from '../present.ts';
import type { CachedReply } from '../reply-cache.ts';
import { type Reply, route } from '../route.ts';
import { referencesIn, referencesInQuery, schemaFormat } from '../shapes/definition.ts';
import {
  atVersion,
  freeText,
  inSubject,
  none,
  paged,
  pageOf,
  versionNumber,
  versionOrLatest,
} from '../shapes/parameters.ts';
import { comparisonShape } from '../shapes/report.ts';
import { latestView, registered, schemaDocument, versionSummary, versionView } from '../shapes/version.ts';

const sameAgain = { description: 'The caller has it already.' };

export const registerRoute = route({
  method: 'post',
  path: '/v1/catalogs/{catalog}/subjects/{subject}/versions',
  id: 'registerVersion',
  group: 'Versions',
  summary: 'Checks a document against the catalog’s rules and the subject’s history, and registers it.',
  description:
    'The body is the JSON Schema itself, with its contract under `x-contract`; with `format`, the text of an Avro schema or of a .proto file. Sending the same content again is safe: the reply is the version that has it already.',
  params: inSubject,
  query: z.strictObject({ format: schemaFormat.optional(), references: referencesInQuery.optional() }),
  body: {
    kind: 'document',
    schema: schemaDocument,
    mediaTypes: ['application/json', 'application/schema+json', 'text/plain'],
  },
  replies: {
    200: { description: 'The subject has this content already.', schema: registered },
    201: { description: 'A new version.', schema: registered },
  },
  faults: [
    'CATALOG_NOT_FOUND',
    'VERSION_NOT_FOUND',
    'SUBJECT_NAME_INVALID',
    'SCHEMA_INVALID',
    'SCHEMA_TOO_LARGE',
    'SCHEMA_TOO_DEEP',
    'SCHEMA_DIALECT_UNKNOWN',
    'SCHEMA_REFERENCE_REMOTE',
    'SCHEMA_REFERENCE_UNRESOLVED',
    'SCHEMA_ILL_FOUNDED',
    'SCHEMA_NAME_FORBIDDEN',
    'SCHEMA_PATTERN_UNSUPPORTED',
    'SCHEMA_NUMBER_PRECISION',
    'SCHEMA_TEXT_INVALID',
    'SCHEMA_DUPLICATE_NAME',
    'CONTRACT_INVALID',
    'PRODUCER_UNKNOWN',
    'PRODUCER_NOT_OWNER',
    'CLASSIFICATION_MISSING',
    'CLASSIFICATION_LOWERED',
    'POLICY_REFUSED',
    'INCOMPATIBLE',
    'UNDECIDED',
    'SUBJECT_RETIRED',
    'SUBJECT_LOCKED',
    'MAPPING_INVALID',
    'MAPPING_REFUTED',
    'MAPPING_TOO_COSTLY',
  ],
  permission: 'publish',
  action: 'version.register',
  example:
    'curl -X POST $HERALD/v1/catalogs/choice-sherpa/subjects/session.created/versions -H "Content-Type: application/schema+json" -d @schemas/choice-sherpa/session.created.json',
  handle: async ({ params, query, body, context }) => {
    const { format = 'json' } = query;
    const references = query.references === undefined ? [] : referencesIn(query.references);
    const { version, report, created } = await registerStated(context, {
      ...params,
      format,
      text: body,
      references,
    }).catch((error: unknown) => {
      if (error instanceof Fault) for (const rule of refusedBy(error)) context.metrics.refusal(rule);
      throw error;
    });
    context.metrics.registration(created ? 'new' : 'same');
    const { verdict: _, ...stated } = versionOf(version);
    return {
      status: created ? 201 : 200,
      json: { ...stated, report },
      etag: version.schema.fingerprint,
      headers: { Location: `${subjectPath(version.catalog, version.subject)}/versions/${version.number}` },
    };
  },
});

export const listVersionsRoute = route({
  method: 'get',
  path: '/v1/catalogs/{catalog}/subjects/{subject}/versions',
  id: 'listVersions',
  group: 'Versions',
  summary: 'Lists a subject’s versions, newest first.',
  params: inSubject,
  query: z.strictObject(paged),
  replies: { 200: { description: 'A page of versions, without their documents.', schema: pageOf(versionSummary) } },
  faults: ['CATALOG_NOT_FOUND', 'SUBJECT_NOT_FOUND', 'CURSOR_INVALID'],
  permission: 'read',
  example: 'curl $HERALD/v1/catalogs/choice-sherpa/subjects/session.created/versions',
  handle: async ({ params, query, context }) => {
    const { plan, items, cursor } = await listVersions(context, params, query);
    return { status: 200, json: { items: items.map(versionOf), cursor }, headers: noticeOf(plan) };
  },
});

/** The reply about one version: a pinned one is cached for ever, `latest` for seconds. */
async function aboutVersion(context: Deps, key: VersionKey, kind: 'version' | 'document'): Promise<Reply> {
  const { catalog, subject, version } = key;
  const path = `${subjectPath(catalog, subject)}/versions/${version}${kind === 'document' ? '/schema' : ''}`;
  const held = context.replies.get(path);
  context.metrics.lookUp(held ? 'hit' : 'miss');
  if (held) return { status: 200, ...held };
  const isFresh = versionFreshness(context.freshness, context.clock, key);
  const reply = { ...(await replyAbout(context, key, kind)), isFresh };
  context.replies.set(path, reply);
  return { status: 200, ...reply };
}

async function replyAbout(
  context: Deps,
  key: VersionKey,
  kind: 'version' | 'document',
): Promise<Omit<CachedReply, 'isFresh'>> {
  const { version, subject, plan } = await lookUp(context, key);
  const { fingerprint, text } = version.schema;
  const caching = key.version === 'latest' ? 'fresh' : 'immutable';
  const about = { etag: fingerprint, headers: noticeOf(plan), caching } as const;
  if (kind === 'document')
    return { ...about, route: 'getVersionSchema', text, mediaType: 'application/schema+json; charset=utf-8' };
  if (caching === 'immutable') return { ...about, route: 'getVersion', text: versionText(version) };
  const { stage } = subject;
  return { ...about, route: 'getVersion', text: versionText(version, { stage }), etag: `${fingerprint}.${stage}` };
}

export const getVersionRoute = route({
  method: 'get',
  path: '/v1/catalogs/{catalog}/subjects/{subject}/versions/{version}',
  id: 'getVersion',
  group: 'Versions',
  summary: 'Gives one version, or the latest.',
  description:
    'A pinned version never changes: clients may cache it for ever. `latest` also gives the subject’s stage, and is cached for seconds.',
  params: atVersion,
  query: none,
  replies: { 200: { description: 'The version.', schema: z.union([versionView, latestView]) }, 304: sameAgain },
  faults: ['CATALOG_NOT_FOUND', 'SUBJECT_NOT_FOUND', 'VERSION_NOT_FOUND', 'SUBJECT_RETIRED'],
  permission: 'read',
  example: 'curl -i $HERALD/v1/catalogs/choice-sherpa/subjects/session.created/versions/latest',
  handle: ({ params, context }) => aboutVersion(context, params, 'version'),
});

export const getDocumentRoute = route({
  method: 'get',
  path: '/v1/catalogs/{catalog}/subjects/{subject}/versions/{version}/schema',
  id: 'getVersionSchema',
  group: 'Versions',
  summary: 'Gives the document alone, as it was registered.',
  params: atVersion,
  query: none,
  replies: {
    200: { description: 'The JSON Schema.', schema: schemaDocument, mediaTypes: ['application/schema+json'] },
    304: sameAgain,
  },
  faults: ['CATALOG_NOT_FOUND', 'SUBJECT_NOT_FOUND', 'VERSION_NOT_FOUND', 'SUBJECT_RETIRED'],
  permission: 'read',
  example: 'curl $HERALD/v1/catalogs/choice-sherpa/subjects/session.created/versions/1/schema',
  handle: ({ params, context }) => aboutVersion(context, params, 'document'),
});

export const getArtifactRoute = route({
  method: 'get',
  path: '/v1/catalogs/{catalog}/subjects/{subject}/versions/{version}/artifacts/{name}',
  id: 'getArtifact',
  group: 'Versions',
  summary: 'Gives what code needs from a version: `types.ts`, `schema.json` and so on.',
  description: 'For an unknown name the error lists the known ones.',
  params: z.strictObject({
    ...atVersion.shape,
    name: freeText(100).meta({ description: 'The name of an artifact.', example: 'types.ts' }),
  }),
  query: none,
  replies: {
    200: {
      description: 'The artifact.',
      schema: z.unknown().meta({ description: 'Of those that are JSON.' }),
      mediaTypes: artifactMediaTypes,
    },
  },
  faults: [
    'CATALOG_NOT_FOUND',
    'SUBJECT_NOT_FOUND',
    'VERSION_NOT_FOUND',
    'SUBJECT_RETIRED',
    'ARTIFACT_NOT_FOUND',
    'GENERATION_TOO_COSTLY',
  ],
  permission: 'read',
  example: 'curl $HERALD/v1/catalogs/choice-sherpa/subjects/session.created/versions/latest/artifacts/types.ts',
  handle: async ({ params, context }) => {
    const { name, ...key } = params;
    const { artifact, found } = await artifactOf(context, key, name);
    return { status: 200, text: artifact.text, mediaType: artifact.mediaType, headers: noticeOf(found.plan) };
  },
});

export const withdrawRoute = route({
  method: 'delete',
  path: '/v1/catalogs/{catalog}/subjects/{subject}/versions/{version}',
  id: 'withdrawVersion',
  group: 'Versions',
  summary: 'Withdraws a version that was registered by mistake, while nobody has used it.',
  description:
    'Only the latest version of an active subject, which no other version refers to and of which no service validated events. Its number and schema id are never given again; the audit log keeps who withdrew it and why. `details.because` lists everything that speaks against it.',
  params: z.strictObject({ ...inSubject.shape, version: versionNumber }),
  query: z.strictObject({ reason: freeText(2_000).meta({ description: 'Why, for the audit log.' }) }),
  replies: { 204: { description: 'It was withdrawn.' } },
  faults: ['CATALOG_NOT_FOUND', 'SUBJECT_NOT_FOUND', 'VERSION_NOT_FOUND', 'VERSION_IN_USE', 'SUBJECT_LOCKED'],
  permission: 'publish',
  action: 'version.withdraw',
  handle: async ({ params, query, context }) => {
    const { version: number, ...key } = params;
    // validations are counted in memory first, and each of them is a use
    await context.meter.flush();
    await withdrawVersion(context, { ...key, number, reason: query.reason });
    return { status: 204 };
  },
});

export const compareRoute = route({
  method: 'get',
  path: '/v1/catalogs/{catalog}/subjects/{subject}/compare',
  id: 'compareVersions',
  group: 'Versions',
  summary: 'Compares two versions of a subject.',
  params: inSubject,
  query: z.strictObject({ from: versionOrLatest, to: versionOrLatest.default('latest') }),
  replies: { 200: { description: 'What changed between them, in both worlds.', schema: comparisonShape } },
  faults: ['CATALOG_NOT_FOUND', 'SUBJECT_NOT_FOUND', 'VERSION_NOT_FOUND', 'SUBJECT_RETIRED'],
  permission: 'read',
  example: 'curl "$HERALD/v1/catalogs/choice-sherpa/subjects/session.created/compare?from=1&to=latest"',
  handle: async ({ params, query, context }) => ({ status: 200, json: await compareVersions(context, params, query) }),
});
