/** Who consumes what: a row for each event, a column for each service, a page at a time. */
import { listSubjects } from '../../registry/catalogs/lists.ts';
import { catalogOf } from '../../registry/versions/look-up.ts';
import type { Page } from '../page.ts';
import { CatalogHead } from '../parts/catalog-head.tsx';
import { Scrolling } from '../parts/scrolling.tsx';
import { NextPage } from '../parts/table.tsx';

const rowsPerPage = 50;

export const matrixPage: Page = {
  method: 'get',
  path: '/catalogs/:catalog/matrix',
  id: 'console.matrix',
  permission: 'read',
  render: async ({ context, params, query, links }) => {
    const name = params.catalog ?? '';
    const { rules } = await catalogOf(context.store, name);
    const cursor = query.get('cursor') ?? undefined;
    const page = { limit: rowsPerPage, ...(cursor !== undefined && { cursor }) };
    const { items, cursor: next } = await listSubjects(context, name, {}, page);
    const consumers = await context.store.consumers(
      name,
      items.map((subject) => subject.name),
    );
    const services = [...new Set(consumers.map(({ service }) => service))].sort();
    const found = new Map(consumers.map((one) => [`${one.subject}\n${one.service}`, one]));
    return {
      title: `Who consumes what in ${rules.title}`,
      section: 'catalogs',
      body: (
        <>
          <CatalogHead rules={rules} links={links} part="matrix" />
          {items.length === 0 ? (
            <p class="muted">No event is registered.</p>
          ) : (
            <Scrolling label="Who consumes what">
              <table>
                <caption>✓ consumes; a note says under which condition.</caption>
                <thead>
                  <tr>
                    <th scope="col">event</th>
                    <th scope="col">producer</th>
                    {services.map((service) => (
                      <th scope="col">
                        <a href={links.service(name, service)}>{rules.services[service]?.title ?? service}</a>
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {items.map((subject) => (
                    <tr>
                      <th scope="row">
                        <a href={links.subject(name, subject.name)}>{subject.name}</a>
                      </th>
                      <td>{subject.producer ?? ''}</td>
                      {services.map((service) => {
                        const one = found.get(`${subject.name}\n${service}`);
                        return (
                          <td class="tick">
                            {one && '✓'}
                            {one?.note !== undefined && <div class="muted">{one.note}</div>}
                          </td>
                        );
                      })}
                    </tr>
                  ))}
                </tbody>
              </table>
            </Scrolling>
          )}
          <NextPage path={links.catalog(name, 'matrix')} query={query} cursor={next} />
        </>
      ),
    };
  },
};
