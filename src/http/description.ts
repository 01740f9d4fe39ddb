/** The descriptions of the interface, each made when it is first asked for. */
import { lru } from '../lru.ts';
import { sha256 } from '../schema/canonical.ts';
import { docsPage, indexPage } from './docs.ts';
import { type Links, serverUrl } from './links.ts';
import { openApiDocument } from './openapi.ts';
import type { Route } from './route.ts';

export interface Description {
  openapi(links: Links): { readonly text: string; readonly etag: string };
  docs(links: Links): string;
  index(links: Links): string;
}

/** Callers may reach one registry under several URLs; few enough that each description is made once. */
const maxUrls = 10;

export function describeRoutes(routes: readonly Route[]): Description {
  return {
    openapi: oncePerUrl((links) => {
      const text = JSON.stringify(openApiDocument(routes, links));
      return { text, etag: sha256(text) };
    }),
    docs: oncePerUrl((links) => docsPage(routes, links)),
    index: oncePerUrl(indexPage),
  };
}

function oncePerUrl<T extends object | string>(make: (links: Links) => T): (links: Links) => T {
  const made = lru<T>(maxUrls);
  return (links) => {
    const url = serverUrl(links);
    const value = made.get(url) ?? make(links);
    made.set(url, value);
    return value;
  };
}
