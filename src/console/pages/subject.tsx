/** One event: its fields, an example, its contract, versions, consumers, usage, and how to get code for it. */
import type { Child } from 'hono/jsx';
import { describe } from '../../registry/catalogs/describe.ts';
import { today } from '../../registry/context.ts';
import type { ConsumerRecord, DeprecationRecord, UsageRecord, VersionRecord } from '../../registry/records.ts';
import { catalogOf, lookUp } from '../../registry/versions/look-up.ts';
import type { Catalog } from '../../schema/catalog.ts';
import type { SchemaFormat } from '../../schema/definition.ts';
import { addDays, daysBetween } from '../../schema/duration.ts';
import { isObject, type Json, member } from '../../schema/json.ts';
import { sample } from '../../schema/sample.ts';
import { fieldList } from '../fields.ts';
import { documentOf, pretty, recentVersions, sinceOf, sourceOf } from '../history.ts';
import type { Links } from '../links.ts';
import type { Asked, Page } from '../page.ts';
import { Badge, LevelBadge, Tags } from '../parts/badge.tsx';
import { Crumbs } from '../parts/catalog-head.tsx';
import { FieldTable } from '../parts/field-table.tsx';
import { Lines, linesOf } from '../parts/lines.tsx';
import { Facts, NextPage, Table } from '../parts/table.tsx';
import { mayPlan } from './announce.tsx';

const usageDays = 30;
const formatNames: Readonly<Record<SchemaFormat, string>> = { json: 'JSON Schema', avro: 'Avro', protobuf: 'Protobuf' };

export const subjectPage: Page = {
  method: 'get',
  path: '/catalogs/:catalog/subjects/:subject',
  id: 'console.subject',
  permission: 'read',
  render: async (asked) => {
    const { context, params, query, links } = asked;
    const at = { catalog: params.catalog ?? '', subject: params.subject ?? '' };
    const { summary, consumers, plan } = await describe(context, at);
    const { rules } = await catalogOf(context.store, at.catalog);
    const { items: versions, cursor } = await recentVersions(context, at, query.get('cursor') ?? undefined);
    const version = await versionShown(asked, at, versions);
    return {
      title: at.subject,
      section: 'catalogs',
      body: (
        <>
          <Crumbs links={links} catalog={at.catalog} subject={at.subject} />
          <h1>{at.subject}</h1>
          {summary.title !== undefined && <p class="muted">{summary.title}</p>}
          <p>
            <Badge word={summary.stage} />{' '}
            {summary.classification !== undefined && (
              <LevelBadge level={summary.classification} levels={rules.classification.levels} />
            )}{' '}
            <Tags tags={summary.tags} />
          </p>
          {plan && <PlanBanner plan={plan} links={links} now={today(context.clock)} />}
          {version === undefined ? (
            <p class="muted">No version is registered yet.</p>
          ) : (
            <VersionPart
              asked={asked}
              rules={rules}
              version={version}
              versions={versions}
              announceable={summary.stage === 'active' && mayPlan(context.caller, at)}
            >
              {await versionParts(asked, rules, version, versions)}
            </VersionPart>
          )}
          <div class="columns even">
            <section>
              <h2>Versions</h2>
              <TimeLine versions={versions} links={links} />
              <NextPage path={links.subject(at.catalog, at.subject)} query={query} cursor={cursor} />
            </section>
            <section>
              <h2>Consumers</h2>
              <Consumers consumers={consumers} links={links} catalog={at.catalog} />
              <h2>Use in the last {usageDays} days</h2>
              <Usage rows={await usageOf(asked, at)} />
            </section>
          </div>
        </>
      ),
    };
  },
};

/** The version the address names, else the latest; of a retired subject too. */
async function versionShown(
  { context, query }: Asked,
  at: { readonly catalog: string; readonly subject: string },
  versions: readonly VersionRecord[],
): Promise<VersionRecord | undefined> {
  const stated = Number(query.get('version') ?? '');
  if (Number.isSafeInteger(stated) && stated > 0) return (await lookUp(context, { ...at, version: stated })).version;
  return versions[0];
}

