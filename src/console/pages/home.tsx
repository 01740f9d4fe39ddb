/** What there is, what changed lately, what is being retired, what was refused. */
import type { Child } from 'hono/jsx';
import { listCatalogs } from '../../registry/catalogs/lists.ts';
import { today } from '../../registry/context.ts';
import type { AuditRecord, DeprecationRecord } from '../../registry/records.ts';
import { addDays, daysBetween } from '../../schema/duration.ts';
import type { Links } from '../links.ts';
import type { Page } from '../page.ts';
import { Badge } from '../parts/badge.tsx';
import { Table } from '../parts/table.tsx';

const changesShown = 12;
const plansShown = 8;
const refusalDays = 7;

/** What a row of the audit log did, for people. Rows of other actions are not news. */
const news: Readonly<Record<string, string>> = {
  'version.register': 'registered',
  'catalog.put': 'rules changed',
  'settings.change': 'settings changed',
  'deprecation.announce': 'deprecation announced',
  'deprecation.dual-write': 'dual-writing',
  'deprecation.migrate': 'migrating',
  'deprecation.retire': 'retired',
  'deprecation.postpone': 'sunset postponed',
  'deprecation.withdraw': 'deprecation withdrawn',
  'waiver.give': 'finding permitted',
  'consumer.declare': 'consumer declared',
};

export const homePage: Page = {
  method: 'get',
  path: '/',
  id: 'console.home',
  permission: 'read',
  render: async ({ context, links }) => {
    const { store, clock } = context;
    const now = today(clock);
    const [catalogs, changes, refusals, plans] = [
      await listCatalogs({ store }),
      await store.auditEntries({ outcome: 'done' }, { limit: 60 }),
      await store.auditEntries({ action: 'version.register', outcome: 'refused' }, { limit: 20 }),
      await store.deprecations(),
    ];
    const weekAgo = addDays(now, -refusalDays);
    return {
      title: 'Catalogs',
      section: 'catalogs',
      body: (
        <>
          <h1>Event schemas</h1>
          <p class="lead">
            What events exist, who sends and receives them, what a change would break, and what is retired when.
          </p>
          <h2>Catalogs</h2>
          {catalogs.length === 0 && (
            <p class="banner">
              There is no catalog yet. In a repository with schemas: <code>herald init</code>, then{' '}
              <code>herald register schemas --registry URL</code>.
            </p>
          )}
          <ul class="cards">
            {catalogs.map(({ name, rules }) => (
              <li class="card">
                <h3>
                  <a href={links.catalog(name)}>{rules.title}</a>
                </h3>
                <p class="muted">
                  {name} · {rules.level} · {rules.world} world
                </p>
                {rules.description !== undefined && <p>{rules.description}</p>}
              </li>
            ))}
          </ul>
          <div class="columns even">
            <section>
              <h2>Changed lately</h2>
              <Changes records={changes.items.filter(({ action }) => Object.hasOwn(news, action))} links={links} />
            </section>
            <section>
              <h2>Deprecations ahead</h2>
              <Plans plans={plans.filter(({ stage }) => stage !== 'retired')} links={links} now={now} />
              <h2>Refused in the last {refusalDays} days</h2>
              <Refusals records={refusals.items.filter(({ at }) => at.slice(0, 10) >= weekAgo)} links={links} />
            </section>
          </div>
        </>
      ),
    };
  },
};

function About({ record, links }: { readonly record: AuditRecord; readonly links: Links }): Child {
  const { catalog, subject } = record;
  if (catalog === undefined) return null;
  return subject === undefined || subject === '' ? (
    <a href={links.catalog(catalog)}>{catalog}</a>
  ) : (
    <a href={links.subject(catalog, subject)}>{subject}</a>
  );
}

function Changes({ records, links }: { readonly records: readonly AuditRecord[]; readonly links: Links }): Child {
  return (
    <Table
      head={['when', 'what', 'by']}
      empty="Nothing has changed yet."
      rows={records.slice(0, changesShown).map((record) => [
        <time dateTime={record.at}>{record.at.slice(0, 16).replace('T', ' ')}</time>,
        <>
          <About record={record} links={links} /> {news[record.action]}
          {typeof record.details?.number === 'number' && ` as version ${record.details.number}`}
        </>,
        record.actor,
      ])}
    />
  );
}

function Plans(props: {
  readonly plans: readonly DeprecationRecord[];
  readonly links: Links;
  readonly now: string;
}): Child {
  const sorted = props.plans.toSorted((left, right) => (left.sunset < right.sunset ? -1 : 1));
  return (
    <Table
      head={['event', 'stage', 'sunset', 'days left']}
      empty="Nothing is being retired."
      rows={sorted
        .slice(0, plansShown)
        .map(({ catalog, subject, stage, sunset }) => [
          <a href={props.links.plan(catalog, subject)}>{subject}</a>,
          <Badge word={stage} />,
          sunset,
          String(daysBetween(props.now, sunset)),
        ])}
    />
  );
}

function Refusals({ records, links }: { readonly records: readonly AuditRecord[]; readonly links: Links }): Child {
  return (
    <Table
      head={['when', 'event', 'because', 'by']}
      empty="No registration was refused."
      rows={records.map((record) => [
        <time dateTime={record.at}>{record.at.slice(0, 16).replace('T', ' ')}</time>,
        <About record={record} links={links} />,
        <code>{[record.details?.rules].flat().filter(Boolean).join(', ') || record.reason}</code>,
        record.actor,
      ])}
    />
  );
}
