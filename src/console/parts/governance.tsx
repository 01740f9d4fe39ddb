/** What the pages of governance share. */
import type { Child } from 'hono/jsx';
import type { Asked, Shown } from '../page.ts';
import { Badge } from './badge.tsx';
import { Refused } from './form.tsx';

export type GovernancePart = 'waivers' | 'audit' | 'tokens' | 'webhooks';

/** A row is one part of governance and the permission it takes. What one may not see is not offered. */
const parts = [
  ['waivers', 'Waivers', 'read'],
  ['audit', 'Audit log', 'steward'],
  ['tokens', 'Tokens', 'admin'],
  ['webhooks', 'Webhooks', 'admin'],
] as const;

/** A page of governance: its tabs, why something was refused, and what it shows. */
export function governancePage(
  asked: Asked,
  {
    part,
    title,
    refusal,
  }: { readonly part: GovernancePart; readonly title: string; readonly refusal?: string | undefined },
  body: Child,
): Shown {
  return {
    title,
    section: 'governance',
    body: (
      <>
        <Tabs asked={asked} part={part} />
        <Refused refusal={refusal} />
        {body}
      </>
    ),
  };
}

function Tabs({ asked, part }: { readonly asked: Asked; readonly part: GovernancePart }): Child {
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

/** The last day, and whether it has passed. */
export function Expiry({ expires, now }: { readonly expires: string; readonly now: string }): Child {
  return (
    <>
      {expires} {expires < now && <Badge word="expired" />}
    </>
  );
}
