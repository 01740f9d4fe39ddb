/** The document around every page. Scripts and styles are files of our own: the policy allows nothing else. */
import type { Child } from 'hono/jsx';
import type { Links } from './links.ts';
import type { Section, Shown, Visitor } from './page.ts';
import { PostForm } from './parts/form.tsx';

interface Frame {
  readonly shown: Shown;
  readonly links: Links;
  readonly visitor?: Visitor;
  readonly assets: AssetNames;
  /** What the search field holds. */
  readonly query?: string;
}

/** File names that change with their content, so that browsers may keep them. */
export interface AssetNames {
  readonly style: string;
  readonly script: string;
}

const sections: readonly (readonly [Section, string, (links: Links) => string])[] = [
  ['catalogs', 'Catalogs', (links) => links.home],
  ['deprecations', 'Deprecations', (links) => links.deprecations],
  ['proposals', 'Proposals', (links) => links.proposals],
  ['try', 'Try it', (links) => links.tryIt],
  ['governance', 'Governance', (links) => links.governance('waivers')],
];

export function Document({ shown, links, visitor, assets, query }: Frame): Child {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="htmx-config" content='{"includeIndicatorStyles":false,"allowEval":false,"selfRequestsOnly":true}' />
        <title>{`${shown.title} · Herald`}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href={links.asset(assets.style)} />
        <script src={links.asset(assets.script)} defer></script>
      </head>
      <body>
        <a class="skip" href="#main">
          Skip to the content
        </a>
        <header class="top">
          <a class="brand" href={links.home}>
            Herald
          </a>
          {visitor && <Navigation links={links} current={shown.section} />}
          {visitor && <SearchField links={links} query={query} />}
          {visitor?.name !== undefined && <Who links={links} visitor={visitor} />}
        </header>
        <main id="main">{shown.body}</main>
        <footer class="bottom">
          <a href={links.api('/docs')}>HTTP interface</a> · <a href={links.api('/openapi.json')}>OpenAPI</a> ·{' '}
          <a href={links.api('/v1/catalogs')}>Catalogs as JSON</a>
        </footer>
      </body>
    </html>
  );
}

function Navigation({ links, current }: { readonly links: Links; readonly current: Section | undefined }): Child {
  return (
    <nav aria-label="Console">
      {sections.map(([section, title, to]) => (
        <a href={to(links)} {...(section === current && { 'aria-current': 'page' as const })}>
          {title}
        </a>
      ))}
    </nav>
  );
}

/** Results appear as one types; without JavaScript the same field sends a form. */
function SearchField({ links, query }: { readonly links: Links; readonly query: string | undefined }): Child {
  return (
    <form class="search" aria-label="Search" action={links.search()} method="get">
      <input
        type="search"
        name="q"
        value={query ?? ''}
        maxlength={200}
        placeholder="Search events, fields, tags"
        aria-label="Search events, fields, types and tags"
        hx-get={links.search()}
        hx-trigger="input changed delay:250ms"
        hx-target="#main"
        hx-select="#results"
        hx-push-url="true"
        hx-sync="this:replace"
      />
    </form>
  );
}

function Who({ links, visitor }: { readonly links: Links; readonly visitor: Visitor }): Child {
  return (
    <PostForm class="who" formToken={visitor.formToken} action={links.signOut}>
      <span>{visitor.name}</span>
      <button type="submit">Sign out</button>
    </PostForm>
  );
}
