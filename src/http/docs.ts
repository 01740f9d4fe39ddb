/** The page at /docs, made from the route records: one file that loads nothing, and is readable without its script and style. */
import { faults } from '../errors.ts';
import { mediaTypesOf } from './body.ts';
import { script, style } from './docs-assets.ts';
import { type Links, pathTo, serverUrl } from './links.ts';
import { codesByStatus, openApiDocument } from './openapi.ts';
import { type Group, groups, type Route } from './route.ts';

interface Documented {
  readonly operationId?: string | undefined;
  readonly parameters?: unknown;
}

export function docsPage(routes: readonly Route[], links: Links): string {
  const parameters = parametersById(routes);
  const used = groups.filter((group) => routes.some((record) => record.group === group));
  const nav = used.map((group) => `<h2>${group}</h2><ul>${operationLinks(group, routes)}</ul>`).join('');
  const main = used
    .map((group) => `<section><h2>${group}</h2>${articles(group, routes, parameters)}</section>`)
    .join('');
  return html(
    'Herald: the HTTP interface',
    `<nav aria-label="Operations"><p class="brand"><a href="${pathTo(links, '/')}">Herald</a></p>
<input type="search" id="filter" placeholder="Filter operations" aria-label="Filter operations">${nav}<h2>Errors</h2><ul><li><a href="#errors">Codes</a></li></ul></nav>
<main><h1>The HTTP interface</h1>${intro(links)}${main}${errorTable()}</main>`,
    links,
  );
}

export function indexPage(links: Links): string {
  const pages = [
    ['/docs', 'The interface, for people'],
    ['/openapi.json', 'The interface, for programs (OpenAPI 3.1)'],
    ['/v1/catalogs', 'The catalogs'],
    ['/v1/deprecations', 'Deprecation plans'],
    ['/readyz', 'Is it ready?'],
    ['/metrics', 'Metrics (Prometheus)'],
  ];
  const rows = pages
    .map(
      ([path = '', text]) =>
        `<li><a href="${pathTo(links, path)}"><code>${pathTo(links, path)}</code></a> ${text}</li>`,
    )
    .join('');
  return html(
    'Herald',
    `<main class="alone"><h1>Herald</h1><p>An event-schema registry with a compatibility gate.</p><ul>${rows}</ul></main>`,
    links,
  );
}

const intro = (links: Links) => `<p>Everything under <code>/v1</code> speaks JSON. A refusal looks like
<code>{"error":{"code","message","details"}}</code>; the codes are <a href="#errors">below</a>. Each answer carries
<code>X-Correlation-Id</code>; one you send along is kept. GET routes answer HEAD too. Lists are paged: hand the
<code>cursor</code> of one page to the next request. The machine-readable form is <a href="${pathTo(links, '/openapi.json')}">${pathTo(links, '/openapi.json')}</a>.</p>
<pre class="env"><code>HERALD=<span class="origin">${serverUrl({ ...links, origin: links.origin ?? 'http://127.0.0.1:8080' })}</span></code></pre>`;

function operationLinks(group: Group, routes: readonly Route[]): string {
  return routes
    .filter((record) => record.group === group)
    .map(
      (record) =>
        `<li data-find="${escaped(`${record.method} ${record.path} ${record.summary}`.toLowerCase())}"><a href="#${record.id}"><b class="${record.method}">${record.method.toUpperCase()}</b> ${escaped(shortened(record.path))}</a></li>`,
    )
    .join('');
}

function shortened(path: string): string {
  return path
    .replace('/v1/catalogs/{catalog}/subjects/{subject}', '…/{subject}')
    .replace('/v1/catalogs/{catalog}', '…/{catalog}');
}

function articles(
  group: Group,
  routes: readonly Route[],
  parameters: ReadonlyMap<string, readonly Parameter[]>,
): string {
  return routes
    .filter((record) => record.group === group)
    .map((record) => article(record, parameters.get(record.id) ?? []))
    .join('');
}

function article(record: Route, parameters: readonly Parameter[]): string {
  const permission =
    record.permission === 'open' ? 'needs no credentials' : `needs the permission <b>${record.permission}</b>`;
  return `<article id="${record.id}"><h3><b class="${record.method}">${record.method.toUpperCase()}</b> <code>${escaped(record.path)}</code></h3>
<p class="summary">${prose(record.summary)}</p>${record.description === undefined ? '' : `<p>${prose(record.description)}</p>`}
<p class="meta">${permission}</p>${parameterTable(parameters)}${bodyText(record)}${replyTable(record)}${
    record.example === undefined ? '' : `<pre class="try"><code>${escaped(record.example)}</code></pre>`
  }</article>`;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly description?: string;
  readonly schema: { readonly type?: unknown; readonly enum?: readonly unknown[]; readonly default?: unknown };
}

function parametersById(routes: readonly Route[]): ReadonlyMap<string, readonly Parameter[]> {
  const operations = Object.values(openApiDocument(routes).paths ?? {}).flatMap((item) =>
    Object.values(item),
  ) as Documented[];
  return new Map(
    operations.map((operation) => [operation.operationId ?? '', (operation.parameters ?? []) as readonly Parameter[]]),
  );
}

function parameterTable(parameters: readonly Parameter[]): string {
  if (parameters.length === 0) return '';
  const rows = parameters.map(({ name, in: where, required, description = '', schema }) => {
    const values = schema.enum
      ? ` One of ${schema.enum.map((value) => `<code>${escaped(String(value))}</code>`).join(', ')}.`
      : '';
    const fallback = schema.default === undefined ? '' : ` Default <code>${escaped(String(schema.default))}</code>.`;
    return `<tr><td><code>${escaped(name)}</code></td><td>${where}${required ? '' : ', optional'}</td><td>${prose(description)}${values}${fallback}</td></tr>`;
  });
  return `<table><thead><tr><th>Parameter</th><th>In</th><th></th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

function bodyText({ body }: Route): string {
  if (!body) return '';
  const example =
    body.example === undefined ? '' : `<pre><code>${escaped(JSON.stringify(body.example, null, 2))}</code></pre>`;
  return `<p>Body: ${mediaTypesOf(body)
    .map((type) => `<code>${type}</code>`)
    .join(' or ')}</p>${example}`;
}

function replyTable(record: Route): string {
  const answers = Object.entries(record.replies).map(
    ([status, { description }]) => `<tr><td>${status}</td><td>${prose(description)}</td></tr>`,
  );
  const refusals = [...codesByStatus(record)]
    .sort(([left], [right]) => left - right)
    .map(
      ([status, codes]) =>
        `<tr><td>${status}</td><td>${codes.map((code) => `<a href="#${code}"><code>${code}</code></a>`).join(' ')}</td></tr>`,
    );
  return `<table><thead><tr><th>Status</th><th>Answer</th></tr></thead><tbody>${answers.join('')}${refusals.join('')}</tbody></table>`;
}

function errorTable(): string {
  const rows = Object.entries(faults).map(
    ([code, { status, title }]) =>
      `<tr id="${code}"><td><code>${code}</code></td><td>${status}</td><td>${prose(title)}</td></tr>`,
  );
  return `<section id="errors"><h2>Error codes</h2><table><thead><tr><th>Code</th><th>Status</th><th>Meaning</th></tr></thead><tbody>${rows.join('')}</tbody></table></section>`;
}

function html(title: string, body: string, { base }: Links): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title>
<style>${style}</style></head><body data-base="${base}">${body}<script>${script}</script></body></html>
`;
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

/** Backticks become code. */
function prose(text: string): string {
  return escaped(text).replace(/`([^`]+)`/g, '<code>$1</code>');
}
