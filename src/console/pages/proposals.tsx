/** Breaks that are meant: what waits for a steward, and one proposal with its witness, whom it affects, and the decision. */
import type { Child } from 'hono/jsx';
import { today } from '../../registry/context.ts';
import { decide, findProposal, listProposals } from '../../registry/governance/proposals.ts';
import type { ProposalRecord } from '../../registry/records.ts';
import { addDays } from '../../schema/duration.ts';
import { candidateChange } from '../change.ts';
import { confirmed, refused } from '../confirmed.ts';
import type { Asked, Page } from '../page.ts';
import { Badge } from '../parts/badge.tsx';
import { Crumbs } from '../parts/catalog-head.tsx';
import { PostForm, Refused } from '../parts/form.tsx';
import { ReportBody } from '../parts/report.tsx';
import { Facts, NextPage, Table } from '../parts/table.tsx';

const perPage = 50;
const daysOffered = 90;

export const proposalsPage: Page = {
  method: 'get',
  path: '/proposals',
  id: 'console.proposals',
  permission: 'read',
  render: async ({ context, query, links }) => {
    const cursor = query.get('cursor') ?? undefined;
    const { items, cursor: next } = await listProposals(
      context,
      {},
      { limit: perPage, ...(cursor !== undefined && { cursor }) },
    );
    return {
      title: 'Proposals',
      section: 'proposals',
      body: (
        <>
          <h1>Proposals</h1>
          <p class="lead">
            Changes that break and are meant to. In CI: <code>herald check --registry URL --propose "reason"</code>.
          </p>
          <Table
            head={['event', 'reason', 'state', 'by', 'when']}
            empty="Nothing was proposed."
            rows={items.map((proposal) => [
              <a href={links.proposal(proposal.id)}>
                {proposal.catalog}/{proposal.subject}
              </a>,
              proposal.reason,
              <Badge word={proposal.state} />,
              proposal.author,
              proposal.createdAt.slice(0, 10),
            ])}
          />
          <NextPage path={links.proposals} query={query} cursor={next} />
        </>
      ),
    };
  },
};

export const proposalPage: Page = {
  method: 'get',
  path: '/proposals/:proposal',
  id: 'console.proposal',
  permission: 'read',
  render: async (asked) => shown(asked, await findProposal(asked.context, asked.params.proposal ?? '')),
};

export const decidePage: Page = {
  method: 'post',
  path: '/proposals/:proposal',
  id: 'console.decide',
  permission: 'steward',
  render: async (asked) => {
    const { context, params, form, links } = asked;
    const proposal = await findProposal(context, params.proposal ?? '');
    const approve = form.get('decision') === 'approve';
    const reason = form.get('reason')?.trim() ?? '';
    if (reason === '') return refused(shown(asked, proposal, 'Say why: whoever proposed it will read the reason.'));
    return confirmed(
      async () => {
        await decide(context, {
          id: proposal.id,
          approve,
          reason,
          ...(approve && { expires: form.get('expires') ?? '' }),
        });
        return { to: links.proposal(proposal.id) };
      },
      (refusal) => shown(asked, proposal, refusal),
    );
  },
};

async function shown(asked: Asked, proposal: ProposalRecord, refusal?: string) {
  const { context, links } = asked;
  const { catalog, subject } = proposal;
  const change = await candidateChange(context, proposal, proposal.text);
  const consumers = (await context.store.consumers(catalog, subject)).map(({ service }) => service);
  return {
    title: `Proposal for ${subject}`,
    section: 'proposals' as const,
    body: (
      <>
        <Crumbs links={links} catalog={catalog} subject={subject} here="proposal" />
        <h1>
          A break that is meant <Badge word={proposal.state} />
        </h1>
        <Refused refusal={refusal} />
        <Facts
          facts={[
            ['Event', <a href={links.subject(catalog, subject)}>{subject}</a>],
            ['Why', proposal.reason],
            ['Discussed at', proposal.link && <a href={proposal.link}>{proposal.link}</a>],
            ['Proposed', `${proposal.createdAt.slice(0, 16).replace('T', ' ')} by ${proposal.author}`],
            ['Consumers', consumers.join(', ') || 'none known'],
            [
              'Decided',
              proposal.decidedBy &&
                `${proposal.state} by ${proposal.decidedBy} on ${proposal.decidedAt?.slice(0, 10)}: ${proposal.decision}`,
            ],
            ['Holds until', proposal.expires],
          ]}
        />
        {proposal.state === 'open' && <DecisionForm asked={asked} proposal={proposal} />}
        <h2>What the check says</h2>
        <ReportBody report={proposal.report} text={proposal.text} consumers={consumers} change={change} />
      </>
    ),
  };
}

function DecisionForm({ asked, proposal }: { readonly asked: Asked; readonly proposal: ProposalRecord }): Child {
  const { context, links, visitor, form } = asked;
  const { catalog, subject } = proposal;
  if (!context.caller.can('steward', { catalog, subject })) return <p class="muted">A steward decides about it.</p>;
  return (
    <PostForm formToken={visitor.formToken} action={links.proposal(proposal.id)}>
      <label>
        Reason
        <textarea class="short" name="reason" required maxlength={2_000}>
          {form.get('reason') ?? ''}
        </textarea>
      </label>
      <label>
        An approval holds until
        <br />
        <input
          type="date"
          name="expires"
          required
          value={form.get('expires') ?? addDays(today(context.clock), daysOffered)}
        />
      </label>
      <p>
        <button class="main" type="submit" name="decision" value="approve">
          Approve
        </button>{' '}
        <button class="bad" type="submit" name="decision" value="reject">
          Reject
        </button>
      </p>
    </PostForm>
  );
}
