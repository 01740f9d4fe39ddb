/**
 * Links to the registry's own routes as callers reach them: below the base path that a proxy serves it under, and absolute where
 * the public URL is known. Forwarded headers count only from proxies that the configuration trusts.
 */
import { BlockList, isIP } from 'node:net';

export interface Links {
  /** Such as `/herald`; empty at the root. */
  readonly base: string;
  /** Such as `https://registry.example`; absent where it is not known. */
  readonly origin?: string;
}

export interface LinkSettings {
  readonly base: string;
  readonly origin?: string;
  /** Addresses and networks (`10.0.0.0/8`) whose forwarded headers are believed. */
  readonly trustedProxies: readonly string[];
}

export const rootLinks: Links = { base: '' };

/** The links of one request: what the configuration states comes first. */
export type LinksOf = (headers: Headers, peer: string | undefined) => Links;

export function linksFor({ base, origin, trustedProxies }: LinkSettings): LinksOf {
  const stated: Links = { base, ...(origin !== undefined && { origin }) };
  if (origin !== undefined || trustedProxies.length === 0) return () => stated;
  const isTrusted = addressList(trustedProxies);
  return (headers, peer) => {
    if (peer === undefined || !isTrusted(peer)) return stated;
    const forwardedOrigin = originOf(headers);
    return {
      base: base === '' ? prefixOf(headers) : base,
      ...(forwardedOrigin !== undefined && { origin: forwardedOrigin }),
    };
  };
}

/** Headers that hold paths of ours, as callers see these paths. */
export function linkedHeaders(
  headers: Readonly<Record<string, string>>,
  links: Links,
): Readonly<Record<string, string>> {
  if (links.base === '') return headers;
  const { Location, Link } = headers;
  return {
    ...headers,
    ...(Location !== undefined && { Location: Location.startsWith('/') ? pathTo(links, Location) : Location }),
    ...(Link !== undefined && { Link: Link.replace(/(^|, )<(?=\/)/g, `$1<${links.base}`) }),
  };
}

/** The path of a route as callers see it. */
export function pathTo({ base }: Links, path: string): string {
  return `${base}${path}`;
}

/** Where the interface is: absolute where that is known. */
export function serverUrl({ base, origin = '' }: Links): string {
  return `${origin}${base}` || '/';
}

/** `path` below the base, and as it is where it is not below it: a proxy may strip the base path or leave it. */
export function withoutBase(base: string, path: string): string {
  if (base === '' || !path.startsWith(base)) return path;
  const rest = path.slice(base.length);
  if (rest === '' || rest.startsWith('?')) return `/${rest}`;
  return rest.startsWith('/') ? rest : path;
}

export const basePathPattern = /^(?:\/[A-Za-z0-9._~-]{1,100}){1,10}$/;

function prefixOf(headers: Headers): string {
  const prefix = (headers.get('x-forwarded-prefix') ?? '').trim().replace(/\/$/, '');
  return basePathPattern.test(prefix) ? prefix : '';
}

function originOf(headers: Headers): string | undefined {
  const first = (name: string) => headers.get(name)?.split(',')[0]?.trim() ?? '';
  const host = first('x-forwarded-host');
  if (!/^(?:[A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$/.test(host)) return undefined;
  return `${first('x-forwarded-proto') === 'https' ? 'https' : 'http'}://${host}`;
}

/** Undefined where every entry is an address or a network; otherwise the first that is neither. */
export function notAnAddress(entries: readonly string[]): string | undefined {
  return entries.find((entry) => !networkOf(entry));
}

function addressList(entries: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const entry of entries) {
    const network = networkOf(entry);
    if (network) list.addSubnet(network.address, network.bits, network.family);
  }
  return (address) => {
    // a socket that takes both families gives IPv4 addresses in this form
    const plain = address.replace(/^::ffff:(?=\d+\.)/i, '');
    const version = isIP(plain);
    return version !== 0 && list.check(plain, version === 4 ? 'ipv4' : 'ipv6');
  };
}

function networkOf(entry: string) {
  const [address = '', bits, more] = entry.split('/');
  const version = isIP(address);
  const maxBits = version === 4 ? 32 : 128;
  const length = bits === undefined ? maxBits : /^\d{1,3}$/.test(bits) ? Number(bits) : Number.NaN;
  if (version === 0 || more !== undefined || !(length <= maxBits)) return undefined;
  return { address, bits: length, family: version === 4 ? ('ipv4' as const) : ('ipv6' as const) };
}
