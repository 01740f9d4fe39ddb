/** Subjects: lists, one subject, its settings. */
import * as z from 'zod';
import { changeSettings } from '../../registry/catalogs/change-settings.ts';
import { describe } from '../../registry/catalogs/describe.ts';
import { listSubjects } from '../../registry/catalogs/lists.ts';
import { consumerOf, noticeOf, subjectOf } from '../present.ts';
import { route } from '../route.ts';
import { freeText, inCatalog, inSubject, none, paged, pageOf, stageShape } from '../shapes/parameters.ts';
import { settingsShape, subjectSummary, subjectView } from '../shapes/subject.ts';

const filter = (what: string) => freeText(200).optional().meta({ description: what });

export const listSubjectsRoute = route({
  method: 'get',
  path: '/v1/catalogs/{catalog}/subjects',
  id: 'listSubjects',
  group: 'Subjects',
  summary: 'Lists a catalog’s subjects, by name.',
  params: inCatalog,
  query: z.strictObject({
    owner: filter('Only those of this owner.'),
    classification: filter('Only those of this level.'),
    tag: filter('Only those with a field of this tag.'),
    stage: stageShape.optional().meta({ description: 'Only those in this stage.' }),
    q: filter('Part of the name or title, in any case.'),
    ...paged,
  }),
  replies: { 200: { description: 'A page of subjects.', schema: pageOf(subjectSummary) } },
  faults: ['CATALOG_NOT_FOUND', 'CURSOR_INVALID'],
  permission: 'read',
  example: 'curl "$HERALD/v1/catalogs/choice-sherpa/subjects?q=session&limit=10"',
  handle: async ({ params, query, context }) => {
    const { limit, cursor, q, ...stated } = query;
    const page = await listSubjects(context, params.catalog, { ...stated, text: q }, { limit, cursor });
    return { status: 200, json: { ...page, items: page.items.map(subjectOf) } };
  },
});

export const getSubjectRoute = route({
  method: 'get',
  path: '/v1/catalogs/{catalog}/subjects/{subject}',
  id: 'getSubject',
  group: 'Subjects',
  summary: 'Gives a subject with its consumers and, while it is deprecated, its plan.',
  params: inSubject,
  query: none,
  replies: { 200: { description: 'The subject.', schema: subjectView } },
  faults: ['CATALOG_NOT_FOUND', 'SUBJECT_NOT_FOUND'],
  permission: 'read',
  example: 'curl $HERALD/v1/catalogs/choice-sherpa/subjects/session.created',
  handle: async ({ params, context }) => {
    const { summary, consumers, plan } = await describe(context, params);
    return {
      status: 200,
      json: { ...subjectOf(summary), consumers: consumers.map(consumerOf), deprecation: plan },
      headers: noticeOf(plan),
    };
  },
});

export const putSettingsRoute = route({
  method: 'put',
  path: '/v1/catalogs/{catalog}/subjects/{subject}/settings',
  id: 'putSettings',
  group: 'Subjects',
  summary: 'Replaces a subject’s settings.',
  description:
    'What is left out falls back to the catalog’s. Versions that are registered already are not checked again.',
  params: inSubject,
  query: none,
  body: { kind: 'json', schema: settingsShape, example: { level: 'BACKWARD' } },
  replies: { 200: { description: 'The settings as they are now.', schema: settingsShape } },
  faults: ['CATALOG_NOT_FOUND', 'SUBJECT_NOT_FOUND', 'SUBJECT_LOCKED'],
  permission: 'steward',
  action: 'settings.change',
  example: `curl -X PUT $HERALD/v1/catalogs/choice-sherpa/subjects/session.created/settings -H "Content-Type: application/json" -d '{"level":"FULL"}'`,
  handle: async ({ params, body, context }) => ({ status: 200, json: await changeSettings(context, params, body) }),
});
