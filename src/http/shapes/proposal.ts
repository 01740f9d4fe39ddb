/** Shapes of proposals: breaks that are meant, and what was decided about them. */
import * as z from 'zod';
import { catalogName, date, freeText, instant, subjectName } from './parameters.ts';
import { reportShape } from './report.ts';

export const proposalState = z.enum(['open', 'approved', 'rejected']);

export const proposalView = z
  .object({
    id: z.string(),
    catalog: z.string(),
    subject: z.string(),
    content: z.string().meta({ description: 'Fingerprint of the proposed document.' }),
    reason: z.string(),
    link: z.string().optional(),
    author: z.string(),
    createdAt: instant,
    state: proposalState,
    decidedBy: z.string().optional(),
    decidedAt: instant.optional(),
    decision: z.string().optional(),
    expires: z.string().optional(),
    page: z.string().meta({ description: 'Path of the page where it is decided.' }),
  })
  .meta({ id: 'Proposal' });

export const wholeProposalView = proposalView
  .extend({ text: z.string(), report: reportShape })
  .meta({ id: 'WholeProposal' });

/** Shown as a link: nothing but the web may stand in it. */
const link = z
  .url({ protocol: /^https?$/ })
  .max(2_000)
  .meta({ description: 'Where the change is discussed.' });

export const proposalBody = z
  .strictObject({
    catalog: catalogName,
    subject: subjectName,
    text: z.string().meta({ description: 'The document, as it would be registered.' }),
    reason: freeText(2_000),
    link: link.optional(),
  })
  .meta({ id: 'NewProposal' });

export const decisionBody = z
  .strictObject({
    approve: z.boolean(),
    reason: freeText(2_000),
    expires: date.optional().meta({ description: 'Of an approval: the last day it holds.' }),
  })
  .meta({ id: 'ProposalDecision' });
