/** Consumers: who declares to read what. */
import * as z from 'zod';
import { declareConsumer, withdrawConsumer } from '../../registry/governance/consumers.ts';
import { consumerOf } from '../present.ts';
import { route } from '../route.ts';
import { inSubject, none, serviceName } from '../shapes/parameters.ts';
import { consumerBody, consumerReply } from '../shapes/subject.ts';

const ofService = z.strictObject({ ...inSubject.shape, service: serviceName.meta({ example: 'dashboard' }) });

export const declareConsumerRoute = route({
  method: 'put',
  path: '/v1/catalogs/{catalog}/subjects/{subject}/consumers/{service}',
  id: 'declareConsumer',
  group: 'Consumers',
  summary: 'Declares that a service consumes a subject.',
  params: ofService,
  query: none,
  body: { kind: 'json', schema: consumerBody, example: { reads: ['/session_id'] } },
  replies: { 200: { description: 'The declaration as it is now.', schema: consumerReply } },
  faults: ['CATALOG_NOT_FOUND', 'SUBJECT_NOT_FOUND', 'SUBJECT_LOCKED', 'READING_INVALID', 'UNDECIDED'],
  permission: 'consume',
  action: 'consumer.declare',
  example: `curl -X PUT $HERALD/v1/catalogs/choice-sherpa/subjects/session.created/consumers/reporting -H "Content-Type: application/json" -d '{"reads":["/session_id"]}'`,
  handle: async ({ params, body, context }) => {
    const { consumer, notices } = await declareConsumer(context, params, body);
    return { status: 200, json: { ...consumerOf(consumer), ...(notices.length > 0 && { notices }) } };
  },
});

export const withdrawConsumerRoute = route({
  method: 'delete',
  path: '/v1/catalogs/{catalog}/subjects/{subject}/consumers/{service}',
  id: 'withdrawConsumer',
  group: 'Consumers',
  summary: 'Says that a service consumes a subject no more.',
  params: ofService,
  query: none,
  replies: { 204: { description: 'It is no consumer any more.' } },
  faults: ['CATALOG_NOT_FOUND', 'SUBJECT_NOT_FOUND', 'CONSUMER_NOT_FOUND', 'SUBJECT_LOCKED'],
  permission: 'consume',
  action: 'consumer.withdraw',
  handle: async ({ params, context }) => {
    await withdrawConsumer(context, params);
    return { status: 204 };
  },
});
