/** A catalog's subjects, narrowed by owner, classification, tag and stage. */
import type { Child } from 'hono/jsx';
import { stages } from '../../lifecycle/stage.ts';
import { listSubjects } from '../../registry/catalogs/lists.ts';
import type { SubjectFilter } from '../../registry/ports.ts';
import { catalogOf } from '../../registry/versions/look-up.ts';
import type { Catalog } from '../../schema/catalog.ts';
import type { Page } from '../page.ts';
import { Badge, LevelBadge, Tags } from '../parts/badge.tsx';
import { CatalogHead } from '../parts/catalog-head.tsx';
import { Choice } from '../parts/form.tsx';
import { NextPage, Table } from '../parts/table.tsx';

const subjectsPerPage = 100;
const maxFilterCharacters = 200;

export const catalogPage: Page = {
  method: 'get',
  path: '/catalogs/:catalog',
  id: 'console.catalog',
  permission: 'read',
  render: async ({ context, params, query, links }) => {
    const name = params.catalog ?? '';
    const { rules } = await catalogOf(context.store, name);
    const filter = filterOf(query);
    const cursor = query.get('cursor') ?? undefined;
    const page = { limit: subjectsPerPage, ...(cursor !== undefined && { cursor }) };
    const { items, cursor: next } = await listSubjects(context, name, filter, page);
    return {
      title: rules.title,
      section: 'catalogs',
      body: (
        <>
          <CatalogHead rules={rules} links={links} part="subjects" />
          <Filters rules={rules} filter={filter} action={links.catalog(name)} />
          <Table
            caption="Subjects"
            head={['event', 'version', 'owner', 'producer', 'classification', 'stage']}
            empty="No event fits. Take a filter away."
            rows={items.map((one) => [
              <>
                <a href={links.subject(name, one.name)}>{one.name}</a>
                {one.title !== undefined && <div class="muted">{one.title}</div>}
              </>,
              one.latest === 0 ? 'none' : `v${one.latest} (${one.label})`,
              one.owner ?? '',
              one.producer === undefined ? '' : <a href={links.service(name, one.producer)}>{one.producer}</a>,
              <>
                {one.classification !== undefined && (
                  <LevelBadge level={one.classification} levels={rules.classification.levels} />
                )}{' '}
                <Tags tags={one.tags} />
              </>,
              <Badge word={one.stage} />,
            ])}
          />
          <NextPage path={links.catalog(name)} query={query} cursor={next} />
        </>
      ),
    };
  },
};

/** A filter that is left empty narrows nothing. */
function filterOf(query: URLSearchParams): SubjectFilter {
  const stated = (name: string) => query.get(name)?.trim().slice(0, maxFilterCharacters) || undefined;
  const [owner, classification, tag, text] = ['owner', 'classification', 'tag', 'q'].map(stated);
  const stage = stages.find((one) => one === query.get('stage'));
  return {
    ...(owner !== undefined && { owner }),
    ...(classification !== undefined && { classification }),
    ...(tag !== undefined && { tag }),
    ...(text !== undefined && { text }),
    ...(stage !== undefined && { stage }),
  };
}

function Filters(props: { readonly rules: Catalog; readonly filter: SubjectFilter; readonly action: string }): Child {
  const { rules, filter } = props;
  const owners = [...new Set(Object.values(rules.domains).map(({ owner }) => owner))].sort();
  return (
    <form class="row" method="get" action={props.action} aria-label="Narrow the list">
      <label>
        Name or title
        <br />
        <input type="search" name="q" value={filter.text ?? ''} maxlength={maxFilterCharacters} />
      </label>
      <Choice name="owner" title="Owner" options={owners} chosen={filter.owner} />
      <Choice
        name="classification"
        title="Classification"
        options={rules.classification.levels}
        chosen={filter.classification}
      />
      <Choice name="tag" title="Tag" options={Object.keys(rules.classification.tags).sort()} chosen={filter.tag} />
      <Choice name="stage" title="Stage" options={stages} chosen={filter.stage} />
      <button type="submit">Filter</button>
    </form>
  );
}
