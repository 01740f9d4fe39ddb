/** For stewards and administrators: waivers, the audit log, tokens, webhooks. */
import type { Child } from 'hono/jsx';
import { today } from '../../registry/context.ts';
import { revokeToken } from '../../registry/governance/tokens.ts';
import { listWaivers, withdrawWaiver } from '../../registry/governance/waivers.ts';
import { listDeliveries, redeliver } from '../../registry/governance/webhooks.ts';
import type { AuditFilter } from '../../registry/ports.ts';
import type { AuditVerdict } from '../../registry/records.ts';
import { confirmed } from '../confirmed.ts';
import type { Asked, Page, Shown } from '../page.ts';
import { Badge } from '../parts/badge.tsx';
import { NextPage, Table } from '../parts/table.tsx';
import { Choice } from './catalog.tsx';

type Part = 'waivers' | 'audit' | 'tokens' | 'webhooks';

/** A row is one part of governance and the permission it takes. What one may not see is not offered. */
const parts = [
  ['waivers', 'Waivers', 'read'],
  ['audit', 'Audit log', 'steward'],
  ['tokens', 'Tokens', 'admin'],
  ['webhooks', 'Webhooks', 'admin'],
] as const;

function Head({ asked, part }: { readonly asked: Asked; readonly part: Part }): Child {
  return (
    <>
      <h1>Governance</h1>
      <ul class="tabs">
        {parts
          .filter(([, , permission]) => asked.context.caller.can(permission))
          .map(([name, title]) => (
            <li>
              <a href={asked.links.governance(name)} {...(name === part && { 'aria-current': 'page' as const })}>
                {title}
              </a>
            </li>
          ))}
      </ul>
    </>
  );
}

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
  return {
    title: 'Waivers',
    section: 'governance',
    ...(refusal !== undefined && { status: 409 }),
    body: (
      <>
        <Head asked={asked} part="waivers" />
        {refusal !== undefined && <p class="banner bad">{refusal}</p>}
        <Table
          caption="Permitted findings"
          head={['event', 'until', 'reason', 'by', 'finding', 'holds for', 'action']}
          empty="No finding is permitted."
          rows={all.slice(0, maxWaiversShown).map(({ id, catalog, subject, expires, ...waiver }) => [
            <a href={links.subject(catalog, subject)}>
              {catalog}/{subject}
            </a>,
            <>
              {expires} {expires < now && <Badge word="expired" />}
            </>,
            waiver.reason,
            waiver.author,
            <code>{waiver.fingerprint.slice(0, 12)}</code>,
            waiver.content === undefined ? 'every document' : <code>{waiver.content.slice(0, 12)}</code>,
            context.caller.can('steward', { catalog, subject }) && (
              <form method="post" action={links.governance('waivers')}>
                <input type="hidden" name="form-token" value={visitor.formToken} />
                <button class="bad" type="submit" name="withdraw" value={id}>
                  Withdraw
                </button>
              </form>
            ),
          ])}
        />
      </>
    ),
  };
}

const auditRowsPerPage = 100;
const maxFilterCharacters = 300;

export const auditPage: Page = {
  method: 'get',
  path: '/governance/audit',
  id: 'console.audit',
  permission: 'steward',
  render: (asked) => auditLog(asked),
};

/** Follows the whole chain: only when somebody asks, since it reads every row. */
export const verifyAuditPage: Page = {
  method: 'post',
  path: '/governance/audit',
  id: 'console.verifyAudit',
  permission: 'steward',
  render: async (asked) => auditLog(asked, chainText(await asked.context.store.verifyAudit())),
};

function chainText(verdict: AuditVerdict): Child {
  if (verdict.intact)
    return (
      <p class="banner ok">
        The chain is whole: {verdict.rows} rows, ending with <code>{verdict.head}</code>.
      </p>
    );
  return (
    <p class="banner bad">
      The chain breaks at row {verdict.sequence}: it is {verdict.problem}.
    </p>
  );
}

async function auditLog(asked: Asked, chain?: Child): Promise<Shown> {
  const { context, query, links, visitor } = asked;
  const filter = filterOf(query);
  const cursor = query.get('cursor') ?? undefined;
  const page = { limit: auditRowsPerPage, ...(cursor !== undefined && { cursor }) };
  const { items, cursor: next } = await context.store.auditEntries(filter, page);
  const head = await context.store.auditHead();
  return {
    title: 'Audit log',
    section: 'governance',
    body: (
      <>
        <Head asked={asked} part="audit" />
        <p class="muted">
          {head.sequence} rows, the last with hash <code>{head.hash.slice(0, 16)}</code>.
        </p>
        {chain ?? (
          <form class="row" method="post" action={links.governance('audit')}>
            <input type="hidden" name="form-token" value={visitor.formToken} />
            <button type="submit">Verify the chain</button>
          </form>
        )}
        <form class="row" method="get" action={links.governance('audit')} aria-label="Narrow the log">
          {(['catalog', 'subject', 'actor', 'action'] as const).map((name) => (
            <label>
              {name}
              <br />
              <input name={name} value={filter[name] ?? ''} maxlength={maxFilterCharacters} />
            </label>
          ))}
          <Choice name="outcome" title="outcome" options={['done', 'refused']} chosen={filter.outcome} />
          <button type="submit">Filter</button>
        </form>
        <Table
          caption="The newest first"
          head={['#', 'when', 'who', 'what', 'outcome', 'about', 'why']}
          empty={next === undefined ? 'No row fits.' : 'None of the newest rows fits; older ones may.'}
          rows={items.map((row) => [
            String(row.sequence),
            row.at.slice(0, 19).replace('T', ' '),
            row.actor,
            <code>{row.action}</code>,
            <Badge word={row.outcome} />,
            [row.catalog, row.subject].filter(Boolean).join('/'),
            row.reason ?? '',
          ])}
        />
        <NextPage path={links.governance('audit')} query={query} cursor={next} />
      </>
    ),
  };
}

