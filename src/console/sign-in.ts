/** The routes of signing in and out: with an API token, or with the organisation's provider. */
import type { Context, Hono } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { Fault } from '../errors.ts';
import type { Links } from './links.ts';
import type { Shown } from './page.ts';
import { keptPrefix, sendAgainPage, signInPage } from './pages/sign-in.tsx';
import { type Provider, pendingShape } from './provider.ts';
import type { Seal } from './seal.ts';
import { fieldsOf, foreignForm, type Outcome, originOfForm, type Visit } from './visit.ts';
import { type Gatekeeper, signIn, signOut, visitorId } from './visitor.ts';

export interface SigningIn {
  readonly seal: Seal;
  readonly gatekeeper: Gatekeeper;
  readonly provider?: Provider;
}

/** Answers a route within the clock, the log and the faults of every page. */
export type Observe = (context: Context, id: string, work: (visit: Visit) => Promise<Outcome>) => Promise<Response>;

const pendingMs = 600_000;
const pendingCookie = 'herald_sign_in';

/** The page for a visitor whose session is over, with what was typed. */
export function signInFor(visit: Visit, signing: SigningIn, form: ReadonlyMap<string, string>): Shown {
  return shown(visit, signing, { then: pathOf(visit), kept: typed(form) });
}

/** Where the request went, as a browser asks for it. */
export function pathOf({ context, address }: Visit): string {
  const { pathname, search } = new URL(context.req.url);
  return `${address.base}${pathname}${search}`;
}

/** What a person typed or chose. */
export function typed(form: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  return new Map([...form].filter(([name]) => name !== 'form-token'));
}

interface Asking {
  readonly then: string;
  readonly kept: ReadonlyMap<string, string>;
  readonly refusal?: string;
}

function shown(visit: Visit, { seal, provider }: SigningIn, asking: Asking): Shown {
  const formToken = seal.formToken(visitorId(visit.context, visit.cookies));
  return signInPage({ links: visit.links, formToken, provider: provider !== undefined, ...asking });
}

const here = 'http://this.registry.invalid';

/** Only a path of ours: a link that signs in must not lead to another site. */
function ownPath(path: string | undefined, links: Links): string {
  if (path === undefined || !path.startsWith('/') || !URL.canParse(path, here)) return links.home;
  const url = new URL(path, here);
  return url.origin === here ? `${url.pathname}${url.search}` : links.home;
}

export function signInRoutes(app: Hono, signing: SigningIn, observe: Observe): void {
  app.get('/sign-in', (context) =>
    observe(context, 'console.signIn', async (visit) => ({
      shown: shown(visit, signing, { then: ownPath(context.req.query('then'), visit.links), kept: new Map() }),
    })),
  );
  app.post('/sign-in', (context) => observe(context, 'console.signIn', (visit) => signInWithToken(visit, signing)));
  app.post('/sign-out', (context) =>
    observe(context, 'console.signOut', async ({ cookies, links }) => {
      signOut(context, cookies);
      return { to: links.home };
    }),
  );
  if (signing.provider) providerRoutes(app, signing, signing.provider, observe);
}

async function signInWithToken(visit: Visit, signing: SigningIn): Promise<Outcome> {
  const { context, cookies, links } = visit;
  const { seal, gatekeeper } = signing;
  const form = await fieldsOf(visit);
  const visitor = visitorId(context, cookies);
  if (originOfForm(visit, form, seal.formToken(visitor)) === 'stale') throw foreignForm();
  const then = ownPath(form.get('then'), links);
  const kept = keptIn(form);
  const token = form.get('token')?.trim() ?? '';
  const identity = await gatekeeper.authenticate(`Bearer ${token}`).catch(refusedToken);
  if (!identity) {
    const refusal = 'This token opens nothing here: it is unknown, expired or revoked.';
    return { shown: shown(visit, signing, { then, kept, refusal }) };
  }
  signIn(context, seal, cookies, { visitor, token });
  if (kept.size === 0) return { to: then };
  return { shown: sendAgainPage({ links, formToken: seal.formToken(`${visitor} ${identity.actor}`), then, kept }) };
}

function keptIn(form: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const kept = [...form].filter(([name]) => name.startsWith(keptPrefix));
  return new Map(kept.map(([name, value]) => [name.slice(keptPrefix.length), value]));
}

function refusedToken(error: unknown): undefined {
  if (!(error instanceof Fault && error.code === 'UNAUTHENTICATED')) throw error;
}

function providerRoutes(app: Hono, { seal, gatekeeper }: SigningIn, provider: Provider, observe: Observe): void {
  const callbackOf = ({ address, links }: Visit) => `${address.origin}${links.signIn}/callback`;
  app.get('/sign-in/provider', (context) =>
    observe(context, 'console.signInProvider', async (visit) => {
      const then = ownPath(context.req.query('then'), visit.links);
      const { to, pending } = await provider.begin(callbackOf(visit), then);
      setCookie(context, pendingCookie, seal.close('sign-in', pending, pendingMs), {
        path: visit.links.signIn,
        secure: visit.cookies.secure,
        httpOnly: true,
        sameSite: 'Lax',
        maxAge: pendingMs / 1_000,
      });
      return { to };
    }),
  );
  app.get('/sign-in/callback', (context) =>
    observe(context, 'console.signInCallback', async (visit) => {
      const sealed = seal.open('sign-in', getCookie(context, pendingCookie) ?? '');
      const pending = pendingShape.safeParse(sealed?.value);
      deleteCookie(context, pendingCookie, { path: visit.links.signIn });
      if (!pending.success)
        throw new Fault(
          'UNAUTHENTICATED',
          {},
          { message: 'The sign-in took too long or was begun elsewhere. Try again.' },
        );
      const answered = new URL(callbackOf(visit));
      answered.search = new URL(context.req.url).search;
      const identity = gatekeeper.identityOf(await provider.finish(answered, pending.data));
      if (!identity)
        throw new Fault(
          'FORBIDDEN',
          {},
          { message: 'You are known, but have no role in this registry. Ask its administrator.' },
        );
      signIn(context, seal, visit.cookies, { visitor: visitorId(context, visit.cookies), identity });
      return { to: pending.data.then };
    }),
  );
}
