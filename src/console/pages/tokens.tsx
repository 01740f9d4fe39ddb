/** API tokens, for administrators. */
import { today } from '../../registry/context.ts';
import { revokeToken } from '../../registry/governance/tokens.ts';
import { confirmed } from '../confirmed.ts';
import type { Asked, Page, Shown } from '../page.ts';
import { Badge } from '../parts/badge.tsx';
import { PostButton } from '../parts/form.tsx';
import { Expiry, governancePage } from '../parts/governance.tsx';
import { Table } from '../parts/table.tsx';

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
  return governancePage(
    asked,
    { part: 'tokens', title: 'Tokens', refusal },
    <>
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
          <Expiry expires={token.expires} now={now} />,
          token.lastUsed ?? 'never',
          token.revokedAt !== undefined ? (
            <Badge word="withdrawn" />
          ) : (
            <PostButton
              formToken={visitor.formToken}
              action={links.governance('tokens')}
              name="revoke"
              value={token.id}
              destructive
            >
              Revoke
            </PostButton>
          ),
        ])}
      />
    </>,
  );
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
