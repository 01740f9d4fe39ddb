/**
 * Where deliveries may go. An address is looked at after names are resolved and is the one then connected to, so that a name
 * cannot answer "public" to the question and "private" to the connection.
 */
import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';

export interface Address {
  readonly address: string;
  readonly family: 4 | 6;
}

export type Resolve = (host: string) => Promise<readonly Address[]>;

/** Every network that is not the public internet (IANA's special-purpose registries), and those that hide another address. */
const closed: readonly string[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/96',
  '::ffff:0:0/96',
  '64:ff9b::/96',
  '64:ff9b:1::/48',
  '100::/64',
  '2001::/23',
  '2001:db8::/32',
  '2002::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
];

export interface Permission {
  /** Names that may be private, as they stand in the URL. */
  readonly names: ReadonlySet<string>;
  /** Networks that may be private. */
  readonly networks: BlockList;
}

/** From the operator's list of names, addresses and networks (`10.1.0.0/16`). */
export function permissionOf(hosts: readonly string[]): Permission {
  const networks = hosts.filter((host) => isIP(host.split('/')[0] ?? '') !== 0);
  const names = hosts.filter((host) => !networks.includes(host)).map((host) => host.toLowerCase());
  return { names: new Set(names), networks: listOf(networks) };
}

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const kind = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    list.addSubnet(address, bits === undefined ? (kind === 'ipv6' ? 128 : 32) : Number(bits), kind);
  }
  return list;
}

/** One list for each family: in a common one Node finds every IPv4 address under `::ffff:0:0/96`. */
const closedTo: Readonly<Record<4 | 6, BlockList>> = {
  4: listOf(closed.filter((network) => !network.includes(':'))),
  6: listOf(closed.filter((network) => network.includes(':'))),
};

function isPrivate(address: Address): boolean {
  return isIn(closedTo[address.family], address);
}

function isIn(list: BlockList, { address, family }: Address): boolean {
  return list.check(address, family === 6 ? 'ipv6' : 'ipv4');
}

/** The address to connect to, or undefined where any the name stands for is private and not allowed. */
export async function reachable(url: URL, permission: Permission, resolve: Resolve): Promise<Address | undefined> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  const literal = isIP(host);
  const addresses = literal === 0 ? await resolve(host) : [{ address: host, family: literal === 6 ? 6 : 4 } as const];
  const allowed =
    permission.names.has(host.toLowerCase()) ||
    addresses.every((address) => !isPrivate(address) || isIn(permission.networks, address));
  return allowed ? addresses[0] : undefined;
}

export async function resolveHost(host: string): Promise<readonly Address[]> {
  const found = await lookup(host, { all: true, verbatim: true });
  return found.map(({ address, family }) => ({ address, family: family === 6 ? 6 : 4 }));
}
