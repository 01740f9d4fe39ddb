/**
 * Without authentication whoever reaches the registry may do anything, and a browser on the same machine reaches it for every page it
 * shows: a page whose name was made to resolve to 127.0.0.1 asks with that name as Host, a page of another site with its own Origin.
 * Neither is answered.
 */
import type { IncomingMessage } from 'node:http';
import { isIPv4 } from 'node:net';
import { Fault } from '../errors.ts';

export interface OwnNames {
  /** Hosts, without a port, by which the registry is reached beside those of the machine itself. */
  readonly hosts: readonly string[];
  /** Origins whose pages may ask; `*` for all. */
  readonly origins: readonly string[];
}

export type StatedRequest = Pick<IncomingMessage, 'method' | 'rawHeaders'>;

/** Why a request is not answered; undefined where it is. */
export function ownRequests({ hosts, origins }: OwnNames): (request: StatedRequest) => Fault | undefined {
  const known = new Set(hosts.map((host) => host.toLowerCase()));
  const isOwnHost = (name: string) => isOfThisMachine(name) || known.has(name);
  const isOwnOrigin = (origin: string, host: string | undefined) =>
    origins.includes('*') || origins.includes(origin) || (URL.canParse(origin) && new URL(origin).host === host);
  /** The last one: callers repeat themselves. */
  let ownHost: string | undefined;
  return ({ method, rawHeaders }) => {
    const host = headerIn(rawHeaders, 'host');
    // no browser leaves it out
    if (host !== ownHost && host !== undefined && !isOwnHost(nameIn(host))) return foreignHost();
    ownHost = host;
    if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return undefined;
    const origin = headerIn(rawHeaders, 'origin');
    return origin !== undefined && !isOwnOrigin(origin, host?.toLowerCase()) ? foreignOrigin() : undefined;
  };
}

/** Read from the raw names and values: Node's object of all headers would cost more than a look-up from memory. */
function headerIn(headers: readonly string[], name: string): string | undefined {
  for (let index = 0; index < headers.length; index += 2)
    if (headers[index]?.length === name.length && headers[index]?.toLowerCase() === name) return headers[index + 1];
  return undefined;
}

/** Without its port; an address of version 6 keeps its brackets. */
function nameIn(host: string): string {
  return host.toLowerCase().replace(/:\d*$/, '').replace(/\.$/, '');
}

function isOfThisMachine(name: string): boolean {
  return name === 'localhost' || name === '[::1]' || (isIPv4(name) && name.startsWith('127.'));
}

function foreignHost(): Fault {
  return new Fault(
    'HOST_REFUSED',
    {},
    {
      message:
        'Without authentication only requests to localhost are answered. Configure authentication, or name the host in HERALD_ALLOWED_HOSTS.',
    },
  );
}

function foreignOrigin(): Fault {
  return new Fault(
    'ORIGIN_REFUSED',
    {},
    {
      message:
        'Without authentication pages of other origins may not write. Configure authentication, or name the origin in HERALD_CORS_ORIGINS.',
    },
  );
}
