/** Receivers of announcements and what was sent to them, for administrators. */
import { listDeliveries, redeliver } from '../../registry/governance/webhooks.ts';
import { confirmed } from '../confirmed.ts';
import type { Asked, Page, Shown } from '../page.ts';
import { Badge } from '../parts/badge.tsx';
import { Choice, PostButton } from '../parts/form.tsx';
import { governancePage } from '../parts/governance.tsx';
import { NextPage, Table } from '../parts/table.tsx';

const deliveriesPerPage = 100;
const states = ['pending', 'delivered', 'parked'] as const;

export const webhooksPage: Page = {
  method: 'get',
  path: '/governance/webhooks',
  id: 'console.webhooks',
  permission: 'admin',
  render: async (asked) => {
    const { context, links } = asked;
    const webhooks = await context.store.webhooks();
    return governancePage(
      asked,
      { part: 'webhooks', title: 'Webhooks' },
      <Table
        caption="Receivers of announcements"
        head={['address', 'subjects', 'types', 'since', 'deliveries']}
        empty="There is no webhook."
        rows={webhooks.map(({ id, url, subjects, types, createdAt }) => [
          <code>{url}</code>,
          subjects.join(', ') || 'all',
          types.join(', ') || 'all',
          createdAt.slice(0, 10),
          <>
            <a href={links.webhook(id)}>deliveries</a> · <a href={`${links.webhook(id)}?state=parked`}>parked</a>
          </>,
        ])}
      />,
    );
  },
};

export const webhookPage: Page = {
  method: 'get',
  path: '/governance/webhooks/:webhook',
  id: 'console.webhook',
  permission: 'admin',
  render: (asked) => deliveries(asked),
};

async function deliveries(asked: Asked, refusal?: string): Promise<Shown> {
  const { context, params, query, links, visitor } = asked;
  const webhook = params.webhook ?? '';
  const cursor = query.get('cursor') ?? undefined;
  const page = { limit: deliveriesPerPage, ...(cursor !== undefined && { cursor }) };
  const state = states.find((one) => one === query.get('state'));
  const { items, cursor: next } = await listDeliveries(context, context.store, webhook, page, state);
  return governancePage(
    asked,
    { part: 'webhooks', title: 'Deliveries', refusal },
    <>
      <form class="row" method="get" action={links.webhook(webhook)} aria-label="Narrow the list">
        <Choice name="state" title="State" options={states} chosen={state} />
        <button type="submit">Filter</button>
      </form>
      <Table
        caption="Deliveries"
        head={['announcement', 'state', 'attempts', 'next or last', 'error', 'action']}
        empty={state === undefined ? 'Nothing was sent to it yet.' : `No delivery is ${state}.`}
        rows={items.map((delivery) => [
          String(delivery.sequence),
          <Badge word={delivery.state} />,
          String(delivery.attempts),
          delivery.nextAt.slice(0, 19).replace('T', ' '),
          delivery.lastError ?? '',
          delivery.state === 'parked' && (
            <PostButton
              formToken={visitor.formToken}
              action={links.webhook(webhook)}
              name="delivery"
              value={delivery.id}
            >
              Send again
            </PostButton>
          ),
        ])}
      />
      <NextPage path={links.webhook(webhook)} query={query} cursor={next} />
    </>,
  );
}

export const redeliverPage: Page = {
  method: 'post',
  path: '/governance/webhooks/:webhook',
  id: 'console.redeliver',
  permission: 'admin',
  render: (asked) =>
    confirmed(
      async () => {
        const webhook = asked.params.webhook ?? '';
        await redeliver(asked.context, { webhook, delivery: asked.form.get('delivery') ?? '' });
        return { to: asked.links.webhook(webhook) };
      },
      (refusal) => deliveries(asked, refusal),
    ),
};