function filterOf(query: URLSearchParams): AuditFilter {
  const stated = (['catalog', 'subject', 'actor', 'action'] as const).flatMap((name) => {
    const value = query.get(name)?.trim().slice(0, maxFilterCharacters);
    return value ? [[name, value]] : [];
  });
  const outcome = query.get('outcome');
  return {
    ...Object.fromEntries(stated),
    ...((outcome === 'done' || outcome === 'refused') && { outcome }),
  };
}

export const tokensPage: Page = {
  method: 'get',
  path: '/governance/tokens',
  id: 'console.tokens',
  permission: 'admin',
  render: (asked) => tokens(asked),
};

async function tokens(asked: Asked, refusal?: string): Promise<Shown> {
  const { context, links, visitor } = asked;
  const now = today(context.clock);
  const all = await context.store.tokens();
  return {
    title: 'Tokens',
    section: 'governance',
    body: (
      <>
        <Head asked={asked} part="tokens" />
        {refusal !== undefined && <p class="banner bad">{refusal}</p>}
        <p class="lead">
          Made with <code>herald token create</code>: a token is shown once, and no page shows it again.
        </p>
        <Table
          caption="API tokens"
          head={['name', 'role', 'speaks for', 'subjects', 'until', 'last used', 'action']}
          empty="There is no API token."
          rows={all.map((token) => [
            token.name,
            token.role,
            token.services.join(', '),
            token.subjects.join(', '),
            <>
              {token.expires} {token.expires < now && <Badge word="expired" />}
            </>,
            token.lastUsed ?? 'never',
            token.revokedAt !== undefined ? (
              <Badge word="withdrawn" />
            ) : (
              <form method="post" action={links.governance('tokens')}>
                <input type="hidden" name="form-token" value={visitor.formToken} />
                <button class="bad" type="submit" name="revoke" value={token.id}>
                  Revoke
                </button>
              </form>
            ),
          ])}
        />
      </>
    ),
  };
}

export const revokeTokenPage: Page = {
  method: 'post',
  path: '/governance/tokens',
  id: 'console.revokeToken',
  permission: 'admin',
  render: (asked) =>
    confirmed(
      async () => {
        await revokeToken(asked.context, asked.form.get('revoke') ?? '');
        return { to: asked.links.governance('tokens') };
      },
      (refusal) => tokens(asked, refusal),
    ),
};

export const webhooksPage: Page = {
  method: 'get',
  path: '/governance/webhooks',
  id: 'console.webhooks',
  permission: 'admin',
  render: async (asked) => {
    const { context, links } = asked;
    const webhooks = await context.store.webhooks();
    return {
      title: 'Webhooks',
      section: 'governance',
      body: (
        <>
          <Head asked={asked} part="webhooks" />
          <Table
            caption="Receivers of announcements"
            head={['address', 'subjects', 'types', 'since', 'deliveries']}
            empty="There is no webhook."
            rows={webhooks.map(({ id, url, subjects, types, createdAt }) => [
              <code>{url}</code>,
              subjects.join(', ') || 'all',
              types.join(', ') || 'all',
              createdAt.slice(0, 10),
              <a href={links.webhook(id)}>deliveries</a>,
            ])}
          />
        </>
      ),
    };
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
  const page = { limit: auditRowsPerPage, ...(cursor !== undefined && { cursor }) };
  const { items, cursor: next } = await listDeliveries(context, context.store, webhook, page);
  return {
    title: 'Deliveries',
    section: 'governance',
    body: (
      <>
        <Head asked={asked} part="webhooks" />
        {refusal !== undefined && <p class="banner bad">{refusal}</p>}
        <Table
          caption="Deliveries"
          head={['announcement', 'state', 'attempts', 'next or last', 'error', 'action']}
          empty="Nothing was sent to it yet."
          rows={items.map((delivery) => [
            String(delivery.sequence),
            <Badge word={delivery.state} />,
            String(delivery.attempts),
            delivery.nextAt.slice(0, 19).replace('T', ' '),
            delivery.lastError ?? '',
            delivery.state === 'parked' && (
              <form method="post" action={links.webhook(webhook)}>
                <input type="hidden" name="form-token" value={visitor.formToken} />
                <button type="submit" name="delivery" value={delivery.id}>
                  Send again
                </button>
              </form>
            ),
          ])}
        />
        <NextPage path={links.webhook(webhook)} query={query} cursor={next} />
      </>
    ),
  };
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
