/** Which events carry a field, a type, a tag, a word. Shown as one types; the address is a link to the results. */
import type { Child } from 'hono/jsx';
import { type SearchHit, search } from '../../registry/catalogs/search.ts';
import type { Links } from '../links.ts';
import type { Page } from '../page.ts';
import { Badge, Tags } from '../parts/badge.tsx';
import { NextPage, Table } from '../parts/table.tsx';

const hitsPerPage = 25;
const maxQueryCharacters = 200;

export const searchPage: Page = {
  method: 'get',
  path: '/search',
  id: 'console.search',
  permission: 'read',
  render: async ({ context, query, links }) => {
    const text = (query.get('q') ?? '').slice(0, maxQueryCharacters).trim();
    const cursor = query.get('cursor') ?? undefined;
    const found =
      text === ''
        ? { items: [] }
        : await search(context, text, { limit: hitsPerPage, ...(cursor !== undefined && { cursor }) });
    return {
      title: text === '' ? 'Search' : `“${text}”`,
      section: 'catalogs',
      body: (
        <div id="results">
          <h1>Search</h1>
          <p class="lead">
            {text === ''
              ? 'Type part of a name, title, field, type, tag, owner or description: “user_id”, “pii”, “order uuid”.'
              : `Events that “${text}” is found in. Several words must all be found.`}
          </p>
          {text !== '' && <Hits hits={found.items} links={links} />}
          <NextPage path={links.search()} query={query} cursor={'cursor' in found ? found.cursor : undefined} />
        </div>
      ),
    };
  },
};

function Hits({ hits, links }: { readonly hits: readonly SearchHit[]; readonly links: Links }): Child {
  return (
    <Table
      head={['event', 'catalog', 'fields', 'owner', 'classification']}
      empty="Nothing is found. Try a shorter part of the word."
      rows={hits.map(({ summary, fields }) => [
        <>
          <a href={links.subject(summary.catalog, summary.name)}>{summary.name}</a>
          {summary.title !== undefined && <div class="muted">{summary.title}</div>}
        </>,
        <a href={links.catalog(summary.catalog)}>{summary.catalog}</a>,
        fields.map((field) => (
          <div>
            <code>{field}</code>
          </div>
        )),
        summary.owner ?? '',
        <>
          {summary.classification !== undefined && <Badge word={summary.classification} />} <Tags tags={summary.tags} />
        </>,
      ])}
    />
  );
}
