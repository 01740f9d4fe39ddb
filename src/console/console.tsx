/**
 * The console: pages over the registry's own verbs, rendered on the server. It has no data path of its own, runs without
 * JavaScript, and reaches no other host.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import { secureHeaders } from 'hono/secure-headers';
import { Fault } from '../errors.ts';
import type { Origin } from '../registry/records.ts';
import { type AssetNames, Document } from './layout.tsx';
import { type Links, linksBelow } from './links.ts';
import type { Asked, ConsoleDeps, Page, Redirect, Shown, Visitor } from './page.ts';
import { faultPage, notFoundPage } from './pages/fault.tsx';
import { pages as allPages } from './pages/index.ts';
import { keptPrefix, sendAgainPage, signInPage } from './pages/sign-in.tsx';
import { type Provider, pendingShape } from './provider.ts';
import type { Seal } from './seal.ts';
import { stylesheet } from './style.ts';
import { type Gatekeeper, signIn, signOut, visitorId, visitorOf } from './visitor.ts';

export interface ConsoleOptions {
  readonly deps: ConsoleDeps;
  readonly gatekeeper: Gatekeeper;
  readonly seal: Seal;
  readonly provider?: Provider;
  /** Path the registry is served under, such as `/herald`; empty at the root. Requests come without it. */
  readonly basePath: string;
  /** Scheme, host and port that browsers see. */
  readonly originOf: (request: Request) => string;
  /** Correlation id and trace of a request. */
  readonly traceOf: (request: Request) => Origin;
  /** Called after each answer, for the log and the metrics. */
  readonly onRequest?: (record: ConsoleRecord) => void;
  /** Called for each bug: what is no fault. */
  readonly onBug?: (error: unknown, origin: Origin) => void;
}

export interface ConsoleRecord {
  readonly page: string;
  readonly method: string;
  readonly status: number;
  readonly ms: number;
  readonly actor?: string;
  readonly fault?: string;
  readonly origin: Origin;
}

/** Room for a schema of the largest size the registry takes, percent-encoded. */
const maxFormBytes = 4_000_000;
const maxFormFields = 50;
const pendingMs = 600_000;
const pendingCookie = 'herald_sign_in';

interface Assets {
  readonly names: AssetNames;
  readonly files: ReadonlyMap<string, { readonly text: string; readonly mediaType: string }>;
}

/** Read once: a name holds the hash of the content, so that browsers may keep a file for ever. */
function loadAssets(): Assets {
  const script = readFileSync(createRequire(import.meta.url).resolve('htmx.org/dist/htmx.min.js'), 'utf8');
  const named = (stem: string, ending: string, text: string) =>
    `${stem}.${createHash('sha256').update(text).digest('hex').slice(0, 12)}.${ending}`;
  const names = { style: named('console', 'css', stylesheet), script: named('htmx', 'js', script) };
  return {
    names,
    files: new Map([
      [names.style, { text: stylesheet, mediaType: 'text/css; charset=utf-8' }],
      [names.script, { text: script, mediaType: 'text/javascript; charset=utf-8' }],
    ]),
  };
}

export function createConsole(options: ConsoleOptions, pages: readonly Page[] = allPages): Hono {
  const app = new Hono();
  const assets = loadAssets();
  const links = linksBelow(options.basePath);
  const place: Place = { options, assets, links };
  app.use(secureHeaders(headers));
  app.get('/assets/:file', (context) => asset(context, assets));
  app.use(bodyLimit({ maxSize: maxFormBytes, onError: (context) => tooLarge(context, place) }));
  signInRoutes(app, place);
  for (const page of pages)
    app.on(page.method.toUpperCase(), page.path, (context) =>
      observed(context, place, page.id, () => answer(context, place, page)),
    );
  app.notFound((context) => observed(context, place, 'console.notFound', async () => ({ shown: notFoundPage(links) })));
  return app;
}

interface Place {
  readonly options: ConsoleOptions;
  readonly assets: Assets;
  readonly links: Links;
}

const headers = {
  contentSecurityPolicy: {
    defaultSrc: ["'none'"],
    scriptSrc: ["'self'"],
    styleSrc: ["'self'"],
    imgSrc: ["'self'", 'data:'],
    connectSrc: ["'self'"],
    formAction: ["'self'"],
    frameAncestors: ["'none'"],
    baseUri: ["'none'"],
  },
  referrerPolicy: 'same-origin',
  // only over TLS, which a proxy in front of the registry speaks
  strictTransportSecurity: false,
} satisfies Parameters<typeof secureHeaders>[0];

