/**
 * Accounts as JWT, for servers in operator mode: an operator signs accounts, an account signs its users, and what each may do stands in
 * its token. https://docs.nats.io/running-a-nats-service/configuration/securing_nats/auth_intro/jwt, version 2 of the claims.
 */
import { createHash } from 'node:crypto';
import { loaded } from '../library.ts';
import { type Account, catalogsText } from './account-file.ts';
import type { NatsGrant } from './permissions.ts';

/** A pair of keys, as much of it as is used here. */
export interface KeyPair {
  getPublicKey(): string;
  getSeed(): Uint8Array;
  sign(input: Uint8Array): Uint8Array;
}

export type KeyKind = 'operator' | 'account' | 'user';

export interface Keys {
  create(kind: KeyKind): KeyPair;
  /** Throws where it is no seed. */
  fromSeed(seed: string): KeyPair;
}

export async function natsKeys(): Promise<Keys> {
  const { nkeys } = await loaded('@nats-io/transport-node', () => import('@nats-io/transport-node'));
  const create = { operator: nkeys.createOperator, account: nkeys.createAccount, user: nkeys.createUser };
  return {
    create: (kind) => create[kind](),
    fromSeed: (seed) => nkeys.fromSeed(new TextEncoder().encode(seed)),
  };
}

/** The account of one catalog. */
export interface OperatorAccount extends Account {
  readonly account: KeyPair;
  /** Public keys by user: of each service, and of the one that provisions. */
  readonly users: ReadonlyMap<string, string>;
  /** Tokens of earlier times, whoever had them: one that still says the same stays as it is, every other one is revoked. */
  readonly earlier: readonly string[];
}

export interface OperatorModeOptions {
  readonly operator: KeyPair;
  /** Of the server's own account, which JetStream needs in this mode. */
  readonly system: KeyPair;
  readonly accounts: readonly OperatorAccount[];
  /** Of new tokens, in seconds since 1970. */
  readonly issuedAt: number;
}

