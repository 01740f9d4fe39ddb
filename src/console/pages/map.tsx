/** Services and events as a graph that can be walked: a service shows what it sends and receives, an event who is around it. */
import type { Child } from 'hono/jsx';
import { listSubjects } from '../../registry/catalogs/lists.ts';
import type { SubjectSummary } from '../../registry/records.ts';
import { catalogOf } from '../../registry/versions/look-up.ts';
import type { Asked, Page } from '../page.ts';
import { CatalogHead } from '../parts/catalog-head.tsx';
import { Graph, type GraphEdge, type GraphNode } from '../parts/graph.tsx';
import { Scrolling } from '../parts/scrolling.tsx';

/** Events past this number are not drawn: nobody can read such a graph. */
const maxEventsDrawn = 40;
const maxNameCharacters = 300;

export const mapPage: Page = {
  method: 'get',
  path: '/catalogs/:catalog/map',
  id: 'console.map',
  permission: 'read',
  render: async (asked) => {
    const { context, params, query, links } = asked;
    const name = params.catalog ?? '';
    const { rules } = await catalogOf(context.store, name);
    const service = query.get('service')?.slice(0, maxNameCharacters) || undefined;
    const { events, more } = await eventsAround(asked, name, service);
    return {
      title: service === undefined ? `Map of ${rules.title}` : `${service} in ${rules.title}`,
      section: 'catalogs',
      body: (
        <>
          <CatalogHead rules={rules} links={links} part="map" />
          {service !== undefined && (
            <p>
              <strong>{rules.services[service]?.title ?? service}</strong>: what it sends and receives, and who else
              does. <a href={links.catalog(name, 'map')}>Show the whole map</a>
            </p>
          )}
          {more && (
            <p class="banner">
              Only the first {maxEventsDrawn} events are drawn. Choose a service to see what is around it.
            </p>
          )}
          {events.length === 0 ? (
            <p class="muted">There is no event to draw.</p>
          ) : (
            <Drawn
              asked={asked}
              catalog={name}
              service={service}
              events={events}
              consumers={await consumersOf(asked, name, events)}
            />
          )}
          <h2>Services</h2>
          <ul class="cards">
            {Object.entries(rules.services).map(([id, { title, description, clearance }]) => (
              <li class="card">
                <h3>
                  <a href={links.service(name, id)}>{title ?? id}</a>
                </h3>
                {description !== undefined && <p>{description}</p>}
                {clearance !== undefined && <p class="muted">cleared for {clearance}</p>}
              </li>
            ))}
          </ul>
        </>
      ),
    };
  },
};

async function eventsAround({ context }: Asked, catalog: string, service: string | undefined) {
  const page = { limit: maxEventsDrawn };
  if (service === undefined) {
    const { items, cursor } = await listSubjects(context, catalog, {}, page);
    return { events: items, more: cursor !== undefined };
  }
  const sent = await listSubjects(context, catalog, { producer: service }, page);
  const received = await listSubjects(context, catalog, { consumer: service }, page);
  const events = new Map([...sent.items, ...received.items].map((event) => [event.name, event]));
  const more = sent.cursor !== undefined || received.cursor !== undefined;
  return { events: [...events.values()].slice(0, maxEventsDrawn), more };
}

async function consumersOf({ context }: Asked, catalog: string, events: readonly SubjectSummary[]) {
  return context.store.consumers(
    catalog,
    events.map(({ name }) => name),
  );
}

function Drawn(props: {
  readonly asked: Asked;
  readonly catalog: string;
  readonly service: string | undefined;
  readonly events: readonly SubjectSummary[];
  readonly consumers: readonly { readonly subject: string; readonly service: string }[];
}): Child {
  const { asked, catalog, events, consumers } = props;
  const { links } = asked;
  const producers = events.flatMap(({ producer }) => (producer === undefined ? [] : [producer]));
  const senders = new Set(producers);
  // a service stands once as sender and once as receiver, so that the graph reads from left to right
  const nodes: GraphNode[] = [
    ...[...senders].map((id) => serviceNode(`from ${id}`, id)),
    ...events.map(({ name }) => ({
      id: `event ${name}`,
      label: name,
      kind: 'event' as const,
      href: links.subject(catalog, name),
    })),
    ...[...new Set(consumers.map(({ service }) => service))].map((id) => serviceNode(`to ${id}`, id)),
  ];
  const edges: GraphEdge[] = [
    ...events.flatMap(({ name, producer }) =>
      producer === undefined ? [] : [{ from: `from ${producer}`, to: `event ${name}` }],
    ),
    ...consumers.map(({ subject, service }) => ({ from: `event ${subject}`, to: `to ${service}` })),
  ];
  function serviceNode(id: string, service: string): GraphNode {
    const isCurrent = service === props.service;
    return { id, label: service, kind: 'service', href: links.service(catalog, service), isCurrent };
  }
  return (
    <>
      <p class="muted">
        From left to right: who sends, the event, who receives. A service shows what is around it, an event its page.
      </p>
      <Scrolling label="Map of services and events">
        <Graph nodes={nodes} edges={edges} label={`Who sends and receives which events of ${catalog}`} />
      </Scrolling>
    </>
  );
}
