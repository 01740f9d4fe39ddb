/**
 * The only reader of the environment. A row of `shape` is one variable; the README's table is made from the same rows. Answers
 * a frozen, typed Config, or everything that is wrong at once.
 */
import { isIP } from 'node:net';
import * as z from 'zod';
import { type ApiToken, apiTokenShape } from './http/api-tokens.ts';
import type { AuthSettings } from './http/auth.ts';
import { bodyLimits } from './http/body.ts';
import { type JwtClaims, type JwtSettings, usualClaims } from './http/jwt.ts';
import { basePathPattern, type LinkSettings, notAnAddress } from './http/links.ts';
import { issueText } from './schema/issue-text.ts';

export interface Config {
  readonly host: string;
  /** 0: any free port. */
  readonly port: number;
  /** How many processes share the port. */
  readonly processes: number;
  readonly storage:
    | { readonly kind: 'folder'; readonly path: string }
    | {
        readonly kind: 'postgres';
        readonly url: string;
        /** A standby of it, for look-ups and lists. */
        readonly readUrl?: string;
        readonly connections: number;
      };
  /** Where callers reach it. */
  readonly links: LinkSettings;
  readonly signIn: SignInSettings;
  /** Origins whose pages may ask. */
  readonly corsOrigins: readonly string[];
  /** Names, beside those of this machine, that a registry without authentication answers to. */
  readonly allowedHosts: readonly string[];
  /** Signs addresses of calendars. */
  readonly feedKey?: string;
  /** Signs exports, and imports are held against it. */
  readonly exportKey?: string;
  /** A port for metrics alone, without credentials. */
  readonly metricsPort?: number;
  /** Absent: nobody is asked who they are. On loopback only. */
  readonly auth?: AuthSettings;
  readonly limits: {
    readonly bodyBytes: number;
    readonly batchBytes: number;
    /** Requests a second for each caller; 0: no limit. */
    readonly perSecond: number;
    /** Seconds of work a minute for each caller; 0: no limit. */
    readonly workSecondsPerMinute: number;
    /** Bytes of serialized answers held in memory. */
    readonly cacheBytes: number;
    /** Compiled validators held in memory. */
    readonly validators: number;
  };
  /** Absent: nowhere. */
  readonly confluent?: {
    /** Paths it stands under; empty: the root. */
    readonly paths: readonly string[];
    readonly catalog: string;
  };
  /** Hosts and networks announcements may go to although they are private. */
  readonly webhookHosts: readonly string[];
  readonly log: { readonly level: (typeof logLevels)[number]; readonly form: (typeof logForms)[number] };
}

/** How people sign in to the console. With `auth` alone: with an API token. */
export interface SignInSettings {
  readonly sessionKey?: string;
  readonly claims: JwtClaims;
  readonly provider?: {
    readonly issuer: string;
    readonly clientId: string;
    readonly clientSecret?: string;
    readonly scope: string;
    /** Over plain HTTP: loopback alone. */
    readonly insecure: boolean;
  };
}

export type ConfigReading =
  | { readonly ok: true; readonly config: Config }
  | { readonly ok: false; readonly problems: readonly ConfigProblem[] };

export interface ConfigProblem {
  readonly variable: string;
  readonly message: string;
}

/** What the command line overrides. */
export interface Flags {
  readonly host?: string | undefined;
  readonly port?: string | undefined;
  readonly data?: string | undefined;
  readonly database?: string | undefined;
  readonly processes?: string | undefined;
}

export const logLevels = ['silent', 'fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

export const logForms = ['json', 'text', 'terminal'] as const;

const count = (max: number) =>
  z
    .string()
    .regex(/^\d{1,10}$/, 'is not a whole number')
    .transform(Number)
    .pipe(z.number().max(max, `is more than ${max}`));

const algorithms = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA'] as const;
const list = z.string().transform((text) =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== ''),
);

const claim = z.string().min(1).max(200);

function isOrigin(text: string): boolean {
  return text === '*' || (URL.canParse(text) && new URL(text).origin === text);
}

const tokens = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue({ code: 'custom', message: 'is not JSON' });
      return z.NEVER;
    }
  })
  .pipe(z.array(apiTokenShape).max(10_000));

const postgresUrl = z
  .string()
  .refine(
    (text) => /^postgres(ql)?:\/\//.test(text) && URL.canParse(text),
    'is not a URL such as postgres://host/database',
  );

