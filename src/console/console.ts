/**
 * The console: pages over the registry's own verbs, rendered on the server. It has no data path of its own, runs without
 * JavaScript, and reaches no other host.
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';
import { Fault } from '../errors.ts';
import type { AssetNames } from './layout.tsx';
import type { Asked, ConsoleDeps, Page, Redirect, Shown, Visitor } from './page.ts';
import { pages as allPages } from './pages/index.ts';
import { staleFormPage } from './pages/sign-in.tsx';
import { type Observe, pathOf, type SigningIn, signInFor, signInRoutes, typed } from './sign-in.ts';
import { stylesheet } from './style.ts';
import { fieldsOf, type Observing, type Outcome, observed, originOfForm, refused, type Visit } from './visit.ts';
import { visitorOf } from './visitor.ts';
import { whileWanted } from './wanted.ts';

export interface ConsoleOptions extends SigningIn, Observing {
  readonly deps: ConsoleDeps;
}

/** Room for a schema of the largest size the registry takes, percent-encoded. */
const maxFormBytes = 4_000_000;

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
  // a proxy in front of the registry speaks TLS, and decides about this
  strictTransportSecurity: false,
} satisfies Parameters<typeof secureHeaders>[0];

/** First segments of the console's paths; `/` is shared with the interface, by what the caller accepts. */
const ownSegments: ReadonlySet<string> = new Set(
  [...allPages.map(({ path }) => path.split('/')[1] ?? ''), 'sign-in', 'sign-out', 'assets'].filter(Boolean),
);

/** Whether a request is for a page. Programs that ask for `/` get JSON. */
export function isForConsole(path: string, accept: string): boolean {
  const first = path.split('?')[0]?.split('/')[1] ?? '';
  return first === '' ? accept.includes('text/html') : ownSegments.has(first);
}

export function createConsole(options: ConsoleOptions, pages: readonly Page[] = allPages): Hono {
  const app = new Hono();
  const assets = loadAssets();
  const observe: Observe = (context, id, work) => observed(context, options, assets.names, id, work);
  app.use(secureHeaders(headers));
  app.get('/assets/:file', (context) => asset(context, assets));
  app.use(
    bodyLimit({
      maxSize: maxFormBytes,
      onError: (context) =>
        observe(context, 'console.tooLarge', async () => {
          throw new Fault('BODY_TOO_LARGE', { limit: maxFormBytes });
        }),
    }),
  );
  signInRoutes(app, options, observe);
  for (const page of pages)
    app.on(page.method.toUpperCase(), page.path, (context) =>
      observe(context, page.id, (visit) => answer(visit, options, page)),
    );
  app.notFound((context) => observe(context, 'console.notFound', async () => ({})));
  return app;
}

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

function asset(context: Context, assets: Assets): Response {
  const file = assets.files.get(context.req.param('file') ?? '');
  if (!file) return context.text('There is no such file.', 404);
  return context.body(file.text, 200, {
    'Content-Type': file.mediaType,
    'Cache-Control': 'public, max-age=31536000, immutable',
  });
}

async function answer(visit: Visit, options: ConsoleOptions, page: Page): Promise<Outcome> {
  const { links } = visit;
  const visitor = await visitorOf(visit, options);
  const form = page.method === 'post' ? await fieldsOf(visit) : new Map<string, string>();
  if (!visitor) return { shown: signInFor(visit, options, form) };
  try {
    return await answerTo(visit, options, page, visitor, form);
  } catch (error) {
    if (error instanceof Fault) return refused(error, links, visitor);
    throw error;
  }
}

async function answerTo(
  visit: Visit,
  options: ConsoleOptions,
  page: Page,
  visitor: Visitor,
  form: ReadonlyMap<string, string>,
): Promise<Outcome> {
  const { context, links } = visit;
  if (page.method === 'post' && originOfForm(visit, form, visitor.formToken) === 'stale')
    return {
      shown: staleFormPage({ links, formToken: visitor.formToken, then: pathOf(visit), kept: typed(form) }),
      visitor,
    };
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
    context: { ...options.deps, store: whileWanted(options.deps.store, visitor.caller.signal), caller: visitor.caller },
    visitor,
    links,
  };
  const result = await page.render(asked);
  return isRedirect(result) ? { to: result.to, visitor } : { shown: result, visitor };
}

function isRedirect(result: Shown | Redirect): result is Redirect {
  return 'to' in result;
}
