/** Deprecation: the dated plan that moves a subject to its successor. */
import * as z from 'zod';
import { Fault } from '../../errors.ts';
import { calendarMediaType, calendarText } from '../../lifecycle/calendar.ts';
import { pageMediaType, pageText } from '../../lifecycle/page.ts';
import { type Transition, transitions } from '../../lifecycle/transition.ts';
import { today } from '../../registry/context.ts';
import { acknowledgeDeprecation } from '../../registry/deprecation/acknowledge.ts';
import { advanceDeprecation } from '../../registry/deprecation/advance.ts';
import { announceDeprecation } from '../../registry/deprecation/announce.ts';
import { deprecationBoard, listDeprecations } from '../../registry/deprecation/board.ts';
import { comparePairs } from '../../registry/deprecation/pairs.ts';
import { reportReaders } from '../../registry/deprecation/readers.ts';
import { deprecationStatus } from '../../registry/deprecation/status.ts';
import { addDays } from '../../schema/duration.ts';
import { pathTo } from '../links.ts';
import { noticeOf } from '../present.ts';
import { route } from '../route.ts';
import {
  deprecationView,
  mappingBody,
  pairsBody,
  pairsView,
  readersBody,
  readersView,
  statusView,
} from '../shapes/deprecation.ts';
import {
  catalogName,
  date,
  freeText,
  inSubject,
  none,
  serviceName,
  stageShape,
  subjectName,
} from '../shapes/parameters.ts';

const force = z
  .strictObject({ reason: freeText(2_000) })
  .optional()
  .meta({ description: 'A steward’s override: skips conditions, never the order, and says why.' });

const missing =
  'Every missing condition is listed in `details.missing`, with the date or the names that would satisfy it.';

export const announceRoute = route({
  method: 'put',
  path: '/v1/catalogs/{catalog}/subjects/{subject}/deprecation',
  id: 'announceDeprecation',
  group: 'Deprecation',
  summary: 'Announces that a subject will be replaced by its successor.',
  description: missing,
  params: inSubject,
  query: none,
  body: {
    kind: 'json',
    batch: true,
    schema: z
      .strictObject({
        successor: subjectName,
        sunset: date.meta({ description: 'The day it retires.' }),
        reason: freeText(2_000),
        migration: freeText(10_000).meta({ description: 'How consumers move.' }),
        mapping: mappingBody.optional(),
        force,
      })
      .meta({ id: 'DeprecationPlan' }),
    example: {
      successor: 'session.created.v2',
      sunset: '2030-01-31',
      reason: 'The title became optional.',
      migration: 'Read /title as possibly absent.',
    },
  },
  replies: { 201: { description: 'The plan.', schema: deprecationView } },
  faults: [
    'CATALOG_NOT_FOUND',
    'SUBJECT_NOT_FOUND',
    'DEPRECATION_INVALID',
    'TRANSITION_REFUSED',
    'SUBJECT_LOCKED',
    'MAPPING_INVALID',
    'MAPPING_REFUTED',
    'MAPPING_TOO_COSTLY',
    'SCHEMA_TOO_LARGE',
  ],
  // the verb asks for more: to publish for the producer, or to be a steward where it is forced
  permission: 'read',
  action: 'deprecation.announce',
  handle: async ({ params, body, context }) => {
    const plan = await announceDeprecation(context, { ...params, ...body });
    return { status: 201, json: plan, headers: noticeOf(plan) };
  },
});

export const deprecationStatusRoute = route({
  method: 'get',
  path: '/v1/catalogs/{catalog}/subjects/{subject}/deprecation',
  id: 'getDeprecation',
  group: 'Deprecation',
  summary: 'Shows the state of a plan: each consumer, and what blocks the next stage.',
  params: inSubject,
  query: none,
  replies: { 200: { description: 'The plan and its state.', schema: statusView } },
  faults: ['CATALOG_NOT_FOUND', 'SUBJECT_NOT_FOUND', 'DEPRECATION_NOT_FOUND'],
  permission: 'read',
  handle: async ({ params, context }) => {
    const status = await deprecationStatus(context, params, { withSuccessor: true });
    return { status: 200, json: status, headers: noticeOf(status.plan) };
  },
});

const steps = Object.keys(transitions).filter((name) => name !== 'announce') as Exclude<Transition, 'announce'>[];

