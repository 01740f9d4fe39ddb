/**
 * Who a caller is and what follows from it. A row of `granted` says which permissions a role carries; read by every
 * permission check, on routes and in verbs.
 */
import type { Permission } from '../registry/caller.ts';
import type { Role } from '../registry/records.ts';
import { matchesSubject } from '../schema/subject.ts';

const granted: Readonly<Record<Role, readonly Permission[]>> = {
  reader: ['read'],
  publisher: ['read', 'publish', 'consume'],
  steward: ['read', 'steward'],
  admin: ['read', 'publish', 'consume', 'steward', 'admin'],
};

export interface Identity {
  readonly actor: string;
  readonly roles: readonly Role[];
  /** Services it publishes and consumes for; `*` for any. Counts for publishers only. */
  readonly services: readonly string[];
  /** Patterns `catalog/subject.pattern` it may touch; empty: all. Counts for publishers only. */
  readonly subjects: readonly string[];
}

export interface About {
  readonly catalog?: string;
  readonly subject?: string;
  readonly service?: string;
}

/** The caller on loopback without authentication. */
export const localAdmin: Identity = { actor: 'local', roles: ['admin'], services: ['*'], subjects: [] };

export function may(identity: Identity, permission: Permission, about: About = {}): boolean {
  return identity.roles.some((role) => {
    if (!granted[role].includes(permission)) return false;
    if (role !== 'publisher' || permission === 'read') return true;
    return owns(identity, about) && reaches(identity, about);
  });
}

function owns({ services }: Identity, { service }: About): boolean {
  return service === undefined || services.includes('*') || services.includes(service);
}

function reaches({ subjects }: Identity, { catalog, subject }: About): boolean {
  if (subjects.length === 0 || catalog === undefined) return true;
  return subjects.some((pattern) => {
    const [ofCatalog, ofSubject = '**'] = pattern.split('/', 2);
    if (ofCatalog !== '*' && ofCatalog !== catalog) return false;
    return subject === undefined || matchesSubject(ofSubject, subject);
  });
}
