/** Findings that are permitted, for stewards. */
import { today } from '../../registry/context.ts';
import { listWaivers, withdrawWaiver } from '../../registry/governance/waivers.ts';
import { confirmed } from '../confirmed.ts';
import type { Asked, Page, Shown } from '../page.ts';
import { PostButton } from '../parts/form.tsx';
import { Expiry, governancePage } from '../parts/governance.tsx';
import { Table } from '../parts/table.tsx';

const maxWaiversShown = 500;

export const waiversPage: Page = {
  method: 'get',
  path: '/governance/waivers',
  id: 'console.waivers',
  permission: 'read',
  render: (asked) => waivers(asked),
};

export const withdrawWaiverPage: Page = {
  method: 'post',
  path: '/governance/waivers',
  id: 'console.withdrawWaiver',
  permission: 'steward',
  render: (asked) =>
    confirmed(
      async () => {
        await withdrawWaiver(asked.context, asked.form.get('withdraw') ?? '');
        return { to: asked.links.governance('waivers') };
      },
      (refusal) => waivers(asked, refusal),
    ),
};

async function waivers(asked: Asked, refusal?: string): Promise<Shown> {
  const { context, links, visitor } = asked;
  const now = today(context.clock);
  const all = (await listWaivers(context, {})).toSorted((left, right) => (left.expires < right.expires ? 1 : -1));
  return governancePage(
    asked,
    { part: 'waivers', title: 'Waivers', refusal },
    <Table
      caption="Permitted findings"
      head={['event', 'until', 'reason', 'by', 'finding', 'holds for', 'action']}
      empty="No finding is permitted."
      rows={all.slice(0, maxWaiversShown).map(({ id, catalog, subject, expires, ...waiver }) => [
        <a href={links.subject(catalog, subject)}>
          {catalog}/{subject}
        </a>,
        <Expiry expires={expires} now={now} />,
        waiver.reason,
        waiver.author,
        <code>{waiver.fingerprint.slice(0, 12)}</code>,
        waiver.content === undefined ? 'every document' : <code>{waiver.content.slice(0, 12)}</code>,
        context.caller.can('steward', { catalog, subject }) && (
          <PostButton
            formToken={visitor.formToken}
            action={links.governance('waivers')}
            name="withdraw"
            value={id}
            destructive
          >
            Withdraw
          </PostButton>
        ),
      ])}
    />,
  );
}
