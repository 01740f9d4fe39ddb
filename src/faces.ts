/** Which face answers a request: the console for browsers, the HTTP interface for programs. Both know callers in the same way. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Hono } from 'hono';
import type { Config } from './config.ts';
import { createConsole, isForConsole } from './console/console.ts';
import { openProvider } from './console/provider.ts';
import { createSeal } from './console/seal.ts';
import type { Gatekeeper } from './console/visitor.ts';
import type { Authenticate } from './http/auth.ts';
import { correlationOf, traceOf } from './http/correlation.ts';
import type { Deps } from './http/deps.ts';
import { may } from './http/identity.ts';
import { identityOfClaims } from './http/jwt.ts';
import { linksFor } from './http/links.ts';
import type { Log } from './http/log.ts';
import type { Origin } from './registry/records.ts';

type Fetch = Hono['fetch'];

export function facesOf(config: Config, deps: Deps, log: Log, authenticate: Authenticate, app: Hono): Fetch {
  const pages = consoleOf(config, deps, log, authenticate);
  return (request, ...more) => {
    const { pathname } = new URL(request.url);
    const isPage = isForConsole(pathname, request.headers.get('accept') ?? '');
    return isPage ? pages.fetch(request, ...more) : app.fetch(request, ...more);
  };
}

const generatedKeyBytes = 32;

function consoleOf(config: Config, deps: Deps, log: Log, authenticate: Authenticate): Hono {
  const { sessionKey, provider } = config.signIn;
  const linksOf = linksFor(config.links);
  return createConsole({
    deps,
    gatekeeper: gatekeeperOf(config, authenticate),
    seal: createSeal(sessionKey === undefined ? randomBytes(generatedKeyBytes) : Buffer.from(sessionKey), deps.clock),
    ...(provider && { provider: openProvider(provider) }),
    addressOf: ({ req, env }) => {
      const incoming: IncomingMessage | undefined = env?.incoming;
      const { base, origin } = linksOf(req.raw.headers, incoming?.socket.remoteAddress);
      return { base, origin: origin ?? new URL(req.url).origin };
    },
    traceOf: originOf,
    onRequest: ({ page, method, status, ms, actor, fault, origin }) => {
      deps.metrics.request(page, method, status, ms / 1_000);
      const { traceId, spanId } = traceOf(origin.traceparent ?? null);
      const correlationId = origin.correlationId ?? '';
      log.request({
        correlationId,
        traceId,
        spanId,
        route: page,
        method,
        status,
        ms,
        ...(actor !== undefined && { actor }),
        ...(fault !== undefined && { fault }),
      });
    },
    onBug: (error, { correlationId }) => log.bug(error, correlationId ?? ''),
  });
}

function originOf({ headers }: Request): Origin {
  return {
    correlationId: correlationOf(headers.get('x-correlation-id')),
    traceparent: traceOf(headers.get('traceparent')).traceparent,
  };
}

function gatekeeperOf({ auth, signIn }: Config, authenticate: Authenticate): Gatekeeper {
  return {
    required: auth !== undefined,
    authenticate: async (authorization) => {
      const { actor, roles, services, subjects } = await authenticate(authorization);
      return { actor, roles: [...roles], services: [...services], subjects: [...subjects] };
    },
    callerOf: (identity, origin) => ({
      ...origin,
      actor: identity.actor,
      queue: identity.actor,
      can: (permission, about) => may(identity, permission, about),
    }),
    identityOf: (claims) => {
      const identity = identityOfClaims(claims, signIn.claims);
      if (!identity || identity.roles.length === 0) return undefined;
      return {
        actor: identity.actor,
        roles: [...identity.roles],
        services: [...identity.services],
        subjects: [...identity.subjects],
      };
    },
  };
}