function PlanBanner(props: { readonly plan: DeprecationRecord; readonly links: Links; readonly now: string }): Child {
  const { plan, links, now } = props;
  const { catalog, subject, stage, successor, sunset, reason } = plan;
  const left = daysBetween(now, sunset);
  return (
    <div class={`banner ${stage === 'retired' ? 'bad' : 'warn'}`} role="note">
      {stage === 'retired' ? 'Retired' : `Deprecated (${stage}), ${left} days until its sunset on ${sunset}`}. Use{' '}
      <a href={links.subject(catalog, successor)}>{successor}</a>. {reason}{' '}
      <a href={links.plan(catalog, subject)}>The plan</a>
    </div>
  );
}

function VersionPart(props: {
  readonly asked: Asked;
  readonly rules: Catalog;
  readonly version: VersionRecord;
  readonly versions: readonly VersionRecord[];
  /** Whether who looks may begin to retire it. */
  readonly announceable: boolean;
  readonly children?: Child;
}): Child {
  const { asked, version } = props;
  const { links } = asked;
  const { catalog, subject, number, label } = version;
  const { format } = version.schema;
  return (
    <>
      <h2>
        Version {number} <span class="muted">{label}</span> {format !== 'json' && <Badge word={formatNames[format]} />}
      </h2>
      <p>
        <a href={links.compare(catalog, subject, Math.max(1, number - 1), number)}>Compare versions</a> ·{' '}
        <a href={links.candidate(catalog, subject)}>Try a change</a> ·{' '}
        {props.announceable && (
          <>
            <a href={links.announce(catalog, subject)}>Announce a deprecation</a> ·{' '}
          </>
        )}
        <a
          href={links.api(
            `/v1/catalogs/${encodeURIComponent(catalog)}/subjects/${encodeURIComponent(subject)}/versions/${number}`,
          )}
        >
          as JSON
        </a>
      </p>
      {props.children}
    </>
  );
}

async function versionParts(
  { context }: Asked,
  rules: Catalog,
  version: VersionRecord,
  versions: readonly VersionRecord[],
): Promise<Child> {
  const document = await documentOf(context, version);
  const since = await sinceOf(context, versions, version.number);
  const { levels } = rules.classification;
  const list = fieldList(document, levels, version.contract.classification ?? version.classification);
  const root = document.root;
  const description = isObject(root) ? member(root, 'description') : undefined;
  const example = await exampleOf(context, version, root);
  return (
    <>
      {typeof description === 'string' && <p class="lead">{description}</p>}
      <div class="columns">
        <div>
          <FieldTable list={list} levels={levels} since={since} />
        </div>
        <div>
          <ContractFacts version={version} />
          <h3>Example of a payload</h3>
          {example === undefined ? (
            <p class="muted">The schema has no example, and none could be guessed from it.</p>
          ) : (
            <Lines lines={linesOf(JSON.stringify(example, null, 2))} label="An example" />
          )}
          <details open>
            <summary>Schema</summary>
            <div class="tall">
              <Lines lines={linesOf(sourceOf(version))} label="The schema" />
            </div>
          </details>
        </div>
      </div>
      {version.schema.format !== 'json' && (
        <details>
          <summary>Its events as JSON Schema, which rules and types are made from</summary>
          <Lines lines={linesOf(pretty(version.schema.text))} label="The events as JSON Schema" />
        </details>
      )}
      <Artifacts version={version} />
    </>
  );
}

/** An example is shown only where the version accepts it. */
async function exampleOf(context: Asked['context'], version: VersionRecord, root: Json): Promise<Json | undefined> {
  if (!isObject(root)) return undefined;
  const stated = member(root, 'examples');
  const candidates = [...(Array.isArray(stated) ? stated : []), sample(root, root)];
  const { catalog, subject, number } = version;
  const { validator } = await context.versionValidators.of(context, { catalog, subject, version: number });
  const rejected = await validator.validate(context.validations, { values: candidates }, context.caller);
  return candidates[rejected.findIndex(({ length }) => length === 0)];
}

