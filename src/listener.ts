/**
 * What answers the requests of one process. Cached look-ups are answered from memory before routing, and so are single events whose
 * validator is at hand; the app and the other faces answer everything else.
 */
import type { RequestListener, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Config } from './config.ts';
import { withConfluent } from './confluent-face.ts';
import type { Fault } from './errors.ts';
import { facesOf } from './faces.ts';
import { createApp } from './http/app.ts';
import { authenticator } from './http/auth.ts';
import { bodyLimits } from './http/body.ts';
import { corsFor } from './http/cors.ts';
import type { Deps } from './http/deps.ts';
import { may } from './http/identity.ts';
import { linksFor, withoutBase } from './http/links.ts';
import type { Log } from './http/log.ts';
import { ownRequests } from './http/own-requests.ts';
import { rateLimit } from './http/rate.ts';
import { recentProofs } from './http/recent-proofs.ts';
import { refusalRecorder } from './http/refusals.ts';
import { refuse } from './http/reply.ts';
import { type MayRead, shortcut } from './http/shortcut.ts';
import { boundUnreadBody } from './http/unread-body.ts';
import { type ValidationShortcut, validationShortcut } from './http/validation-shortcut.ts';

export function listenerOf(config: Config, deps: Deps, log: Log): RequestListener {
  const { bodyBytes, batchBytes, perSecond } = config.limits;
  const rate = perSecond > 0 ? rateLimit(perSecond, deps.clock) : undefined;
  const proofs = recentProofs(authenticator(config.auth, deps.clock, deps.store), deps.store, deps.clock);
  const cors = config.corsOrigins.length > 0 ? corsFor(config.corsOrigins) : undefined;
  const limits = { ...bodyLimits, single: bodyBytes, batch: batchBytes };
  const app = createApp({
    deps,
    authenticate: proofs.authenticate,
    limits,
    ...(rate && { rate }),
    links: linksFor(config.links),
    ...(cors && { cors }),
    onRequest: log.request,
    onRefused: refusalRecorder(deps),
    onWarning: log.warn,
    onBug: log.bug,
    onUndeclared: (route, fault) => log.warn(`${route.id} does not declare ${fault.code}`, fault),
  });
  const mayRead: MayRead = (authorization) => {
    const identity = proofs.find(authorization);
    return identity !== undefined && may(identity, 'read') && (rate?.spend(identity.actor) ?? true);
  };
  const { base, origin, trustedProxies } = config.links;
  const hasOneUrl = origin !== undefined || trustedProxies.length === 0;
  const answered = shortcut(deps, {
    mayRead,
    cors: cors !== undefined,
    audience: config.auth ? 'private' : 'public',
    ...(hasOneUrl && { links: { base } }),
  });
  const validated: ValidationShortcut = logsRequests(config)
    ? () => false
    : validationShortcut(deps, {
        find: proofs.find,
        ...(rate && { rate }),
        ...(hasOneUrl && { links: { base } }),
        cors: cors !== undefined,
        limits,
      });
  // otherwise the adapter would replace the global Request and Response for the whole process
  const faces = facesOf(config, deps, log, proofs.authenticate, app);
  const fetch = withConfluent(config, { deps, log, authenticate: proofs.authenticate, ...(rate && { rate }) }, faces);
  const listener = getRequestListener(fetch, {
    hostname: config.host,
    overrideGlobalObjects: false,
    // boundUnreadBody does it without a reset
    autoCleanupIncoming: false,
  });
  const refusalOf = config.auth ? undefined : ownRequests({ hosts: config.allowedHosts, origins: config.corsOrigins });
  return (request, response) => {
    const refusal = refusalOf?.(request);
    request.url = withoutBase(base, request.url ?? '/');
    // what is answered from memory came without a body
    if (!refusal && answered(request, response)) return;
    boundUnreadBody(request, response);
    if (refusal) sendRefusal(response, refusal);
    else if (!validated(request, response, listener)) void listener(request, response);
  };
}

/** The app writes a line for each request then. */
function logsRequests({ log }: Pick<Config, 'log'>): boolean {
  return log.level === 'debug' || log.level === 'trace';
}

/** Ahead of routing, which nothing of the request may reach. */
function sendRefusal(response: ServerResponse, fault: Fault): void {
  const { status, json, headers } = refuse(fault);
  response
    .writeHead(status, { ...headers, 'Content-Type': 'application/json; charset=utf-8', 'Cache-Control': 'no-store' })
    .end(JSON.stringify(json));
}
