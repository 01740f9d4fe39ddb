/** Owners, clearances and what services may do: who may publish what, and who may receive it. */
import type { Catalog } from '../../schema/catalog.ts';
import type { Json } from '../../schema/json.ts';
import { append } from '../../schema/pointer.ts';
import { parseSubject } from '../../schema/subject.ts';
import { leavesOutVersions, retentionWindow } from './periods.ts';
import type { FindWeakenings, Weakening } from './weakening.ts';

export const ownershipWeakenings: FindWeakenings = function* (before, now, subjects) {
  const used = new Set(subjects.map((subject) => parseSubject(subject)?.domain));
  for (const [name, domain] of Object.entries(before.domains)) {
    const is = Object.hasOwn(now.domains, name) ? now.domains[name] : undefined;
    if (is || used.has(name)) yield* domainWeakenings(before, now, name, domain, is);
  }
  for (const [name, service] of Object.entries(before.services)) {
    const is = Object.hasOwn(now.services, name) ? now.services[name] : undefined;
    if (is) yield* serviceWeakenings(now.classification.levels, name, service, is);
  }
};

type Domain = Catalog['domains'][string];
type Service = Catalog['services'][string];

function* domainWeakenings(before: Catalog, now: Catalog, name: string, was: Domain, is: Domain | undefined) {
  const changed = (member: 'owner' | 'classification' | 'retention'): Weakening => ({
    pointer: append('/domains', name, member),
    what: `the ${member} of domain "${name}"`,
    before: was[member] ?? null,
    now: is?.[member] ?? null,
    restore: (catalog) => ({
      ...catalog,
      domains: {
        ...catalog.domains,
        [name]: {
          ...(Object.hasOwn(catalog.domains, name) ? catalog.domains[name] : undefined),
          ...picked(was, member),
        },
      },
    }),
  });
  if (is?.owner !== was.owner) yield changed('owner');
  if (isLower(now.classification.levels, was.classification, is?.classification)) yield changed('classification');
  const [kept, keeps] = [retentionWindow(before, was.retention), retentionWindow(now, is?.retention)];
  const isLonger = kept !== undefined && (!keeps || keeps.max > kept.max);
  const isShorter = keeps !== undefined && (!kept || keeps.max < kept.max);
  if (isLonger || (isShorter && leavesOutVersions(before, now))) yield changed('retention');
}

/** The owner comes along: a domain without one is no domain. */
function picked(was: Domain, member: 'owner' | 'classification' | 'retention') {
  return { owner: was.owner, ...(was[member] !== undefined && { [member]: was[member] }) };
}

function isLower(levels: readonly string[], was: string | undefined, is: string | undefined): boolean {
  return was !== undefined && was !== is && levels.indexOf(is ?? '') < levels.indexOf(was);
}

function* serviceWeakenings(levels: readonly string[], name: string, was: Service, is: Service): Generator<Weakening> {
  const changed = (member: 'clearance' | 'publish' | 'subscribe' | 'deny'): Weakening => ({
    pointer: append('/services', name, member),
    what: `the ${wording[member]} of service "${name}"`,
    before: plain(was[member]),
    now: plain(is[member]),
    restore: (catalog) => ({
      ...catalog,
      services: { ...catalog.services, [name]: { ...catalog.services[name], [member]: was[member] } },
    }),
  });
  const { clearance } = was;
  if (
    clearance !== undefined &&
    (is.clearance === undefined || levels.indexOf(is.clearance) > levels.indexOf(clearance))
  )
    yield changed('clearance');
  for (const member of ['publish', 'subscribe'] as const)
    if (was[member] && (!is[member] || is[member].some((pattern) => !was[member]?.includes(pattern))))
      yield changed(member);
  if (was.deny?.some((pattern) => !is.deny?.includes(pattern))) yield changed('deny');
}

const wording = {
  clearance: 'clearance',
  publish: 'list "publish"',
  subscribe: 'list "subscribe"',
  deny: 'list "deny"',
} as const;

function plain(value: string | readonly string[] | undefined): Json {
  if (value === undefined) return null;
  return typeof value === 'string' ? value : [...value];
}