const shape = z.object({
  HOST: z.string().default('127.0.0.1').describe('Address to listen on. Anything but loopback needs authentication.'),
  PORT: count(65_535).default(8_080).describe('Port to listen on; 0 takes a free one.'),
  DATABASE_URL: postgresUrl.optional().describe('PostgreSQL to use instead of the data folder.'),
  HERALD_READ_URL: postgresUrl
    .optional()
    .describe('A standby of that PostgreSQL, which answers look-ups and lists as far as it has caught up.'),
  HERALD_DATA: z.string().min(1).default('.herald').describe('Folder of the embedded database.'),
  HERALD_BASE_PATH: z
    .string()
    .regex(basePathPattern, 'is not a path such as /herald')
    .optional()
    .describe('Path under which a proxy serves it, such as /herald. Requests may come with or without it.'),
  HERALD_PUBLIC_URL: z
    .url({ protocol: /^https?$/, error: 'is not an http(s) URL' })
    .optional()
    .describe('URL under which callers reach it, such as https://registry.example/herald; its path is the base path.'),
  HERALD_TRUSTED_PROXIES: list
    .refine(
      (entries) => notAnAddress(entries) === undefined,
      'is not a list of addresses and networks such as 10.0.0.0/8',
    )
    .default([])
    .describe('Proxies whose X-Forwarded-Prefix, -Host and -Proto are believed: addresses and networks.'),
  HERALD_CORS_ORIGINS: list
    .refine((entries) => entries.every(isOrigin), 'is not a list of origins such as https://app.example, nor *')
    .default([])
    .describe('Origins whose pages may ask, separated by commas; * for all. None where it is not set.'),
  HERALD_ALLOWED_HOSTS: list
    .default([])
    .describe('Names beside localhost by which a registry without authentication may be asked, separated by commas.'),
  HERALD_WORK_LIMIT: count(60_000)
    .optional()
    .describe(
      'Seconds a minute that checks, validations and generations of each caller may take; 0 for no limit. Default 30 with authentication.',
    ),
  HERALD_FEED_KEY: z
    .string()
    .min(32, 'is shorter than 32 characters')
    .optional()
    .describe(
      'Key that signs addresses of calendars, for programs that send no credentials. Without it there are none.',
    ),
  HERALD_EXPORT_KEY: z
    .string()
    .min(32, 'is shorter than 32 characters')
    .optional()
    .describe('Key that exports are signed with. Where it is set, imports must be signed with it, too.'),
  HERALD_METRICS_PORT: count(65_535)
    .optional()
    .describe('A port that serves /metrics alone, without credentials. On the main port a reader may see them.'),
  HERALD_CONNECTIONS: count(1_000).default(10).describe('PostgreSQL connections, of each process.'),
  HERALD_PROCESSES: count(256)
    .pipe(z.number().min(1, 'is less than 1'))
    .default(1)
    .describe('Processes that share the port, for several cores. More than one needs PostgreSQL.'),
  HERALD_TOKENS: tokens
    .optional()
    .describe(
      'API tokens as JSON: [{"name","sha256","role","services","subjects","expires"}]. Enough for the first admin; "herald token" makes the others.',
    ),
  HERALD_JWT_JWKS: z
    .url({ protocol: /^https?$/, error: 'is not an http(s) URL' })
    .optional()
    .describe('Where the keys of JWTs are published.'),
  HERALD_JWT_SECRET: z
    .string()
    .min(32, 'is shorter than 32 characters')
    .optional()
    .describe('Shared key of JWTs (HS256), instead of a JWKS.'),
  HERALD_JWT_AUDIENCE: z.string().min(1).optional().describe('The audience JWTs must name. Required with either.'),
  HERALD_JWT_ISSUER: z.string().min(1).optional().describe('The issuer JWTs must name.'),
  HERALD_JWT_ALGORITHMS: list
    .pipe(z.array(z.enum(algorithms, `is none of ${algorithms.join(', ')}`)).min(1))
    .optional()
    .describe('Algorithms taken with a JWKS, separated by commas. Default RS256, ES256, EdDSA.'),
  HERALD_JWT_ROLES_CLAIM: claim
    .default(usualClaims.roles)
    .describe('Claim of JWTs with the roles, as a list or a text such as scope; realm_access.roles for a nested one.'),
  HERALD_JWT_ROLE_PREFIX: z
    .string()
    .max(100)
    .default(usualClaims.rolePrefix)
    .describe('What role names in that claim begin with, such as herald: for herald:reader.'),
  HERALD_JWT_SERVICES_CLAIM: claim
    .default(usualClaims.services)
    .describe('Claim with the services a publisher speaks for.'),
  HERALD_JWT_SUBJECTS_CLAIM: claim
    .default(usualClaims.subjects)
    .describe('Claim with the patterns of subjects a publisher may touch.'),
  HERALD_SESSION_KEY: z
    .string()
    .min(32, 'is shorter than 32 characters')
    .optional()
    .describe(
      'Secret that sessions of the console are sealed with: the same for every process. Where it is not set, sessions end with the process.',
    ),
  HERALD_OIDC_ISSUER: z
    .url({ protocol: /^https?$/, error: 'is not an http(s) URL' })
    .optional()
    .describe(
      'OpenID Connect provider that people sign in to the console with. Roles come from HERALD_JWT_ROLES_CLAIM.',
    ),
  HERALD_OIDC_CLIENT_ID: z.string().min(1).max(500).optional().describe('The id the provider knows the registry by.'),
  HERALD_OIDC_CLIENT_SECRET: z
    .string()
    .min(1)
    .max(2_000)
    .optional()
    .describe('The secret it knows the registry by; none for a public client, which PKCE protects.'),
  HERALD_OIDC_SCOPE: z
    .string()
    .max(500)
    .default('profile')
    .describe('Scopes asked for beside openid, separated by spaces.'),
  HERALD_BODY_LIMIT: count(100_000_000).default(bodyLimits.single).describe('Bytes of one document or event.'),
  HERALD_BATCH_LIMIT: count(1_000_000_000).default(bodyLimits.batch).describe('Bytes of a batch.'),
  HERALD_RATE_LIMIT: count(1_000_000).default(0).describe('Requests a second for each caller; 0 for none.'),
  HERALD_CACHE_BYTES: count(1_000_000_000).default(64_000_000).describe('Memory for answers that never change.'),
  HERALD_VALIDATORS: count(100_000).default(500).describe('Compiled validators held in memory.'),
  HERALD_CONFLUENT: z
    .string()
    .regex(/^(off|\/|(\/[A-Za-z0-9._~-]+)+)$/, 'is neither a path such as /apis/confluent nor off')
    .default('/apis/confluent')
    .describe('Where Confluent’s interface stands; / for the root as well, off for nowhere.'),
  HERALD_CONFLUENT_CATALOG: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,62}$/, 'is no name of a catalog')
    .default('kafka')
    .describe('The catalog that subjects of Confluent’s interface live in; made where it is not there.'),
  HERALD_WEBHOOK_HOSTS: list.default([]).describe('Private hosts that webhooks may reach, separated by commas.'),
  LOG_LEVEL: z
    .enum(logLevels)
    .default('info')
    .describe('What is logged; on a terminal "warn" where nothing is set. At "debug" every request has a line.'),
  LOG_FORMAT: z
    .enum(logForms)
    .default('json')
    .describe('Form of log lines: json, text, or terminal (text with colours), which is the default on a terminal.'),
});

