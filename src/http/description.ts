/** The descriptions of the interface, each made when it is first asked for. */
import { sha256 } from '../schema/canonical.ts';
import { docsPage, indexPage } from './docs.ts';
import { openApiDocument } from './openapi.ts';
import type { Route } from './route.ts';

export interface Description {
  openapi(): { readonly text: string; readonly etag: string };
  docs(): string;
  index(): string;
}

export function describeRoutes(routes: readonly Route[]): Description {
  return {
    openapi: once(() => {
      const text = JSON.stringify(openApiDocument(routes));
      return { text, etag: sha256(text) };
    }),
    docs: once(() => docsPage(routes)),
    index: once(indexPage),
  };
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
