/** The identity of a node: equal bodies are made once. */
import { keySetKey } from './keyset.ts';
import type { Body, EvaluatedKeys } from './node.ts';

/** Equal bodies, and only they, have the same key. */
export function keyOf(body: Body): string {
  switch (body.kind) {
    case 'true':
    case 'unique':
      return body.kind;
    case 'and':
    case 'one':
      return `${body.kind}${body.of.join(',')}`;
    case 'type':
      return `type${body.mask}`;
    case 'enum':
      return `enum${[...body.values.keys()].sort().join('\n')}`;
    case 'min':
    case 'max':
      return `${body.kind}${body.exclusive ? '!' : ''}${body.bound}`;
    case 'multiple':
      return `multiple${body.of}`;
    case 'pattern':
      return `pattern${body.source}`;
    case 'format':
      return `format${body.name}`;
    case 'has':
      return `has${body.key}`;
    case 'opaque':
      return `opaque${body.reason}:${body.key}`;
    case 'link':
      return `link${body.key}`;
    default:
      return partKey(body);
  }
}

function partKey(
  body: Exclude<Body, { readonly kind: 'true' | 'unique' | 'and' | 'one' | 'type' | 'enum' | 'min' | 'max' }>,
): string {
  switch (body.kind) {
    case 'item':
      return `item${body.index}:${body.lit}`;
    case 'items':
      return `items${body.from}:${body.lit}`;
    case 'atLeast':
    case 'atMost':
      return `${body.kind}${body.count}:${body.lit}`;
    case 'prop':
      return `prop${body.lit}:${body.key}`;
    case 'pprop':
      return `pprop${body.lit}:${keySetKey(body.keys)}`;
    case 'unevaluatedKeys':
      return `${body.kind}${body.lit}:${body.but.map(groupKey).sort().join(';')}`;
    case 'unevaluatedItems':
      return `${body.kind}${body.lit}:${body.but
        .map((group) => `${group.when}>${group.prefix}>${group.matching}`)
        .sort()
        .join(';')}`;
    default:
      return `${body.kind}${'count' in body ? body.count : ''}`;
  }
}

function groupKey(group: EvaluatedKeys): string {
  return `${group.when.join('&')}>${group.keys === 'all' ? '*' : keySetKey(group.keys)}`;
}