type Variables = z.output<typeof shape>;

/** Every variable with what it means, for the README and `herald serve --help`. */
export const variables: readonly { readonly name: string; readonly meaning: string; readonly fallback: string }[] =
  Object.entries(shape.shape).map(([name, type]) => ({
    name,
    meaning: type.description ?? '',
    fallback: fallbackOf(type),
  }));

/** The default as the environment would state it; empty where there is none. */
function fallbackOf(type: z.ZodType): string {
  const parsed = type.safeParse(undefined);
  return parsed.success && parsed.data !== undefined ? String(parsed.data) : '';
}

export function readConfig(env: Readonly<Record<string, string | undefined>>, flags: Flags = {}): ConfigReading {
  const stated = { ...present(env), ...fromFlags(flags) };
  const problems = unknownVariables(stated);
  const parsed = shape.safeParse(stated);
  if (!parsed.success) {
    for (const issue of parsed.error.issues) {
      const [variable, ...inside] = issue.path.map(String);
      const message = issueText(issue);
      problems.push({
        variable: variable ?? '',
        message: inside.length > 0 ? `/${inside.join('/')} ${message}` : message,
      });
    }
    return { ok: false, problems };
  }
  const jwt = jwtOf(parsed.data, problems);
  const auth = authOf(parsed.data.HERALD_TOKENS, jwt, parsed.data.HERALD_OIDC_ISSUER !== undefined);
  if (!auth && !isLoopback(parsed.data.HOST))
    problems.push({
      variable: 'HOST',
      message: `"${parsed.data.HOST}" can be reached from elsewhere: configure HERALD_TOKENS or HERALD_JWT_* first, or listen on 127.0.0.1`,
    });
  const links = linksOf(parsed.data, problems);
  const signIn = signInOf(parsed.data, problems);
  const config = frozen(parsed.data, { auth, links, signIn }, 'data' in flags && flags.data !== undefined);
  if (config.processes > 1 && config.storage.kind === 'folder')
    problems.push({
      variable: 'HERALD_PROCESSES',
      message: 'is more than 1: the embedded database belongs to one process; configure DATABASE_URL',
    });
  if (parsed.data.HERALD_READ_URL !== undefined && config.storage.kind === 'folder')
    problems.push({
      variable: 'HERALD_READ_URL',
      message: 'names a standby, and the embedded database has none; configure DATABASE_URL',
    });
  return problems.length > 0 ? { ok: false, problems } : { ok: true, config };
}

