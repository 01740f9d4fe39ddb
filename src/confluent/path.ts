/** Which requests are for Confluent's interface. */

/** The part of the URL below the interface; undefined where it is not for it. `own`: first segments of the registry's own paths. */
export function confluentPath(
  url: string,
  accept: string,
  paths: readonly string[],
  own: ReadonlySet<string>,
): string | undefined {
  for (const path of paths) {
    if (path === '') return isOwn(url, accept, own) ? undefined : url;
    if (url === path || url.startsWith(`${path}/`) || url.startsWith(`${path}?`)) return url.slice(path.length) || '/';
  }
  return undefined;
}

/** At the root both stand side by side: a browser gets pages, a client Confluent's `{}`. */
function isOwn(url: string, accept: string, own: ReadonlySet<string>): boolean {
  const [pathname = ''] = url.split('?', 1);
  if (/^\/+v1\/+metadata(\/|$)/.test(pathname)) return false;
  const first = pathname.split('/').find((segment) => segment !== '');
  if (first === undefined) return accept.includes('text/html');
  return own.has(first);
}
