/** Who looks at a page: by the session cookie where one signs in, everybody where the registry is open. */
import { randomBytes } from 'node:crypto';
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import * as z from 'zod';
import { Fault } from '../errors.ts';
import type { Caller } from '../registry/caller.ts';
import { type Origin, roles } from '../registry/records.ts';
import type { Visitor } from './page.ts';
import type { Seal } from './seal.ts';

export const identityShape = z.object({
  actor: z.string(),
  roles: z.array(z.enum(roles)),
  services: z.array(z.string()),
  subjects: z.array(z.string()),
});
export type ConsoleIdentity = z.output<typeof identityShape>;

/** How the registry knows its callers; given by the composition root, so that page and interface cannot disagree. */
export interface Gatekeeper {
  /** Whether one has to sign in at all. */
  readonly required: boolean;
  /** Who holds a token. Fault UNAUTHENTICATED. Where nobody has to sign in, null is taken. */
  readonly authenticate: (authorization: string | null) => Promise<ConsoleIdentity>;
  readonly callerOf: (identity: ConsoleIdentity, origin: Origin) => Caller;
  /** Who the claims of a provider speak of; undefined where they give no role. */
  readonly identityOf: (claims: Readonly<Record<string, unknown>>) => ConsoleIdentity | undefined;
}

/** A token is proved anew with each request, so that a revoked one opens nothing. */
const sessionShape = z.union([
  z.object({ visitor: z.string(), token: z.string() }),
  z.object({ visitor: z.string(), identity: identityShape }),
]);
export type Session = z.output<typeof sessionShape>;

const sessionMs = 8 * 3_600_000;
const renewAfterMs = 600_000;
const visitorSeconds = 86_400;
const sessionCookie = 'herald_session';
const visitorCookie = 'herald_visitor';

export interface CookieSettings {
  readonly path: string;
  /** Over TLS alone. */
  readonly secure: boolean;
}

const attributes = ({ path, secure }: CookieSettings) =>
  ({ path: path === '' ? '/' : path, secure, httpOnly: true, sameSite: 'Lax' }) as const;

export function signIn(context: Context, seal: Seal, cookies: CookieSettings, session: Session): void {
  setCookie(context, sessionCookie, seal.close('session', session, sessionMs), {
    ...attributes(cookies),
    maxAge: sessionMs / 1_000,
  });
}

export function signOut(context: Context, cookies: CookieSettings): void {
  deleteCookie(context, sessionCookie, attributes(cookies));
}

/** A name of no meaning that ties forms to the browser they were shown in. Kept a day after it was last seen. */
export function visitorId(context: Context, cookies: CookieSettings): string {
  const known = getCookie(context, visitorCookie);
  const id = known !== undefined && /^[\w-]{22}$/.test(known) ? known : randomBytes(16).toString('base64url');
  setCookie(context, visitorCookie, id, { ...attributes(cookies), maxAge: visitorSeconds });
  return id;
}

/** Undefined where one has to sign in first. */
export async function visitorOf(
  {
    context,
    cookies,
    origin,
  }: { readonly context: Context; readonly cookies: CookieSettings; readonly origin: Origin },
  { seal, gatekeeper }: { readonly seal: Seal; readonly gatekeeper: Gatekeeper },
): Promise<Visitor | undefined> {
  const visitor = visitorId(context, cookies);
  const { signal } = context.req.raw;
  const callerOf = (identity: ConsoleIdentity): Caller => ({ ...gatekeeper.callerOf(identity, origin), signal });
  if (!gatekeeper.required) {
    const identity = await gatekeeper.authenticate(null);
    return { caller: callerOf(identity), formToken: seal.formToken(visitor) };
  }
  const opened = seal.open('session', getCookie(context, sessionCookie) ?? '');
  if (!opened) return undefined;
  const session = sessionShape.safeParse(opened.value);
  if (!session.success || session.data.visitor !== visitor) return undefined;
  const identity = await identityIn(session.data, gatekeeper);
  if (!identity) return undefined;
  if (opened.leftMs < sessionMs - renewAfterMs) signIn(context, seal, cookies, session.data);
  return {
    caller: callerOf(identity),
    name: identity.actor,
    formToken: seal.formToken(`${visitor} ${identity.actor}`),
  };
}

async function identityIn(session: Session, gatekeeper: Gatekeeper): Promise<ConsoleIdentity | undefined> {
  if ('identity' in session) return session.identity;
  try {
    return await gatekeeper.authenticate(`Bearer ${session.token}`);
  } catch (error) {
    // revoked or expired since: sign in again
    if (error instanceof Fault && error.code === 'UNAUTHENTICATED') return undefined;
    throw error;
  }
}