/** An empty variable is one that was not set: `PORT= herald serve`. */
function present(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined && entry[1] !== ''),
  );
}

function fromFlags({ host, port, data, database, processes }: Flags): Record<string, string> {
  return present({
    HOST: host,
    PORT: port,
    HERALD_DATA: data,
    DATABASE_URL: database,
    HERALD_PROCESSES: processes,
  });
}

/** What the command line reads for itself when it talks to a registry. */
const ofTheClient: ReadonlySet<string> = new Set(['HERALD_URL', 'HERALD_TOKEN', 'HERALD_FROM_TOKEN']);

/** A misspelt setting that is silently ignored is a setting somebody believes in. */
function unknownVariables(stated: Readonly<Record<string, string>>): ConfigProblem[] {
  return Object.keys(stated)
    .filter((name) => name.startsWith('HERALD_') && !ofTheClient.has(name) && !Object.hasOwn(shape.shape, name))
    .map((variable) => ({ variable, message: 'is no setting of Herald' }));
}

function jwtOf(given: Variables, problems: ConfigProblem[]): JwtSettings | undefined {
  const {
    HERALD_JWT_JWKS: jwks,
    HERALD_JWT_SECRET: secret,
    HERALD_JWT_AUDIENCE: audience,
    HERALD_JWT_ISSUER: issuer,
  } = given;
  const stated = jwks !== undefined || secret !== undefined;
  if (!stated) {
    for (const variable of ['HERALD_JWT_AUDIENCE', 'HERALD_JWT_ISSUER', 'HERALD_JWT_ALGORITHMS'] as const)
      if (given[variable] !== undefined)
        problems.push({ variable, message: 'means nothing without HERALD_JWT_JWKS or HERALD_JWT_SECRET' });
    return undefined;
  }
  if (jwks !== undefined && secret !== undefined) {
    problems.push({
      variable: 'HERALD_JWT_SECRET',
      message: 'cannot stand beside HERALD_JWT_JWKS: a public key would do as a shared one',
    });
    return undefined;
  }
  if (audience === undefined) {
    problems.push({ variable: 'HERALD_JWT_AUDIENCE', message: 'is missing: tokens for anybody would be taken' });
    return undefined;
  }
  const others = { ...(issuer !== undefined && { issuer }), claims: claimsOf(given) };
  return jwks === undefined
    ? { key: { secret: secret ?? '' }, algorithms: ['HS256'], audience, ...others }
    : { key: { jwks }, algorithms: given.HERALD_JWT_ALGORITHMS ?? ['RS256', 'ES256', 'EdDSA'], audience, ...others };
}

function claimsOf(given: Variables): JwtClaims {
  return {
    roles: given.HERALD_JWT_ROLES_CLAIM,
    rolePrefix: given.HERALD_JWT_ROLE_PREFIX,
    services: given.HERALD_JWT_SERVICES_CLAIM,
    subjects: given.HERALD_JWT_SUBJECTS_CLAIM,
  };
}

/** A provider without a client id, or a client id without a provider, is a mistake. */
function signInOf(given: Variables, problems: ConfigProblem[]): SignInSettings {
  const {
    HERALD_OIDC_ISSUER: issuer,
    HERALD_OIDC_CLIENT_ID: clientId,
    HERALD_OIDC_CLIENT_SECRET: clientSecret,
  } = given;
  const base = {
    claims: claimsOf(given),
    ...(given.HERALD_SESSION_KEY !== undefined && { sessionKey: given.HERALD_SESSION_KEY }),
  };
  if (issuer === undefined && clientId === undefined && clientSecret === undefined) return base;
  if (issuer === undefined || clientId === undefined) {
    const variable = issuer === undefined ? 'HERALD_OIDC_ISSUER' : 'HERALD_OIDC_CLIENT_ID';
    problems.push({ variable, message: 'is missing: a provider needs its issuer and the id it knows the registry by' });
    return base;
  }
  const { protocol, hostname } = new URL(issuer);
  if (protocol === 'http:' && !isLoopback(hostname))
    problems.push({
      variable: 'HERALD_OIDC_ISSUER',
      message: 'is not https: anybody on the way could sign in as anyone',
    });
  const provider = {
    issuer,
    clientId,
    ...(clientSecret !== undefined && { clientSecret }),
    scope: given.HERALD_OIDC_SCOPE,
    insecure: protocol === 'http:',
  };
  return { ...base, provider };
}

