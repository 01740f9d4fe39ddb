import { describe, expect, it } from 'vitest';
import type { Dialect, SchemaDocument } from './document.ts';
import type { Json } from './json.ts';
import { enterScope, noScope, references, resolveDynamic, resolveRecursive, type SchemaLocation } from './reference.ts';
import { resolveUri, splitFragment } from './uri.ts';

function document(
  root: Json,
  dialect: Dialect = '2020-12',
  bundle: Record<string, SchemaDocument> = {},
): SchemaDocument {
  return { root, dialect, bundle: new Map(Object.entries(bundle)) };
}

function at(doc: SchemaDocument, reference: string): string | undefined {
  const refs = references(doc);
  return refs.resolve(refs.root, reference)?.pointer;
}

describe('a reference', () => {
  it('reaches a JSON pointer, decoding percent and tilde', () => {
    const doc = document({ $defs: { 'a/b c': { const: 1 } } });
    expect(at(doc, '#/$defs/a~1b%20c')).toBe('/$defs/a~1b c');
  });

  it('reaches nothing where there is nothing, a value that is no schema, or another host', () => {
    const doc = document({ $defs: { a: {} }, required: ['a'] });
    for (const reference of ['#/$defs/b', '#/required', '#nowhere', 'https://example.com/x'])
      expect(at(doc, reference)).toBeUndefined();
  });

  it('reaches anchors and embedded resources by relative URI', () => {
    const doc = document({
      $id: 'https://example.com/root.json',
      $defs: { a: { $id: 'nested/a.json', $defs: { b: { $anchor: 'here' } } }, c: { $anchor: 'here' } },
    });
    expect(at(doc, '#here')).toBe('/$defs/c');
    expect(at(doc, 'nested/a.json')).toBe('/$defs/a');
    expect(at(doc, 'nested/a.json#here')).toBe('/$defs/a/$defs/b');
    expect(at(doc, 'https://example.com/nested/a.json#/$defs/b')).toBe('/$defs/a/$defs/b');
  });

  it('resolves against the resource it stands in', () => {
    const doc = document({
      $defs: { a: { $id: 'urn:x:a', $defs: { n: { const: 1 } }, items: { $ref: '#/$defs/n' } } },
    });
    const refs = references(doc);
    const a = refs.resolve(refs.root, 'urn:x:a') as SchemaLocation;
    const items = refs.descend(a, ['items'], {});
    expect(refs.resolve(items, '#/$defs/n')?.pointer).toBe('/$defs/a/$defs/n');
  });

  it('reads `id` in draft-04 and `$id: "#name"` up to draft-07', () => {
    expect(at(document({ definitions: { a: { id: '#foo' } } }, 'draft-04'), '#foo')).toBe('/definitions/a');
    expect(at(document({ definitions: { a: { $id: '#foo' } } }, 'draft-07'), '#foo')).toBe('/definitions/a');
    expect(at(document({ $defs: { a: { id: 'http://x.org/a' } } }), 'http://x.org/a')).toBeUndefined();
  });

  it('ignores an `$id` beside a `$ref` up to draft-07 and keeps the definitions beside it', () => {
    const doc = document(
      { $id: 'http://x.org/a', $ref: '#/definitions/b', definitions: { b: { $id: '#b' } } },
      'draft-07',
    );
    expect(at(doc, 'http://x.org/a')).toBeUndefined();
    expect(at(doc, '#b')).toBe('/definitions/b');
  });

  it('reaches bundled documents, and theirs, and nothing else', () => {
    const deep = document({ const: 'deep' });
    const near = document({ $defs: { x: {} } }, '2020-12', { 'herald://c/deep/1': deep });
    const doc = document({}, '2020-12', { 'herald://c/near/2': near });
    expect(at(doc, 'herald://c/near/2#/$defs/x')).toBe('/$defs/x');
    const refs = references(doc);
    expect(refs.resolve(refs.root, 'herald://c/deep/1')?.schema).toEqual({ const: 'deep' });
    expect(at(doc, 'herald://c/near/3')).toBeUndefined();
  });
});

describe('a dynamic reference', () => {
  const doc = document({
    $id: 'https://x.org/list-of-string',
    $defs: {
      item: { $dynamicAnchor: 'item', type: 'string' },
      list: { $id: 'list', items: { $dynamicRef: '#item' }, $defs: { any: { $dynamicAnchor: 'item' } } },
    },
  });

  it('meets the outermost anchor of its name', () => {
    const refs = references(doc);
    const list = refs.resolve(refs.root, 'list') as SchemaLocation;
    const scope = enterScope(enterScope(noScope, refs.root.resource, refs), list.resource, refs);
    expect(resolveDynamic(refs, list, '#item', scope)?.pointer).toBe('/$defs/item');
    const alone = enterScope(noScope, list.resource, refs);
    expect(resolveDynamic(refs, list, '#item', alone)?.pointer).toBe('/$defs/list/$defs/any');
  });

  it('is a plain reference where the name is a plain anchor', () => {
    const plain = document({ $defs: { a: { $anchor: 'n' }, b: { $id: 'b', $defs: { c: { $dynamicAnchor: 'n' } } } } });
    const refs = references(plain);
    const b = refs.resolve(refs.root, 'b') as SchemaLocation;
    const scope = enterScope(noScope, b.resource, refs);
    expect(resolveDynamic(refs, refs.root, '#n', scope)?.pointer).toBe('/$defs/a');
  });

  it('follows $recursiveRef only through resources that are recursive anchors', () => {
    const tree = document(
      { $id: 'https://x.org/strict', $recursiveAnchor: true, $defs: { t: { $id: 'tree', $recursiveAnchor: true } } },
      '2019-09',
    );
    const refs = references(tree);
    const inner = refs.resolve(refs.root, 'tree') as SchemaLocation;
    const scope = enterScope(enterScope(noScope, refs.root.resource, refs), inner.resource, refs);
    expect(resolveRecursive(refs, inner, '#', scope)?.pointer).toBe('');
    const plain = document({ $defs: { t: { $id: 'tree' } }, $recursiveAnchor: true }, '2019-09');
    const other = references(plain);
    const t = other.resolve(other.root, 'tree') as SchemaLocation;
    expect(resolveRecursive(other, t, '#', enterScope(noScope, other.root.resource, other))?.pointer).toBe('/$defs/t');
  });
});

describe('a URI reference', () => {
  it.each([
    // RFC 3986 §5.4
    ['g', 'http://a/b/c/g'],
    ['./g', 'http://a/b/c/g'],
    ['/g', 'http://a/g'],
    ['//g', 'http://g'],
    ['?y', 'http://a/b/c/d;p?y'],
    ['', 'http://a/b/c/d;p?q'],
    ['..', 'http://a/b/'],
    ['../g', 'http://a/b/g'],
    ['../../../g', 'http://a/g'],
    ['g:h', 'g:h'],
  ])('%s resolves', (reference, expected) => {
    expect(resolveUri('http://a/b/c/d;p?q', reference)).toBe(expected);
  });

  it('splits at the first number sign and tolerates a stray percent sign', () => {
    expect(splitFragment('a#b#c')).toEqual({ uri: 'a', fragment: 'b#c' });
    expect(splitFragment('#%zz').fragment).toBe('%zz');
  });
});
