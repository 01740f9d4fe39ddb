/** Where sensitive data is, who receives it and how long it is kept: by level and tag, a page of events at a time. */
import type { DataMapRow } from '../../policy/data-map.ts';
import { dataMapPage } from '../../registry/catalogs/data-map.ts';
import { catalogOf } from '../../registry/versions/look-up.ts';
import type { Page } from '../page.ts';
import { LevelBadge, Tags } from '../parts/badge.tsx';
import { CatalogHead } from '../parts/catalog-head.tsx';
import { Choice } from '../parts/form.tsx';
import { NextPage, Table } from '../parts/table.tsx';

const eventsPerPage = 50;

export const dataPage: Page = {
  method: 'get',
  path: '/catalogs/:catalog/data',
  id: 'console.data',
  permission: 'read',
  render: async ({ context, params, query, links }) => {
    const name = params.catalog ?? '';
    const { rules } = await catalogOf(context.store, name);
    const { levels, tags } = rules.classification;
    const level = levels.find((one) => one === query.get('level'));
    const tag = Object.keys(tags).find((one) => one === query.get('tag'));
    const filter = { ...(level !== undefined && { level }), ...(tag !== undefined && { tag }) };
    const cursor = query.get('cursor') ?? undefined;
    const page = { limit: eventsPerPage, ...(cursor !== undefined && { cursor }) };
    const { map, cursor: next } = await dataMapPage(context, name, filter, page);
    return {
      title: `Sensitive data in ${rules.title}`,
      section: 'catalogs',
      body: (
        <>
          <CatalogHead rules={rules} links={links} part="data" />
          <form class="row" method="get" action={links.catalog(name, 'data')} aria-label="Narrow the list">
            <Choice name="level" title="At least this level" options={levels} chosen={level} />
            <Choice name="tag" title="Tag" options={Object.keys(tags).sort()} chosen={tag} />
            <button type="submit">Filter</button>
          </form>
          <Table
            caption="Fields and who receives them"
            head={['event', 'field', 'level', 'tags', 'producer', 'receivers', 'kept']}
            empty={
              next === undefined ? 'No field fits.' : 'No field of these events fits; the next page may have some.'
            }
            rows={map.rows.map((row: DataMapRow) => [
              row.subject === '*' ? 'every event' : <a href={links.subject(name, row.subject)}>{row.subject}</a>,
              <code>{row.field === '' ? 'the event itself' : row.field}</code>,
              row.level === undefined ? '' : <LevelBadge level={row.level} levels={levels} />,
              <Tags tags={row.tags} />,
              row.producer ?? '',
              row.receivers.join(', '),
              row.retention ?? '',
            ])}
          />
          <NextPage path={links.catalog(name, 'data')} query={query} cursor={next} />
        </>
      ),
    };
  },
};