export interface OperatorMode {
  /** What nats-server includes. */
  readonly config: string;
  /** By catalog, then by user. */
  readonly tokens: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

export function operatorMode({ operator, system, accounts, issuedAt }: OperatorModeOptions): OperatorMode {
  const made = accounts.map((each) => accountOf(each, issuedAt));
  // the same tokens make the same accounts
  const latest = Math.max(0, ...made.map((each) => each.latest));
  const signed = (pair: KeyPair, name: string, claims: object, iat: number) =>
    `  ${pair.getPublicKey()}: ${claimed(operator, pair.getPublicKey(), name, claims, iat)}`;
  const own = { type: 'operator', system_account: system.getPublicKey() };
  const config = [
    `# Who may do what in ${catalogsText(accounts)}, as JWT. Made by "herald provision permissions": make it anew instead of editing it.`,
    '# Users prove themselves by their .creds; what they may do stands in there. Older ones are revoked once the server has this.',
    ...accounts.flatMap(({ catalog, grants }) =>
      grants.flatMap(({ service, withheld }) =>
        withheld.map((line) => `# withheld from ${service} of ${catalog}: ${line}`),
      ),
    ),
    `operator: ${claimed(operator, operator.getPublicKey(), 'herald', own, latest)}`,
    `system_account: ${system.getPublicKey()}`,
    'resolver: MEMORY',
    'resolver_preload: {',
    signed(system, 'SYS', accountClaims({}), latest),
    ...made.map(({ account, catalog, claims, latest: iat }) => signed(account, catalog, claims, iat)),
    '}',
    '',
  ].join('\n');
  return { config, tokens: new Map(made.map(({ catalog, tokens }) => [catalog, tokens])) };
}

function accountOf({ catalog, grants, account, users, earlier: jwts }: OperatorAccount, issuedAt: number) {
  const earlier = jwts.flatMap((jwt) => claimsOf(jwt) ?? []);
  const byName = new Map(grants.map((grant) => [grant.service, grant]));
  const tokens = new Map<string, string>();
  const current: Claims[] = [];
  for (const [user, key] of users) {
    const at = (iat: number) => claimed(account, key, user, userClaims(byName.get(user)), iat);
    const same = earlier.find(({ sub, iat, jwt }) => sub === key && at(iat) === jwt);
    const jwt = same?.jwt ?? at(after(issuedAt, earlier, key));
    tokens.set(user, jwt);
    current.push(...(claimsOf(jwt) ?? []));
  }
  const claims = { ...accountClaims(jetstream), revocations: revoked(current, earlier) };
  const latest = Math.max(...[...current, ...earlier].map(({ iat }) => iat));
  return { catalog, account, tokens, claims, latest };
}

interface Claims {
  readonly sub: string;
  readonly iat: number;
  readonly jwt: string;
}

function claimsOf(jwt: string): readonly Claims[] | undefined {
  try {
    const { sub, iat } = JSON.parse(Buffer.from(jwt.split('.')[1] ?? '', 'base64url').toString()) as Partial<Claims>;
    return typeof sub === 'string' && typeof iat === 'number' ? [{ sub, iat, jwt }] : undefined;
  } catch {
    return undefined;
  }
}

/** Later than what it replaces, since a revocation knows tokens by their second alone. */
function after(now: number, earlier: readonly Claims[], key: string): number {
  return Math.max(now, ...earlier.filter(({ sub }) => sub === key).map(({ iat }) => iat + 1));
}

/** By public key: whatever was issued up to then. Of a user of today that is what is older than its token. */
function revoked(current: readonly Claims[], earlier: readonly Claims[]): Readonly<Record<string, number>> {
  const rows = new Map(earlier.map(({ sub, iat }) => [sub, iat]));
  for (const { sub, iat } of current) rows.set(sub, iat - 1);
  return Object.fromEntries([...rows].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** No limit but what the server has. */
const jetstream = { mem_storage: -1, disk_storage: -1, streams: -1, consumer: -1 };
const unlimited = { subs: -1, data: -1, payload: -1 };

function accountClaims(more: object): object {
  const limits = { ...unlimited, imports: -1, exports: -1, wildcards: true, conn: -1, leaf: -1, ...more };
  return { type: 'account', limits, default_permissions: { pub: {}, sub: {} } };
}

function userClaims(grant: NatsGrant | undefined): object {
  if (grant === undefined) return { type: 'user', ...unlimited, pub: {}, sub: {} };
  const { publish, subscribe, deny } = grant;
  return { type: 'user', ...unlimited, pub: permission(publish, deny), sub: permission(subscribe, deny) };
}

/** An empty list of what is allowed means everything: nothing has to be said as the denial of all. */
function permission(allow: readonly string[], deny: readonly string[]): object {
  if (allow.length === 0) return { deny: ['>'] };
  return { allow, ...(deny.length > 0 && { deny }) };
}

function claimed(by: KeyPair, sub: string, name: string, nats: object, iat: number): string {
  return token(by, { iat, iss: by.getPublicKey(), name, sub, nats: { ...nats, version: 2 } });
}

function token(by: KeyPair, claims: object): string {
  const jti = createHash('sha256').update(JSON.stringify(claims)).digest('base64url');
  const signed = `${encoded({ typ: 'JWT', alg: 'ed25519-nkey' })}.${encoded({ jti, ...claims })}`;
  return `${signed}.${Buffer.from(by.sign(new TextEncoder().encode(signed))).toString('base64url')}`;
}

function encoded(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

/** A .creds file, as every client of NATS reads it. */
export function credentials(jwt: string, seed: string): string {
  return [
    '-----BEGIN NATS USER JWT-----',
    jwt,
    '------END NATS USER JWT------',
    '',
    '-----BEGIN USER NKEY SEED-----',
    seed,
    '------END USER NKEY SEED------',
    '',
  ].join('\n');
}
