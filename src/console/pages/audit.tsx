/** The audit log, for stewards. */
import type { Child } from 'hono/jsx';
import type { AuditFilter } from '../../registry/ports.ts';
import type { AuditVerdict } from '../../registry/records.ts';
import type { Asked, Page, Shown } from '../page.ts';
import { Badge } from '../parts/badge.tsx';
import { Choice, PostForm } from '../parts/form.tsx';
import { governancePage } from '../parts/governance.tsx';
import { NextPage, Table } from '../parts/table.tsx';

const rowsPerPage = 100;
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
  const page = { limit: rowsPerPage, ...(cursor !== undefined && { cursor }) };
  const { items, cursor: next } = await context.store.auditEntries(filter, page);
  const head = await context.store.auditHead();
  return governancePage(
    asked,
    { part: 'audit', title: 'Audit log' },
    <>
      <p class="muted">
        {head.sequence} rows, the last with hash <code>{head.hash.slice(0, 16)}</code>.
      </p>
      {chain ?? (
        <PostForm class="row" formToken={visitor.formToken} action={links.governance('audit')}>
          <button type="submit">Verify the chain</button>
        </PostForm>
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
    </>,
  );
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