function asset(context: Context, assets: Assets): Response {
  const file = assets.files.get(context.req.param('file') ?? '');
  if (!file) return context.text('There is no such file.', 404);
  return context.body(file.text, 200, {
    'Content-Type': file.mediaType,
    'Cache-Control': 'public, max-age=31536000, immutable',
  });
}

interface Outcome {
  readonly shown?: Shown;
  readonly to?: string;
  readonly visitor?: Visitor;
}

/** Everything around one page: the clock, the log, faults and bugs as pages. */
async function observed(
  context: Context,
  { options, assets, links }: Place,
  page: string,
  work: (origin: Origin) => Promise<Outcome>,
): Promise<Response> {
  const started = performance.now();
  const origin = options.traceOf(context.req.raw);
  let fault: Fault | undefined;
  const outcome = await work(origin).catch((error: unknown): Outcome => {
    if (!(error instanceof Fault)) options.onBug?.(error, origin);
    fault = error instanceof Fault ? error : new Fault('INTERNAL', {});
    return { shown: faultPage(fault, links) };
  });
  const response = written(context, outcome, links, assets);
  options.onRequest?.({
    page,
    method: context.req.method,
    status: response.status,
    ms: Math.round((performance.now() - started) * 1e3) / 1e3,
    ...(outcome.visitor && { actor: outcome.visitor.caller.actor }),
    ...(fault && { fault: fault.code }),
    origin,
  });
  return response;
}

function written(context: Context, { shown, to, visitor }: Outcome, links: Links, assets: Assets): Response {
  context.header('Cache-Control', 'no-store');
  if (to !== undefined) return context.redirect(to, 303);
  const page = shown ?? notFoundPage(links);
  const query = context.req.query('q');
  const body = Document({
    shown: page,
    links,
    assets: assets.names,
    ...(visitor && { visitor }),
    ...(query !== undefined && { query }),
  });
  return context.html(`<!doctype html>${body}`, (page.status ?? 200) as 200);
}

async function answer(context: Context, place: Place, page: Page): Promise<Outcome> {
  const { options, links } = place;
  const cookies = cookiesOf(context, place);
  const visitor = await visitorOf(context, {
    seal: options.seal,
    cookies,
    gatekeeper: options.gatekeeper,
    origin: options.traceOf(context.req.raw),
  });
  const form = page.method === 'post' ? await fieldsOf(context) : new Map<string, string>();
  if (!visitor) return { shown: signInFor(context, place, form) };
  if (page.method === 'post') refuseForeignForm(context, place, form, visitor.formToken);
  if (!visitor.caller.can(page.permission))
    throw new Fault(
      'FORBIDDEN',
      { permission: page.permission },
      { message: `This page needs the permission "${page.permission}".` },
    );
  const asked: Asked = {
    params: context.req.param(),
    query: new URL(context.req.url).searchParams,
    form,
    context: { ...options.deps, caller: visitor.caller },
    visitor,
    links,
  };
  const result = await page.render(asked);
  return isRedirect(result) ? { to: result.to, visitor } : { shown: result, visitor };
}

function isRedirect(result: Shown | Redirect): result is Redirect {
  return 'to' in result;
}

function cookiesOf(context: Context, { options }: Place) {
  return { path: options.basePath, secure: options.originOf(context.req.raw).startsWith('https:') };
}

async function fieldsOf(context: Context): Promise<ReadonlyMap<string, string>> {
  const parsed = await context.req.parseBody();
  const fields = Object.entries(parsed).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  // browsers send line feeds as CR LF
  return new Map(fields.slice(0, maxFormFields).map(([name, value]) => [name, value.replaceAll('\r\n', '\n')]));
}

/** A form must come from a page of ours, shown to this visitor. */
function refuseForeignForm(
  context: Context,
  { options }: Place,
  form: ReadonlyMap<string, string>,
  expected: string,
): void {
  const from = context.req.header('origin');
  const foreign = from !== undefined && from !== 'null' && from !== options.originOf(context.req.raw);
  const site = context.req.header('sec-fetch-site');
  if (!foreign && site !== 'cross-site' && form.get('form-token') === expected) return;
  throw new Fault(
    'FORBIDDEN',
    {},
    { message: 'The form was not sent from a page of this registry, or the page is too old. Open it again.' },
  );
}

function signInFor(context: Context, place: Place, form: ReadonlyMap<string, string>, refusal?: string): Shown {
  const { options, links } = place;
  const visitor = visitorId(context, cookiesOf(context, place));
  const { pathname, search } = new URL(context.req.url);
  const kept = new Map([...form].filter(([name]) => name !== 'form-token'));
  return signInPage({
    links,
    formToken: options.seal.formToken(visitor),
    then: `${options.basePath}${pathname}${search}`,
    kept,
    provider: options.provider !== undefined,
    ...(refusal !== undefined && { refusal }),
  });
}

