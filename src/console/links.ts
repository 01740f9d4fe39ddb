/** The addresses of the console's pages, below the base path the registry is served under. */

/** Names may hold any character: each is encoded as one segment. */
const segment = encodeURIComponent;

export interface Links {
  readonly home: string;
  readonly search: (query?: string) => string;
  readonly catalog: (catalog: string, part?: 'rules' | 'matrix' | 'map' | 'data') => string;
  readonly subject: (catalog: string, subject: string, version?: number) => string;
  readonly compare: (catalog: string, subject: string, from?: number, to?: number | 'latest') => string;
  /** `id`: of one that was kept. */
  readonly candidate: (catalog: string, subject: string, id?: string) => string;
  readonly plan: (catalog: string, subject: string) => string;
  readonly acknowledge: (catalog: string, subject: string) => string;
  readonly announce: (catalog: string, subject: string) => string;
  readonly service: (catalog: string, service: string) => string;
  readonly tryIt: string;
  readonly deprecations: string;
  readonly proposals: string;
  readonly proposal: (id: string) => string;
  readonly governance: (part: 'waivers' | 'audit' | 'tokens' | 'webhooks') => string;
  readonly webhook: (id: string) => string;
  readonly signIn: string;
  readonly signOut: string;
  readonly asset: (name: string) => string;
  /** A path of the HTTP interface, for links to what programs read. */
  readonly api: (path: string) => string;
}

export function linksBelow(basePath: string): Links {
  const at = (path: string) => `${basePath}${path}`;
  const catalogAt = (catalog: string) => at(`/catalogs/${segment(catalog)}`);
  const subjectAt = (catalog: string, subject: string) => `${catalogAt(catalog)}/subjects/${segment(subject)}`;
  return {
    home: at('/'),
    search: (query) => at(query === undefined ? '/search' : `/search?q=${segment(query)}`),
    catalog: (catalog, part) => (part === undefined ? catalogAt(catalog) : `${catalogAt(catalog)}/${part}`),
    subject: (catalog, subject, version) =>
      version === undefined ? subjectAt(catalog, subject) : `${subjectAt(catalog, subject)}?version=${version}`,
    compare: (catalog, subject, from, to) =>
      `${subjectAt(catalog, subject)}/compare${from === undefined ? '' : `?from=${from}&to=${to ?? 'latest'}`}`,
    candidate: (catalog, subject, id) =>
      `${subjectAt(catalog, subject)}/candidate${id === undefined ? '' : `/${segment(id)}`}`,
    plan: (catalog, subject) => `${subjectAt(catalog, subject)}/deprecation`,
    acknowledge: (catalog, subject) => `${subjectAt(catalog, subject)}/deprecation/consumers`,
    announce: (catalog, subject) => `${subjectAt(catalog, subject)}/deprecation/new`,
    service: (catalog, service) => `${catalogAt(catalog)}/map?service=${segment(service)}`,
    tryIt: at('/try'),
    deprecations: at('/deprecations'),
    proposals: at('/proposals'),
    proposal: (id) => at(`/proposals/${segment(id)}`),
    governance: (part) => at(`/governance/${part}`),
    webhook: (id) => at(`/governance/webhooks/${segment(id)}`),
    signIn: at('/sign-in'),
    signOut: at('/sign-out'),
    asset: (name) => at(`/assets/${name}`),
    api: (path) => at(path),
  };
}
