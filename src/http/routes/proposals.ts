/** Proposals: a break that is meant is proposed, and approved or rejected by a steward. */
import * as z from 'zod';
import { decide, findProposal, listProposals, propose } from '../../registry/governance/proposals.ts';
import type { ProposalRecord } from '../../registry/records.ts';
import { route } from '../route.ts';
import { catalogName, freeText, none, paged, pageOf, subjectName } from '../shapes/parameters.ts';
import { decisionBody, proposalBody, proposalState, proposalView, wholeProposalView } from '../shapes/proposal.ts';

const atProposal = z.strictObject({ proposal: freeText(100).meta({ description: 'The id of a proposal.' }) });

function viewOf({ text: _text, report: _report, ...stated }: ProposalRecord) {
  return { ...stated, page: `/proposals/${stated.id}` };
}

export const proposeRoute = route({
  method: 'post',
  path: '/v1/proposals',
  id: 'propose',
  group: 'Governance',
  summary: 'Proposes a change that breaks and is meant to.',
  description:
    'Proposing the same document again answers the proposal there is, with what was decided. An approval permits the blocking findings of that very document until a date.',
  params: none,
  query: none,
  body: { kind: 'json', schema: proposalBody },
  replies: { 200: { description: 'The proposal, open or decided.', schema: proposalView } },
  faults: ['CATALOG_NOT_FOUND', 'PROPOSAL_INVALID', 'UNDECIDED'],
  permission: 'publish',
  action: 'proposal.make',
  handle: async ({ body, context }) => {
    const { text, ...stated } = body;
    return { status: 200, json: viewOf(await propose(context, { ...stated, source: { text } })) };
  },
});

export const listProposalsRoute = route({
  method: 'get',
  path: '/v1/proposals',
  id: 'listProposals',
  group: 'Governance',
  summary: 'Lists proposals, the newest first.',
  params: none,
  query: z.strictObject({
    catalog: catalogName.optional(),
    subject: subjectName.optional(),
    state: proposalState.optional(),
    ...paged,
  }),
  replies: { 200: { description: 'A page of proposals.', schema: pageOf(proposalView) } },
  faults: ['CURSOR_INVALID'],
  permission: 'read',
  example: 'curl "$HERALD/v1/proposals?state=open"',
  handle: async ({ query: { limit, cursor, ...filter }, context }) => {
    const page = await listProposals(context, filter, { limit, cursor });
    return { status: 200, json: { ...page, items: page.items.map(viewOf) } };
  },
});

export const getProposalRoute = route({
  method: 'get',
  path: '/v1/proposals/{proposal}',
  id: 'getProposal',
  group: 'Governance',
  summary: 'Gives a proposal with its document and the report of its check.',
  params: atProposal,
  query: none,
  replies: { 200: { description: 'The proposal.', schema: wholeProposalView } },
  faults: ['PROPOSAL_NOT_FOUND'],
  permission: 'read',
  handle: async ({ params, context }) => {
    const proposal = await findProposal(context, params.proposal);
    const { text, report } = proposal;
    return { status: 200, json: { ...viewOf(proposal), text, report } };
  },
});

export const decideRoute = route({
  method: 'post',
  path: '/v1/proposals/{proposal}/decision',
  id: 'decideProposal',
  group: 'Governance',
  summary: 'Approves or rejects a proposal.',
  params: atProposal,
  query: none,
  body: { kind: 'json', schema: decisionBody },
  replies: { 200: { description: 'The decided proposal.', schema: proposalView } },
  faults: ['PROPOSAL_NOT_FOUND', 'PROPOSAL_INVALID', 'WAIVER_INVALID'],
  permission: 'steward',
  action: 'proposal.decide',
  handle: async ({ params, body, context }) => ({
    status: 200,
    json: viewOf(await decide(context, { id: params.proposal, ...body })),
  }),
});
