/** Two versions of an event, or a candidate against its history: what changed, whom it breaks, and the event that proves it. */
import type { Child } from 'hono/jsx';
import type { Comparison } from '../../compat/report.ts';
import type { VersionRecord } from '../../registry/records.ts';
import { compareVersions } from '../../registry/versions/compare.ts';
import { lookUp } from '../../registry/versions/look-up.ts';
import type { Json } from '../../schema/json.ts';
import { type Change, versionChange } from '../change.ts';
import { recentVersions } from '../history.ts';
import type { Asked, Page } from '../page.ts';
import { Badge } from '../parts/badge.tsx';
import { Crumbs } from '../parts/catalog-head.tsx';
import { Findings, WitnessBlock } from '../parts/finding.tsx';
import { Choice } from '../parts/form.tsx';
import { Changes } from '../parts/report.tsx';
import { Verdicts } from '../parts/worlds.tsx';

export const comparePage: Page = {
  method: 'get',
  path: '/catalogs/:catalog/subjects/:subject/compare',
  id: 'console.compare',
  permission: 'read',
  render: async (asked) => {
    const { context, params, query, links } = asked;
    const at = { catalog: params.catalog ?? '', subject: params.subject ?? '' };
    const { items: versions } = await recentVersions(context, at);
    const latest = versions[0]?.number ?? 1;
    const from = numberOf(query.get('from')) ?? Math.max(1, latest - 1);
    const to = numberOf(query.get('to')) ?? latest;
    const previous = (await lookUp(context, { ...at, version: from })).version;
    const next = (await lookUp(context, { ...at, version: to })).version;
    const comparison = await compareVersions(context, at, { from, to });
    return {
      title: `${at.subject}: version ${from} to ${to}`,
      section: 'catalogs',
      body: (
        <>
          <Crumbs links={links} catalog={at.catalog} subject={at.subject} here={`version ${from} to ${to}`} />
          <h1>
            Version {from} → {to} <Badge word={comparison.verdict} />
          </h1>
          <Chooser versions={versions} from={from} to={to} action={links.compare(at.catalog, at.subject)} />
          <p class="muted">
            <a href={links.compare(at.catalog, at.subject, from, to)}>Permanent link</a> to these two versions
          </p>
          <ComparisonBody
            comparison={comparison}
            next={JSON.parse(next.schema.text)}
            consumers={await consumersOf(asked, at)}
            change={await versionChange(context, previous, next)}
          />
        </>
      ),
    };
  },
};

function numberOf(text: string | null): number | undefined {
  const value = Number(text ?? '');
  return Number.isSafeInteger(value) && value > 0 ? value : undefined;
}

export async function consumersOf({ context }: Asked, at: { readonly catalog: string; readonly subject: string }) {
  return (await context.store.consumers(at.catalog, at.subject)).map(({ service }) => service);
}

function Chooser(props: {
  readonly versions: readonly VersionRecord[];
  readonly from: number;
  readonly to: number;
  readonly action: string;
}): Child {
  const numbers = props.versions.map(({ number }) => String(number));
  return (
    <form class="row" method="get" action={props.action} aria-label="Choose versions">
      <Choice name="from" title="From version" options={numbers} chosen={String(props.from)} any="the one before" />
      <Choice name="to" title="to version" options={numbers} chosen={String(props.to)} any="latest" />
      <button type="submit">Compare</button>
    </form>
  );
}

function ComparisonBody(props: {
  readonly comparison: Comparison;
  readonly next: Json;
  readonly consumers: readonly string[];
  readonly change: Change;
}): Child {
  const { comparison } = props;
  return (
    <>
      <Verdicts worlds={comparison.worlds} world={comparison.world} level={comparison.level} />
      <h2>What changed</h2>
      {comparison.findings.length === 0 && <p class="muted">Nothing that a check would mention.</p>}
      <Findings findings={comparison.findings} world={comparison.world} next={props.next} consumers={props.consumers} />
      <Unexplained comparison={comparison} />
      <Changes change={props.change} findings={comparison.findings} />
    </>
  );
}

/** A direction that breaks and that no finding explains is shown with its own witness or reason. */
function Unexplained({ comparison }: { readonly comparison: Comparison }): Child {
  const explained = new Set(comparison.findings.flatMap((finding) => finding.breaks[comparison.world]));
  return (['backward', 'forward'] as const).flatMap((direction) => {
    const { verdict, witness, undecided = [] } = comparison.worlds[comparison.world][direction];
    if (verdict === 'compatible' || explained.has(direction)) return [];
    return [
      <article class="finding warning">
        <h3>
          {direction} is {verdict}
        </h3>
        {witness && <WitnessBlock witness={witness} of={`${direction} ${verdict}`} />}
        {undecided.map(({ detail, hint }) => (
          <p>
            {detail} {hint ?? ''}
          </p>
        ))}
      </article>,
    ];
  });
}