function ContractFacts({ version }: { readonly version: VersionRecord }): Child {
  const { contract, schema, createdAt, createdBy } = version;
  return (
    <Facts
      facts={[
        ['Producer', contract.producer],
        ['Owner', contract.owner],
        ['Kept', contract.retention],
        ['Ordered by', contract.orderingKey && <code>{contract.orderingKey}</code>],
        ['On the wire', contract.type && <code>{contract.type}</code>],
        ['Decision', contract.decision],
        ['Schema id', String(schema.id)],
        ['Fingerprint', <code>{schema.fingerprint}</code>],
        ['Registered', `${createdAt.slice(0, 16).replace('T', ' ')} by ${createdBy}`],
      ]}
    />
  );
}

function Artifacts({ version: { catalog, subject, number } }: { readonly version: VersionRecord }): Child {
  return (
    <details>
      <summary>Types and validators</summary>
      <p>Pinned in a lock file, with the others of the catalog:</p>
      <pre>
        <code>{`npx herald pull '${catalog}/${subject}' --out src/events`}</code>
      </pre>
      <p>Or one file of this version:</p>
      <pre>
        <code>{`curl -s $HERALD/v1/catalogs/${catalog}/subjects/${subject}/versions/${number}/artifacts/types.ts`}</code>
      </pre>
      <p class="muted">Also validator.js, redact.js, schema.json and classification.json.</p>
    </details>
  );
}

function TimeLine({ versions, links }: { readonly versions: readonly VersionRecord[]; readonly links: Links }): Child {
  if (versions.length === 0) return <p class="muted">None.</p>;
  return (
    <ol class="timeline">
      {versions.map(({ catalog, subject, number, label, createdAt, createdBy, report }) => (
        <li>
          <a href={links.subject(catalog, subject, number)}>Version {number}</a> <span class="muted">{label}</span>{' '}
          {number > 1 && <Badge word={report.change} />}
          <div class="muted">
            {createdAt.slice(0, 10)} by {createdBy}
            {number > 1 && (
              <>
                {' '}
                · <a href={links.compare(catalog, subject, number - 1, number)}>what changed</a>
              </>
            )}
          </div>
        </li>
      ))}
    </ol>
  );
}

function Consumers(props: {
  readonly consumers: readonly ConsumerRecord[];
  readonly links: Links;
  readonly catalog: string;
}): Child {
  return (
    <Table
      head={['service', 'reads', 'said by']}
      empty="No consumer is known."
      rows={props.consumers.map(({ service, reads, requires, samples, critical, note, origin }) => [
        <a href={props.links.service(props.catalog, service)}>{service}</a>,
        <>
          {reads !== undefined && <code>{reads.join(', ')}</code>}
          {requires !== undefined && <span class="muted">by a schema of its own </span>}
          {samples !== undefined && <span class="muted">{samples.length} recorded events </span>}
          {reads === undefined && requires === undefined && samples === undefined && (
            <span class="muted">everything</span>
          )}
          {critical && <Badge word="critical" />}
          {note !== undefined && <div class="muted">{note}</div>}
        </>,
        origin === 'declared' ? 'itself' : 'the contract',
      ])}
    />
  );
}

async function usageOf({ context }: Asked, at: { readonly catalog: string; readonly subject: string }) {
  return context.store.usage({ ...at, since: addDays(today(context.clock), -usageDays) });
}

/** Summed over the days: one row for each service, role and version. */
function Usage({ rows }: { readonly rows: readonly UsageRecord[] }): Child {
  const sums = new Map<string, UsageRecord>();
  for (const row of rows) {
    const key = JSON.stringify([row.service, row.role, row.number]);
    const known = sums.get(key);
    const lastSeen = known && known.lastSeen > row.lastSeen ? known.lastSeen : row.lastSeen;
    sums.set(key, { ...row, count: row.count + (known?.count ?? 0), lastSeen });
  }
  return (
    <Table
      head={['service', 'does', 'version', 'events', 'last seen']}
      empty="No use was reported. That is unknown, not unused."
      rows={[...sums.values()].map(({ service, role, number, count, lastSeen }) => [
        service,
        role === 'produce' ? 'sends' : 'receives',
        number === 0 ? 'unknown' : `v${number}`,
        String(count),
        lastSeen.slice(0, 10),
      ])}
    />
  );
}
