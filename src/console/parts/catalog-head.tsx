/** The head of every page below a catalog: where one is, and the ways to look at the catalog. */
import type { Child } from 'hono/jsx';
import type { Catalog } from '../../schema/catalog.ts';
import type { Links } from '../links.ts';

type Part = 'subjects' | 'rules' | 'matrix' | 'map' | 'data';

const parts: readonly (readonly [Part, string])[] = [
  ['subjects', 'Subjects'],
  ['rules', 'Rules'],
  ['matrix', 'Who consumes what'],
  ['map', 'Map'],
  ['data', 'Sensitive data'],
];

export function CatalogHead(props: { readonly rules: Catalog; readonly links: Links; readonly part: Part }): Child {
  const { rules, links } = props;
  return (
    <>
      <p class="crumbs">
        <a href={links.home}>Catalogs</a> / {rules.name}
      </p>
      <h1>{rules.title}</h1>
      {rules.description !== undefined && <p class="lead">{rules.description}</p>}
      <ul class="tabs">
        {parts.map(([part, title]) => (
          <li>
            <a
              href={links.catalog(rules.name, part === 'subjects' ? undefined : part)}
              {...(part === props.part && { 'aria-current': 'page' as const })}
            >
              {title}
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}

export function Crumbs(props: {
  readonly links: Links;
  readonly catalog: string;
  readonly subject?: string;
  readonly here?: string;
}): Child {
  const { links, catalog, subject, here } = props;
  return (
    <p class="crumbs">
      <a href={links.home}>Catalogs</a> / <a href={links.catalog(catalog)}>{catalog}</a>
      {subject !== undefined && (
        <>
          {' / '}
          {here === undefined ? subject : <a href={links.subject(catalog, subject)}>{subject}</a>}
        </>
      )}
      {here !== undefined && ` / ${here}`}
    </p>
  );
}