export const advanceRoute = route({
  method: 'post',
  path: '/v1/catalogs/{catalog}/subjects/{subject}/deprecation/transitions',
  id: 'advanceDeprecation',
  group: 'Deprecation',
  summary: 'Takes a plan to its next stage, postpones its sunset, or withdraws it.',
  description: missing,
  params: inSubject,
  query: none,
  body: {
    kind: 'json',
    schema: z
      .strictObject({
        transition: z.enum(steps),
        attest: z.boolean().optional().meta({
          description:
            'Where nothing was seen. With `dual-write`: the producer writes both. With `retire`: nothing uses it any more.',
        }),
        sunset: date.optional().meta({ description: 'With `postpone`: the new day.' }),
        reason: freeText(2_000).optional(),
        force,
      })
      .meta({ id: 'DeprecationTransition' }),
    example: { transition: 'dual-write', attest: true },
  },
  replies: {
    200: {
      description: 'The stage the subject is in now, and the plan unless it was withdrawn.',
      schema: z.object({ stage: stageShape, plan: deprecationView.optional() }),
    },
  },
  faults: [
    'CATALOG_NOT_FOUND',
    'SUBJECT_NOT_FOUND',
    'DEPRECATION_NOT_FOUND',
    'DEPRECATION_INVALID',
    'TRANSITION_REFUSED',
    'SUBJECT_LOCKED',
  ],
  // the verb asks for more: to publish for the producer, or to be a steward where it is forced
  permission: 'read',
  action: 'deprecation.advance',
  handle: async ({ params, body, context }) => {
    const plan = await advanceDeprecation(context, { ...params, ...body });
    return { status: 200, json: { stage: plan?.stage ?? 'active', plan }, headers: noticeOf(plan) };
  },
});

export const acknowledgeRoute = route({
  method: 'put',
  path: '/v1/catalogs/{catalog}/subjects/{subject}/deprecation/consumers/{service}',
  id: 'acknowledgeDeprecation',
  group: 'Deprecation',
  summary: 'A consumer acknowledges the plan.',
  params: z.strictObject({ ...inSubject.shape, service: serviceName }),
  query: none,
  body: {
    kind: 'json',
    schema: z
      .strictObject({ state: z.literal('acknowledged').optional(), note: freeText(500).optional() })
      .meta({ id: 'Acknowledgement' }),
    example: {},
  },
  replies: { 200: { description: 'The plan with the acknowledgement.', schema: deprecationView } },
  faults: ['CATALOG_NOT_FOUND', 'SUBJECT_NOT_FOUND', 'DEPRECATION_NOT_FOUND', 'CONSUMER_NOT_FOUND', 'SUBJECT_LOCKED'],
  permission: 'consume',
  action: 'deprecation.acknowledge',
  handle: async ({ params, body, context }) => ({
    status: 200,
    json: await acknowledgeDeprecation(context, { ...params, ...(body.note !== undefined && { note: body.note }) }),
  }),
});

export const pairsRoute = route({
  method: 'post',
  path: '/v1/catalogs/{catalog}/subjects/{subject}/deprecation/pairs',
  id: 'compareDeprecationPairs',
  group: 'Deprecation',
  summary: 'Says where an event of the old subject and one of its successor disagree beyond the mapping.',
  description:
    'Takes pairs of payloads, or the events of each line with a correlation id. Events are not stored; the number of pairs that agreed each day is kept as evidence. Without a mapping both payloads must be equal.',
  params: inSubject,
  query: none,
  body: { kind: 'json', schema: pairsBody, batch: true },
  replies: { 200: { description: 'Where they disagree.', schema: pairsView } },
  faults: [
    'CATALOG_NOT_FOUND',
    'SUBJECT_NOT_FOUND',
    'DEPRECATION_NOT_FOUND',
    'SUBJECT_RETIRED',
    'PAIRS_INVALID',
    'MAPPING_TOO_COSTLY',
  ],
  permission: 'publish',
  action: 'deprecation.pairs',
  handle: async ({ params, body, context }) => ({
    status: 200,
    json: await comparePairs(context, { ...params, ...body }),
  }),
});

export const readersRoute = route({
  method: 'put',
  path: '/v1/catalogs/{catalog}/subjects/{subject}/readers/{bus}',
  id: 'reportBusReaders',
  group: 'Deprecation',
  summary: 'Takes which durable groups read a subject on a bus.',
  description:
    'In place of what was last reported of that bus. A subject does not retire while one is listed; a report says nothing any more once the catalog’s quiet period is over. The producer reports, or a steward.',
  params: z.strictObject({
    ...inSubject.shape,
    bus: freeText(100).meta({ description: 'The bus, by the name its services give it.', example: 'nats' }),
  }),
  query: none,
  body: { kind: 'json', schema: readersBody, example: { groups: ['billing'] } },
  replies: { 200: { description: 'What is known of that bus now.', schema: readersView } },
  faults: ['CATALOG_NOT_FOUND', 'SUBJECT_NOT_FOUND'],
  // the verb asks for more: to publish for the producer, or to be a steward
  permission: 'read',
  action: 'readers.report',
  handle: async ({ params, body, context }) => ({
    status: 200,
    json: await reportReaders(context, { ...params, ...body }),
  }),
});

