/**
 * `uri` and `uri-reference`: RFC 3986 appendix A, production by production. `iri` and `iri-reference`: the same with the characters
 * that RFC 3987 §2.2 adds. One grammar makes the four, so that every URI is an IRI and every URI a reference.
 */
import { beyondAscii, privateUse } from './characters.ts';
import { ipv4, ipv6 } from './ip.ts';

const encoded = '%[0-9A-Fa-f]{2}';
const delimiters = "!$&'()*+,;=";
const scheme = '[A-Za-z][A-Za-z0-9+\\-.]*:';
const future = `[Vv][0-9A-Fa-f]+\\.[A-Za-z0-9\\-._~${delimiters}:]+`;

/** `more` may stand wherever a letter may, `inQuery` in the query too. */
function grammar(more: string, inQuery: string): { readonly absolute: RegExp; readonly reference: RegExp } {
  const unreserved = `A-Za-z0-9\\-._~${more}`;
  const character = `(?:[${unreserved}${delimiters}:@]|${encoded})`;

  const user = `(?:(?:[${unreserved}${delimiters}:]|${encoded})*@)?`;
  const name = `(?:[${unreserved}${delimiters}]|${encoded})*`;
  const authority = `${user}(?:\\[(?:${ipv6}|${future})\\]|${ipv4}|${name})(?::[0-9]*)?`;

  const segments = `(?:/${character}*)*`;
  const rootless = `${character}+${segments}`;
  const rooted = `/(?:${rootless})?`;
  const withoutColon = `(?:[${unreserved}${delimiters}@]|${encoded})+${segments}`;
  const query = `(?:\\?(?:[${unreserved}${delimiters}:@/?${inQuery}]|${encoded})*)?`;
  const fragment = `(?:#(?:[${unreserved}${delimiters}:@/?]|${encoded})*)?`;

  const whole = `${scheme}(?://${authority}${segments}|${rooted}|${rootless}|)${query}${fragment}`;
  const relative = `(?://${authority}${segments}|${rooted}|${withoutColon}|)${query}${fragment}`;
  return { absolute: new RegExp(`^${whole}$`, 'u'), reference: new RegExp(`^(?:${whole}|${relative})$`, 'u') };
}

export const { absolute: uri, reference: uriReference } = grammar('', '');
export const { absolute: iri, reference: iriReference } = grammar(beyondAscii, privateUse);
