/** Usage, waivers and the audit log. */
import * as z from 'zod';
import { listAudit } from '../../registry/governance/audit.ts';
import { giveWaiver, listWaivers, withdrawWaiver } from '../../registry/governance/waivers.ts';
import { recordUsage } from '../../registry/validation/record-usage.ts';
import { route } from '../route.ts';
import { auditView, usageBody, waiverBody, waiverView } from '../shapes/governance.ts';
import { catalogName, fingerprint, freeText, none, paged, pageOf, subjectName } from '../shapes/parameters.ts';

export const usageRoute = route({
  method: 'post',
  path: '/v1/usage',
  id: 'recordUsage',
  group: 'Governance',
  summary: 'Takes a client’s counts of validated events.',
  description: 'Evidence for deprecation. A batch with an id counts once, however often it is sent.',
  params: none,
  query: none,
  body: { kind: 'json', schema: usageBody, batch: true },
  replies: {
    200: {
      description: 'Whether it counted; false for a batch that had counted before.',
      schema: z.object({ counted: z.boolean() }),
    },
  },
  faults: ['SUBJECT_NOT_FOUND'],
  permission: 'read',
  action: 'usage.record',
  handle: async ({ body, context }) => ({ status: 200, json: await recordUsage(context, body.batch, body.rows) }),
});

export const giveWaiverRoute = route({
  method: 'post',
  path: '/v1/waivers',
  id: 'giveWaiver',
  group: 'Governance',
  summary: 'Permits one finding of one subject until a date.',
  description: 'The finding’s fingerprint is in the report of the check that refused it.',
  params: none,
  query: none,
  body: { kind: 'json', schema: waiverBody },
  replies: { 201: { description: 'The waiver.', schema: waiverView } },
  faults: ['CATALOG_NOT_FOUND', 'WAIVER_INVALID'],
  permission: 'steward',
  action: 'waiver.give',
  handle: async ({ body, context }) => ({ status: 201, json: await giveWaiver(context, body) }),
});

export const listWaiversRoute = route({
  method: 'get',
  path: '/v1/waivers',
  id: 'listWaivers',
  group: 'Governance',
  summary: 'Lists waivers, also those that have expired.',
  params: none,
  query: z.strictObject({ catalog: catalogName.optional(), subject: subjectName.optional() }),
  replies: { 200: { description: 'The waivers.', schema: z.object({ items: z.array(waiverView) }) } },
  faults: [],
  permission: 'read',
  example: 'curl $HERALD/v1/waivers',
  handle: async ({ query, context }) => ({ status: 200, json: { items: await listWaivers(context, query) } }),
});

export const withdrawWaiverRoute = route({
  method: 'delete',
  path: '/v1/waivers/{waiver}',
  id: 'withdrawWaiver',
  group: 'Governance',
  summary: 'Withdraws a waiver.',
  description: 'The finding counts again from now on; versions that it let in stay.',
  params: z.strictObject({ waiver: freeText(100).meta({ description: 'The id of the waiver.' }) }),
  query: none,
  replies: { 204: { description: 'It is gone.' } },
  faults: ['WAIVER_NOT_FOUND'],
  permission: 'steward',
  action: 'waiver.withdraw',
  handle: async ({ params, context }) => {
    await withdrawWaiver(context, params.waiver);
    return { status: 204 };
  },
});

export const auditRoute = route({
  method: 'get',
  path: '/v1/audit',
  id: 'listAudit',
  group: 'Governance',
  summary: 'Lists the audit log: every write and every refused one.',
  params: none,
  query: z.strictObject(paged),
  replies: { 200: { description: 'A page of the log.', schema: pageOf(auditView) } },
  faults: ['CURSOR_INVALID'],
  permission: 'steward',
  example: 'curl "$HERALD/v1/audit?limit=20"',
  handle: async ({ query, context }) => ({ status: 200, json: await listAudit(context, query) }),
});

export const auditHeadRoute = route({
  method: 'get',
  path: '/v1/audit/head',
  id: 'getAuditHead',
  group: 'Governance',
  summary: 'Says where the audit log ends.',
  description: 'Kept apart from the registry, it shows later whether rows at the end of the log were taken away.',
  params: none,
  query: none,
  replies: {
    200: {
      description: 'Sequence and hash of the last row; 0 and 64 zeros where there is none.',
      schema: z.object({ sequence: z.int(), hash: fingerprint }),
    },
  },
  faults: [],
  permission: 'steward',
  example: 'curl $HERALD/v1/audit/head',
  handle: async ({ context }) => ({ status: 200, json: await context.store.auditHead() }),
});