const here = 'http://this.registry.invalid';

/** Only a path of ours: a link that signs in must not lead to another site. */
function ownPath(path: string | undefined, links: Links): string {
  if (path === undefined || !path.startsWith('/') || !URL.canParse(path, here)) return links.home;
  const url = new URL(path, here);
  return url.origin === here ? `${url.pathname}${url.search}` : links.home;
}

function signInRoutes(app: Hono, place: Place): void {
  const { options, links } = place;
  const { seal, gatekeeper, provider } = options;
  app.get('/sign-in', (context) =>
    observed(context, place, 'console.signIn', async () => ({
      shown: signInPage({
        links,
        formToken: seal.formToken(visitorId(context, cookiesOf(context, place))),
        then: ownPath(context.req.query('then'), links),
        kept: new Map(),
        provider: provider !== undefined,
      }),
    })),
  );
  app.post('/sign-in', (context) =>
    observed(context, place, 'console.signIn', async () => {
      const form = await fieldsOf(context);
      const cookies = cookiesOf(context, place);
      const visitor = visitorId(context, cookies);
      refuseForeignForm(context, place, form, seal.formToken(visitor));
      const then = ownPath(form.get('then'), links);
      const kept = new Map(
        [...form].flatMap(([name, value]) =>
          name.startsWith(keptPrefix) ? [[name.slice(keptPrefix.length), value]] : [],
        ),
      );
      const token = form.get('token')?.trim() ?? '';
      const identity = await gatekeeper.authenticate(`Bearer ${token}`).catch(refusedToken);
      if (!identity)
        return {
          shown: signInPage({
            links,
            formToken: seal.formToken(visitor),
            then,
            kept,
            provider: provider !== undefined,
            refusal: 'This token opens nothing here: it is unknown, expired or revoked.',
          }),
        };
      signIn(context, seal, cookies, { visitor, token });
      if (kept.size === 0) return { to: then };
      return { shown: sendAgainPage({ links, formToken: seal.formToken(`${visitor} ${identity.actor}`), then, kept }) };
    }),
  );
  app.post('/sign-out', (context) =>
    observed(context, place, 'console.signOut', async () => {
      signOut(context, cookiesOf(context, place));
      return { to: links.home };
    }),
  );
  if (provider) providerRoutes(app, place, provider);
}

function refusedToken(error: unknown): undefined {
  if (!(error instanceof Fault && error.code === 'UNAUTHENTICATED')) throw error;
}

function providerRoutes(app: Hono, place: Place, provider: Provider): void {
  const { options, links } = place;
  const { seal, gatekeeper } = options;
  const callback = (context: Context) => `${options.originOf(context.req.raw)}${links.signIn}/callback`;
  app.get('/sign-in/provider', (context) =>
    observed(context, place, 'console.signInProvider', async () => {
      const { to, pending } = await provider.begin(callback(context), ownPath(context.req.query('then'), links));
      setCookie(context, pendingCookie, seal.close('sign-in', pending, pendingMs), {
        path: links.signIn,
        secure: cookiesOf(context, place).secure,
        httpOnly: true,
        sameSite: 'Lax',
        maxAge: pendingMs / 1_000,
      });
      return { to };
    }),
  );
  app.get('/sign-in/callback', (context) =>
    observed(context, place, 'console.signInCallback', async () => {
      const pending = pendingShape.safeParse(seal.open('sign-in', getCookie(context, pendingCookie) ?? '')?.value);
      deleteCookie(context, pendingCookie, { path: links.signIn });
      if (!pending.success)
        throw new Fault(
          'UNAUTHENTICATED',
          {},
          { message: 'The sign-in took too long or was begun elsewhere. Try again.' },
        );
      const answered = new URL(callback(context));
      answered.search = new URL(context.req.url).search;
      const identity = gatekeeper.identityOf(await provider.finish(answered, pending.data));
      if (!identity)
        throw new Fault(
          'FORBIDDEN',
          {},
          { message: 'You are known, but have no role in this registry. Ask its administrator.' },
        );
      const cookies = cookiesOf(context, place);
      signIn(context, seal, cookies, { visitor: visitorId(context, cookies), identity });
      return { to: pending.data.then };
    }),
  );
}

function tooLarge(context: Context, place: Place): Promise<Response> {
  return observed(context, place, 'console.tooLarge', async () => {
    throw new Fault('BODY_TOO_LARGE', { limit: maxFormBytes });
  });
}
