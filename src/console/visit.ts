/** One request for a page: where the registry is as this browser sees it, and how pages, faults and redirects are answered. */
import type { Context } from 'hono';
import { Fault } from '../errors.ts';
import type { Origin } from '../registry/records.ts';
import { type AssetNames, Document } from './layout.tsx';
import { type Links, linksBelow } from './links.ts';
import type { Shown, Visitor } from './page.ts';
import { faultPage, notFoundPage } from './pages/fault.tsx';
import type { CookieSettings } from './visitor.ts';

/** Where browsers reach the registry. */
export interface Address {
  /** Such as `/herald`; empty at the root. */
  readonly base: string;
  /** Such as `https://registry.example`. */
  readonly origin: string;
}

export interface Observing {
  readonly addressOf: (context: Context) => Address;
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

export interface Visit {
  readonly context: Context;
  readonly address: Address;
  readonly links: Links;
  readonly cookies: CookieSettings;
  readonly origin: Origin;
}

export interface Outcome {
  readonly shown?: Shown;
  /** Path to go on with; wins over a page. */
  readonly to?: string;
  readonly visitor?: Visitor;
  /** What was refused, where the page says so. */
  readonly fault?: Fault;
}

/** Everything around one answer: the clock, the log, faults and bugs as pages. */
export async function observed(
  context: Context,
  observing: Observing,
  assets: AssetNames,
  page: string,
  work: (visit: Visit) => Promise<Outcome>,
): Promise<Response> {
  const started = performance.now();
  const address = observing.addressOf(context);
  const visit: Visit = {
    context,
    address,
    links: linksBelow(address.base),
    cookies: { path: address.base, secure: address.origin.startsWith('https:') },
    origin: observing.traceOf(context.req.raw),
  };
  const outcome = await work(visit).catch((error: unknown): Outcome => {
    if (!(error instanceof Fault)) observing.onBug?.(error, visit.origin);
    return refused(error instanceof Fault ? error : new Fault('INTERNAL', {}), visit.links);
  });
  const { fault } = outcome;
  const response = written(visit, outcome, assets);
  observing.onRequest?.({
    page,
    method: context.req.method,
    status: response.status,
    ms: Math.round((performance.now() - started) * 1e3) / 1e3,
    ...(outcome.visitor && { actor: outcome.visitor.caller.actor }),
    ...(fault && { fault: fault.code }),
    origin: visit.origin,
  });
  return response;
}

/** With the visitor the page keeps its navigation. */
export function refused(fault: Fault, links: Links, visitor?: Visitor): Outcome {
  return { shown: faultPage(fault, links), fault, ...(visitor && { visitor }) };
}

function written({ context, links }: Visit, { shown, to, visitor }: Outcome, assets: AssetNames): Response {
  context.header('Cache-Control', 'no-store');
  if (to !== undefined) return context.redirect(to, 303);
  const page = shown ?? notFoundPage(links);
  const query = context.req.query('q');
  const body = Document({
    shown: page,
    links,
    assets,
    ...(visitor && { visitor }),
    ...(query !== undefined && { query }),
  });
  // Hono's type for statuses lists the registered ones; ours come from the fault table
  return context.html(`<!doctype html>${body}`, (page.status ?? 200) as 200);
}

const maxFormFields = 50;

/** The fields of a form that was sent; files are no fields of ours. */
export async function fieldsOf({ context }: Visit): Promise<ReadonlyMap<string, string>> {
  const parsed = await context.req.parseBody();
  const fields = Object.entries(parsed).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  // browsers send line feeds as CR LF
  return new Map(fields.slice(0, maxFormFields).map(([name, value]) => [name, value.replaceAll('\r\n', '\n')]));
}

/**
 * Whether the form comes from a page of ours, shown to this visitor. `stale`: from a page of ours, shown to somebody this browser no
 * longer is. Fault FORBIDDEN where it comes from elsewhere.
 */
export function originOfForm(
  { context, address }: Visit,
  form: ReadonlyMap<string, string>,
  expected: string,
): 'ours' | 'stale' {
  const from = context.req.header('origin');
  const isForeign =
    (from !== undefined && from !== address.origin) || context.req.header('sec-fetch-site') === 'cross-site';
  if (!isForeign && form.get('form-token') === expected) return 'ours';
  // a browser says where a form comes from; without its word nothing is shown again
  if (!isForeign && from === address.origin) return 'stale';
  throw foreignForm();
}

export function foreignForm(): Fault {
  return new Fault(
    'FORBIDDEN',
    {},
    { message: 'The form was not sent from a page of this registry, or the page is too old. Open it again.' },
  );
}
