/** Two versions of an event, or a candidate against its history: what changed, whom it breaks, and the event that proves it. */
import type { Child } from 'hono/jsx';
import type { Report } from '../../check/report.ts';
import type { Comparison } from '../../compat/report.ts';
import type { VersionRecord } from '../../registry/records.ts';
import { compareVersions } from '../../registry/versions/compare.ts';
import { catalogOf, lookUp } from '../../registry/versions/look-up.ts';
import type { Json } from '../../schema/json.ts';
import { fieldList } from '../fields.ts';
import { documentOf, recentVersions, sourceOf } from '../history.ts';
import type { Asked, Page } from '../page.ts';
import { Badge } from '../parts/badge.tsx';
import { Crumbs } from '../parts/catalog-head.tsx';
import { type FieldChange, FieldChanges, fieldChanges } from '../parts/field-changes.tsx';
import { FindingBlock, WitnessBlock } from '../parts/finding.tsx';
import { Choice } from '../parts/form.tsx';
import { JsonDiff } from '../parts/json-diff.tsx';
import { WorldsTable } from '../parts/worlds.tsx';

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
          <ComparisonBody
            comparison={comparison}
            next={JSON.parse(next.schema.text)}
            consumers={await consumersOf(asked, at)}
            changes={await changesOf(asked, previous, next)}
            before={sourceOf(previous)}
            after={sourceOf(next)}
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

async function changesOf({ context }: Asked, previous: VersionRecord, next: VersionRecord) {
  const { rules } = await catalogOf(context.store, next.catalog);
  const { levels } = rules.classification;
  const rows = async (version: VersionRecord) =>
    fieldList(await documentOf(context, version), levels, version.classification).rows;
  return fieldChanges(await rows(previous), await rows(next));
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
  readonly changes: readonly FieldChange[];
  readonly before: string;
  readonly after: string;
}): Child {
  const { comparison } = props;
  return (
    <>
      <WorldsTable worlds={comparison.worlds} world={comparison.world} level={comparison.level} />
      <h2>What changed</h2>
      {comparison.findings.length === 0 && <p class="muted">Nothing that a check would mention.</p>}
      {comparison.findings.map((finding) => (
        <FindingBlock finding={finding} world={comparison.world} next={props.next} consumers={props.consumers} />
      ))}
      <Unexplained comparison={comparison} />
      <h2>Field by field</h2>
      <FieldChanges changes={props.changes} />
      <h2>Text</h2>
      <JsonDiff before={props.before} after={props.after} label="The schema, before and after" />
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

export function ReportBody(props: {
  readonly report: Report;
  readonly text: string;
  readonly consumers: readonly string[];
}): Child {
  const { report } = props;
  const next = parsed(props.text);
  return (
    <section aria-label="Report">
      {report.gate.allowed ? (
        <p class="banner ok">
          {report.same === undefined
            ? `It would be registered as ${report.label}.`
            : `It is version ${report.same}, unchanged.`}
        </p>
      ) : (
        <p class="banner bad">It would be refused: {report.gate.because}</p>
      )}
      <WorldsTable worlds={report.worlds} world={report.world} level={report.level} />
      {report.findings.map((finding) => (
        <FindingBlock
          finding={finding}
          world={report.world}
          consumers={props.consumers}
          {...(next !== undefined && { next })}
        />
      ))}
      {report.findings.length === 0 && <p class="muted">No finding.</p>}
    </section>
  );
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    // the report says what is wrong with the text
    return undefined;
  }
}
