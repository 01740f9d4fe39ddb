/** Groups of services: one name in contracts for several who consume, such as "all contexts". */
import type { Catalog } from './catalog.ts';

type Services = Pick<Catalog, 'services'>;

export function isGroup({ services }: Services, name: string): boolean {
  return Object.hasOwn(services, name) && services[name]?.members !== undefined;
}

/** The services that a name stands for: those of a group, or the one itself. */
export function servicesNamed(catalog: Services, name: string): readonly string[] {
  const members = Object.hasOwn(catalog.services, name) ? catalog.services[name]?.members : undefined;
  if (members === undefined) return [name];
  if (!members.includes('*')) return members;
  return Object.keys(catalog.services).filter((service) => !isGroup(catalog, service));
}

/**
 * Rows with each group replaced by its members. A service that has a row of its own keeps it, and who produces the event does not
 * consume it by being one of all.
 */
export function expanded<Row extends { readonly service: string }>(
  catalog: Services,
  rows: readonly Row[],
  producer?: string,
): readonly Row[] {
  const own = rows.filter(({ service }) => !isGroup(catalog, service));
  const named = new Set(own.map(({ service }) => service));
  const brought = rows
    .filter(({ service }) => isGroup(catalog, service))
    .flatMap((row) => servicesNamed(catalog, row.service).map((service) => ({ ...row, service })))
    .filter(({ service }) => service !== producer && !named.has(service) && named.add(service));
  return [...own, ...brought];
}
