/** Which stream keeps the events of a domain. */
import type { Catalog } from './catalog.ts';

export function streamOf({ domains }: Pick<Catalog, 'domains'>, domain: string): string {
  const row = Object.hasOwn(domains, domain) ? domains[domain] : undefined;
  return row?.stream ?? `EVT_${domain.toUpperCase()}`;
}