const feedPath = '/v1/feeds/deprecations.ics';
const maxFeedDays = 366;

const planFilter = z.strictObject({ catalog: catalogName.optional(), stage: stageShape.optional() });

export const listDeprecationsRoute = route({
  method: 'get',
  path: '/v1/deprecations',
  id: 'listDeprecations',
  group: 'Deprecation',
  summary: 'Lists all plans, the next sunset first.',
  params: none,
  query: planFilter,
  replies: { 200: { description: 'The plans.', schema: z.object({ items: z.array(deprecationView) }) } },
  faults: [],
  permission: 'read',
  example: 'curl $HERALD/v1/deprecations',
  handle: async ({ query, context }) => ({ status: 200, json: { items: await listDeprecations(context, query) } }),
});

export const calendarRoute = route({
  method: 'get',
  path: '/v1/deprecations.ics',
  id: 'getDeprecationCalendar',
  group: 'Deprecation',
  summary: 'Gives all sunsets as a calendar to subscribe to (RFC 5545), with alarms 30, 7 and 1 days before.',
  params: none,
  query: planFilter,
  replies: { 200: { description: 'The calendar.', mediaTypes: ['text/calendar'] } },
  faults: [],
  permission: 'read',
  example: 'curl $HERALD/v1/deprecations.ics',
  handle: async ({ query, context }) => ({
    status: 200,
    text: calendarText(await listDeprecations(context, query)),
    mediaType: calendarMediaType,
    caching: 'fresh',
  }),
});

export const calendarAddressRoute = route({
  method: 'get',
  path: '/v1/deprecations/address',
  id: 'getDeprecationCalendarAddress',
  group: 'Deprecation',
  summary: 'Gives a signed address of the calendar, for calendar programs that send no credentials.',
  description:
    'The address reads this calendar and nothing else, until its last day. Needs HERALD_FEED_KEY; another key makes every address invalid.',
  params: none,
  query: z.strictObject({
    ...planFilter.shape,
    expires: date.optional().meta({ description: 'The last day it may be read; in a year where it is left out.' }),
  }),
  replies: {
    200: { description: 'The address.', schema: z.object({ url: z.string(), expires: z.string() }) },
  },
  faults: ['FEED_DISABLED'],
  permission: 'read',
  example: 'curl $HERALD/v1/deprecations/address',
  handle: ({ query, context, links, origin }) => {
    if (!context.feeds) throw new Fault('FEED_DISABLED');
    const { catalog, stage } = query;
    const latest = addDays(today(context.clock), maxFeedDays);
    const expires = query.expires !== undefined && query.expires < latest ? query.expires : latest;
    const feed = { catalog, stage, expires, actor: context.caller.actor };
    const signed = new URLSearchParams({
      ...(catalog !== undefined && { catalog }),
      ...(stage !== undefined && { stage }),
      expires,
      for: feed.actor,
      signature: context.feeds.sign(feed),
    });
    return { status: 200, json: { url: `${origin}${pathTo(links, feedPath)}?${signed}`, expires } };
  },
});

export const calendarFeedRoute = route({
  method: 'get',
  path: feedPath,
  id: 'getDeprecationCalendarFeed',
  group: 'Deprecation',
  summary: 'The calendar at a signed address.',
  params: none,
  query: z.strictObject({
    ...planFilter.shape,
    expires: date,
    for: freeText(200),
    signature: freeText(100),
  }),
  replies: { 200: { description: 'The calendar.', mediaTypes: ['text/calendar'] } },
  faults: ['FEED_DISABLED', 'UNAUTHENTICATED', 'PARAMETER_INVALID', 'STORE_UNAVAILABLE'],
  permission: 'open',
  handle: async ({ query, context }) => {
    if (!context.feeds) throw new Fault('FEED_DISABLED');
    const { catalog, stage, expires, for: actor, signature } = query;
    context.feeds.verify({ catalog, stage, expires, actor }, signature, today(context.clock));
    return {
      status: 200,
      text: calendarText(await listDeprecations(context, { catalog, stage })),
      mediaType: calendarMediaType,
    };
  },
});

export const pageRoute = route({
  method: 'get',
  path: '/v1/deprecations.md',
  id: 'getDeprecationPage',
  group: 'Deprecation',
  summary: 'Gives all plans as a Markdown page: who is pending, and what blocks the next step of each.',
  params: none,
  query: planFilter,
  replies: { 200: { description: 'The page.', mediaTypes: ['text/markdown'] } },
  faults: [],
  permission: 'read',
  example: 'curl $HERALD/v1/deprecations.md',
  handle: async ({ query, context }) => ({
    status: 200,
    text: pageText(await deprecationBoard(context, query), today(context.clock)),
    mediaType: pageMediaType,
    caching: 'fresh',
  }),
});