/** The public URL states the base path too; both must agree. */
function linksOf(given: Variables, problems: ConfigProblem[]): LinkSettings {
  const { HERALD_PUBLIC_URL: stated, HERALD_BASE_PATH: path, HERALD_TRUSTED_PROXIES: trustedProxies } = given;
  if (stated === undefined) return { base: path ?? '', trustedProxies };
  const url = new URL(stated);
  const base = url.pathname.replace(/\/+$/, '');
  const isPlain = url.search === '' && url.hash === '' && url.username === '' && url.password === '';
  if (!isPlain || (base !== '' && !basePathPattern.test(base)))
    problems.push({ variable: 'HERALD_PUBLIC_URL', message: 'has more than a host, a port and a plain path' });
  if (path !== undefined && path !== base)
    problems.push({
      variable: 'HERALD_BASE_PATH',
      message: `is "${path}", but the path of HERALD_PUBLIC_URL is "${base}": leave one of them out`,
    });
  return { base, origin: url.origin, trustedProxies };
}

/** Where people sign in with a provider, programs need credentials too: API tokens, which an administrator makes. */
function authOf(
  tokens: readonly ApiToken[] | undefined,
  jwt: JwtSettings | undefined,
  hasProvider: boolean,
): AuthSettings | undefined {
  if ((tokens === undefined || tokens.length === 0) && !jwt && !hasProvider) return undefined;
  return { tokens: tokens ?? [], ...(jwt && { jwt }) };
}

export function isLoopback(host: string): boolean {
  if (host === 'localhost' || host === '::1') return true;
  return isIP(host) === 4 && host.startsWith('127.');
}

function publicHost(url: string | undefined): readonly string[] {
  return url === undefined ? [] : [new URL(url).hostname];
}

interface Derived {
  readonly auth: AuthSettings | undefined;
  readonly links: LinkSettings;
  readonly signIn: SignInSettings;
}

function frozen(given: Variables, { auth, links, signIn }: Derived, folderWins: boolean): Config {
  const { DATABASE_URL: url } = given;
  return Object.freeze({
    host: given.HOST,
    port: given.PORT,
    processes: given.HERALD_PROCESSES,
    storage:
      url === undefined || folderWins
        ? { kind: 'folder' as const, path: given.HERALD_DATA }
        : {
            kind: 'postgres' as const,
            url,
            ...(given.HERALD_READ_URL !== undefined && { readUrl: given.HERALD_READ_URL }),
            connections: given.HERALD_CONNECTIONS,
          },
    ...(auth && { auth }),
    links: Object.freeze(links),
    signIn: Object.freeze(signIn),
    corsOrigins: given.HERALD_CORS_ORIGINS,
    allowedHosts: [...given.HERALD_ALLOWED_HOSTS, ...publicHost(given.HERALD_PUBLIC_URL)],
    ...(given.HERALD_FEED_KEY !== undefined && { feedKey: given.HERALD_FEED_KEY }),
    ...(given.HERALD_EXPORT_KEY !== undefined && { exportKey: given.HERALD_EXPORT_KEY }),
    ...(given.HERALD_METRICS_PORT !== undefined && { metricsPort: given.HERALD_METRICS_PORT }),
    limits: Object.freeze({
      bodyBytes: given.HERALD_BODY_LIMIT,
      batchBytes: given.HERALD_BATCH_LIMIT,
      perSecond: given.HERALD_RATE_LIMIT,
      workSecondsPerMinute: given.HERALD_WORK_LIMIT ?? (auth ? 30 : 0),
      cacheBytes: given.HERALD_CACHE_BYTES,
      validators: given.HERALD_VALIDATORS,
    }),
    ...(given.HERALD_CONFLUENT !== 'off' && {
      confluent: Object.freeze({
        paths: given.HERALD_CONFLUENT === '/' ? ['/apis/confluent', ''] : [given.HERALD_CONFLUENT],
        catalog: given.HERALD_CONFLUENT_CATALOG,
      }),
    }),
    webhookHosts: given.HERALD_WEBHOOK_HOSTS,
    log: Object.freeze({ level: given.LOG_LEVEL, form: given.LOG_FORMAT }),
  });
}
