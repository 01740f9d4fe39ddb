/**
 * Cross-origin requests (the Fetch standard, CORS protocol): off unless origins are configured. Credentials are bearer tokens that a
 * page sets itself, so cookies are never allowed.
 */

/** The headers for a request from an origin; undefined where the origin is not allowed, or none is stated. */
export type CorsHeaders = (origin: string | null) => Readonly<Record<string, string>> | undefined;

const preflightMaxAgeSeconds = 600;

/** Response headers that scripts may read beside the ones every script may. */
const exposed = 'Deprecation, ETag, Link, Location, Retry-After, Sunset, X-Correlation-Id';

/** `origins`: as browsers state them, or `*` for every origin. */
export function corsFor(origins: readonly string[]): CorsHeaders {
  const all = origins.includes('*');
  const allowed = new Set(origins);
  return (origin) => {
    if (origin === null || !(all || allowed.has(origin))) return undefined;
    return {
      'Access-Control-Allow-Origin': all ? '*' : origin,
      'Access-Control-Expose-Headers': exposed,
    };
  };
}

/** The reply to a preflight request for a path with these methods. */
export function preflightHeaders(methods: readonly string[]): Readonly<Record<string, string>> {
  return {
    'Access-Control-Allow-Methods': methods.join(', '),
    'Access-Control-Allow-Headers': 'Authorization, Content-Type, If-None-Match, traceparent, X-Correlation-Id',
    'Access-Control-Max-Age': String(preflightMaxAgeSeconds),
  };
}
