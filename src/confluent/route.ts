/** A route of Confluent's interface, and how a path finds it. */
import type { Permission } from '../registry/caller.ts';
import type { Json } from '../schema/json.ts';
import type { Asked } from './deps.ts';

/** `text`: answered as it is, not as JSON. `undefined`: 204. */
export type ConfluentReply = { readonly json: Json } | { readonly text: string } | undefined;

export interface ConfluentRoute {
  readonly id: string;
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Segments; `{name}` takes any. */
  readonly path: string;
  readonly permission: Permission;
  readonly handle: (asked: Asked) => Promise<ConfluentReply>;
}

export interface Found {
  readonly route: ConfluentRoute;
  readonly params: Readonly<Record<string, string>>;
}

export type Routing = Found | 'no-route' | 'no-method';

/** Segments are decoded once, after routing: a subject may hold an encoded slash. */
export function findRoute(routes: readonly ConfluentRoute[], method: string, segments: readonly string[]): Routing {
  let other = false;
  for (const route of routes) {
    const params = matchPath(route.path, segments);
    if (params === undefined) continue;
    if (route.method === (method === 'HEAD' ? 'GET' : method)) return { route, params };
    other = true;
  }
  return other ? 'no-method' : 'no-route';
}

const patterns = new Map<string, readonly string[]>();

function matchPath(path: string, segments: readonly string[]): Record<string, string> | undefined {
  const pattern = patterns.get(path) ?? path.split('/').filter((part) => part !== '');
  patterns.set(path, pattern);
  if (pattern.length !== segments.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of pattern.entries()) {
    const segment = segments[index]!;
    if (part.startsWith('{')) params[part.slice(1, -1)] = segment;
    else if (part !== segment) return undefined;
  }
  return params;
}
