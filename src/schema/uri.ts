/** Reference resolution of RFC 3986 §5.2, as far as `$id` and `$ref` need it. Nothing is fetched or normalised but dot segments. */

interface Parts {
  readonly scheme?: string | undefined;
  readonly authority?: string | undefined;
  readonly path: string;
  readonly query?: string | undefined;
}

// RFC 3986 appendix B, without the fragment
const grammar = /^(?:([^:/?#]+):)?(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?/;

function parse(uri: string): Parts {
  const [, scheme, authority, path = '', query] = grammar.exec(uri) ?? [];
  return { scheme, authority, path, query };
}

function print({ scheme, authority, path, query }: Parts): string {
  return [
    scheme === undefined ? '' : `${scheme}:`,
    authority === undefined ? '' : `//${authority}`,
    path,
    query === undefined ? '' : `?${query}`,
  ].join('');
}

function withoutDots(path: string): string {
  const out: string[] = [];
  const parts = path.split('/');
  parts.forEach((part, index) => {
    const isLast = index === parts.length - 1;
    if (part === '..') {
      if (out.length > 1 || (out.length === 1 && out[0] !== '')) out.pop();
      if (isLast) out.push('');
    } else if (part === '.') {
      if (isLast) out.push('');
    } else out.push(part);
  });
  return out.join('/');
}

function merge(base: Parts, path: string): string {
  if (base.authority !== undefined && base.path === '') return `/${path}`;
  return base.path.slice(0, base.path.lastIndexOf('/') + 1) + path;
}

/** The absolute URI, without fragment, of `reference` (without fragment) seen from `base`. */
export function resolveUri(base: string, reference: string): string {
  if (reference === '') return base;
  const to = parse(reference);
  if (to.scheme !== undefined) return print({ ...to, path: withoutDots(to.path) });
  const from = parse(base);
  if (to.authority !== undefined) return print({ ...to, scheme: from.scheme, path: withoutDots(to.path) });
  if (to.path === '') return print({ ...from, query: to.query ?? from.query });
  const path = to.path.startsWith('/') ? to.path : merge(from, to.path);
  return print({ scheme: from.scheme, authority: from.authority, path: withoutDots(path), query: to.query });
}

/** A reference cut at its first `#`; the fragment is undefined where there is none, and percent-decoded where it decodes. */
export function splitFragment(reference: string): { readonly uri: string; readonly fragment?: string } {
  const at = reference.indexOf('#');
  if (at < 0) return { uri: reference };
  const raw = reference.slice(at + 1);
  return { uri: reference.slice(0, at), fragment: decode(raw) };
}

function decode(fragment: string): string {
  if (!fragment.includes('%')) return fragment;
  try {
    return decodeURIComponent(fragment);
  } catch {
    return fragment; // a stray percent sign names itself
  }
}
