/** May a service publish or subscribe to a subject? What the catalog permits, what the contract says, and why. */
import type { Catalog } from '../schema/catalog.ts';
import { expanded, isGroup } from '../schema/group-members.ts';
import { matchesSubject, parseSubject } from '../schema/subject.ts';

export const actions = ['publish', 'subscribe'] as const;
export type Action = (typeof actions)[number];

/** What is registered of a subject, as far as access depends on it. */
export interface AccessSubject {
  readonly subject: string;
  readonly stage: string;
  readonly producer?: string;
  readonly consumers: readonly string[];
  /** Of the event as a whole. */
  readonly classification?: string;
}

export interface Access {
  readonly allowed: boolean;
  /** Every reason against it; where there is none, what it rests on. */
  readonly because: readonly string[];
}

/** Deny goes before all else; a list of what a service may do bounds it; who does what, the contracts say. */
export function access(
  catalog: Catalog,
  service: string,
  action: Action,
  name: string,
  subject: AccessSubject | undefined,
): Access {
  const row = Object.hasOwn(catalog.services, service) ? catalog.services[service] : undefined;
  if (!row) return { allowed: false, because: [`The catalog ${catalog.name} knows no service "${service}".`] };
  if (isGroup(catalog, service))
    return { allowed: false, because: [`"${service}" is a group: ask about one of its members.`] };
  if (!subject) return { allowed: false, because: [`No subject "${name}" is registered in ${catalog.name}.`] };
  const denied = row.deny?.find((pattern) => matchesSubject(pattern, name));
  const listed = action === 'publish' ? row.publish : row.subscribe;
  const within = listed?.find((pattern) => matchesSubject(pattern, name));
  const against = [
    ...(denied === undefined ? [] : [`"${denied}" is denied to ${service}.`]),
    ...(listed !== undefined && within === undefined
      ? [`${service} may ${verb(action)} ${listed.join(', ') || 'nothing'} only.`]
      : []),
    ...(action === 'publish'
      ? againstPublishing(catalog, service, subject)
      : againstSubscribing(catalog, service, subject, listed !== undefined, row.clearance)),
  ];
  if (against.length > 0) return { allowed: false, because: against };
  return { allowed: true, because: grounds(catalog, service, action, subject, within) };
}

/** Whether the catalog's own lists let a service do so; where it states none, nothing is against it. */
export function permits(row: Catalog['services'][string] | undefined, action: Action, subject: string): boolean {
  const matches = (pattern: string) => matchesSubject(pattern, subject);
  const listed = action === 'publish' ? row?.publish : row?.subscribe;
  return !row?.deny?.some(matches) && (listed === undefined || listed.some(matches));
}

function verb(action: Action): string {
  return action === 'publish' ? 'publish' : 'subscribe to';
}

/** A service emits only events about data it owns, and each has one producer. */
function againstPublishing(catalog: Catalog, service: string, { subject, stage, producer }: AccessSubject): string[] {
  const owner = ownerOf(catalog, subject);
  const reasons = stage === 'retired' ? [`"${subject}" is retired.`] : [];
  if (producer !== undefined && producer !== service)
    return [...reasons, `The producer of "${subject}" is ${producer}.`];
  if (producer === undefined && owner !== service)
    return [...reasons, `The domain of "${subject}" belongs to ${owner ?? 'nobody'}.`];
  return reasons;
}

function againstSubscribing(
  catalog: Catalog,
  service: string,
  event: AccessSubject,
  isListed: boolean,
  clearance: string | undefined,
): string[] {
  const { levels } = catalog.classification;
  const { subject, classification: level } = event;
  const above =
    clearance !== undefined && level !== undefined && levels.indexOf(level) > levels.indexOf(clearance)
      ? [`${service} is cleared up to ${clearance}; "${subject}" is ${level}.`]
      : [];
  if (isListed || consumes(catalog, service, event)) return above;
  return [...above, `${service} is no declared consumer of "${subject}".`];
}

function grounds(
  catalog: Catalog,
  service: string,
  action: Action,
  event: AccessSubject,
  within: string | undefined,
): string[] {
  const { subject, producer } = event;
  const permitted = within === undefined ? [] : [`"${within}" permits ${service} to ${verb(action)} it.`];
  if (action === 'subscribe')
    return [...(consumes(catalog, service, event) ? [`${service} is a declared consumer.`] : []), ...permitted];
  const owns = ownerOf(catalog, subject) === service ? [`${service} owns the domain.`] : [];
  return [...(producer === service ? [`${service} is the producer.`] : []), ...owns, ...permitted];
}

function consumes(catalog: Catalog, service: string, { consumers, producer }: AccessSubject): boolean {
  const rows = consumers.map((name) => ({ service: name }));
  return expanded(catalog, rows, producer).some((row) => row.service === service);
}

function ownerOf({ domains }: Catalog, subject: string): string | undefined {
  const domain = parseSubject(subject)?.domain ?? '';
  return Object.hasOwn(domains, domain) ? domains[domain]?.owner : undefined;
}

export interface ServiceAccess {
  readonly service: string;
  readonly publish: readonly string[];
  readonly subscribe: readonly string[];
  /** As the catalog states them. */
  readonly deny: readonly string[];
}

/** By service: the registered subjects it may publish and subscribe to. */
export function accessTable(catalog: Catalog, subjects: readonly AccessSubject[]): readonly ServiceAccess[] {
  const sorted = subjects.toSorted((left, right) => (left.subject < right.subject ? -1 : 1));
  return Object.entries(catalog.services)
    .filter(([service]) => !isGroup(catalog, service))
    .map(([service, row]) => {
      const may = (action: Action) =>
        sorted
          .filter((subject) => access(catalog, service, action, subject.subject, subject).allowed)
          .map(({ subject }) => subject);
      return { service, publish: may('publish'), subscribe: may('subscribe'), deny: [...(row.deny ?? [])].sort() };
    })
    .toSorted((left, right) => (left.service < right.service ? -1 : 1));
}
