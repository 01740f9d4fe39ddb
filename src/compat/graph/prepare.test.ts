import { describe, expect, it } from 'vitest';
import type { Dialect, SchemaDocument } from '../../schema/document.ts';
import type { Json } from '../../schema/json.ts';
import { prepare } from '../decide/decide.ts';
import type { FormatPolicy } from '../report.ts';
import type { CompileOptions } from './compile.ts';
import { partsOf } from './parts.ts';
import { buildGraph } from './prepare.ts';

const plain: CompileOptions = { formats: 'assert', ignore: new Set() };

function documentOf(root: Json, dialect: Dialect = '2020-12'): SchemaDocument {
  return { root, dialect, bundle: new Map() };
}

function backward(previous: SchemaDocument, next: SchemaDocument, formats: FormatPolicy = 'assert', ignore = ['']) {
  return prepare(previous, next, { formats, ignore: ignore.filter((each) => each !== '') }).decide('backward', 'open')
    .verdict;
}

/** Whether the property `key` is one shape in both documents. */
function isShared(previous: Json, next: Json, key: string): boolean {
  const graph = buildGraph(documentOf(previous), documentOf(next), plain);
  const [left] = partsOf(graph.previous).byKey.get(key) ?? [];
  const [right] = partsOf(graph.next).byKey.get(key) ?? [];
  return left !== undefined && left.shape === right?.shape;
}

describe('what did not change is compiled once', () => {
  const address = { type: 'object', properties: { street: { type: 'string', minLength: 1 } }, required: ['street'] };

  it('where it stands at the same place in the same words', () => {
    expect(isShared({ properties: { at: address, n: {} } }, { properties: { at: address, m: {} } }, 'at')).toBe(true);
    const reordered = { required: ['street'], properties: address.properties, type: 'object' };
    expect(isShared({ properties: { at: address } }, { properties: { at: reordered } }, 'at')).toBe(true);
  });

  it('and not where a word differs, however deep', () => {
    const wider = { ...address, properties: { street: { type: 'string' } } };
    expect(isShared({ properties: { at: address } }, { properties: { at: wider } }, 'at')).toBe(false);
  });

  it('and a property may be called like a reference', () => {
    const named = { properties: { $ref: { type: 'string' } } };
    expect(isShared({ properties: { at: named } }, { title: 'x', properties: { at: named } }, 'at')).toBe(true);
  });

  it('and what it refers to, schemas that refer to one another together', () => {
    const using = (title: string, size: Json) => ({
      title,
      properties: { at: { items: { $ref: '#/$defs/a' } }, size },
      $defs: {
        a: { properties: { b: { $ref: '#/$defs/b' } } },
        b: { items: { $ref: '#/$defs/a' }, contains: { $ref: '#/$defs/c' } },
        c: { type: 'string' },
      },
    });
    expect(isShared(using('x', { type: 'string' }), using('y', { type: 'number' }), 'at')).toBe(true);
  });

  it('but not where a reference leads to a difference, however far', () => {
    const using = (type: string) => ({
      properties: { at: { items: { $ref: '#/$defs/a' } }, other: { $ref: '#/$defs/b' }, last: { $ref: '#/$defs/d' } },
      $defs: {
        d: { items: { $ref: '#/$defs/c' } },
        a: { properties: { b: { $ref: '#/$defs/b' } } },
        b: { items: { $ref: '#/$defs/c' }, contains: { $ref: '#/$defs/a' } },
        c: { items: { $ref: '#/$defs/a' }, minLength: 1, contains: { type } },
      },
    });
    for (const key of ['at', 'other', 'last']) expect(isShared(using('string'), using('number'), key)).toBe(false);
    expect(backward(documentOf(using('string')), documentOf(using('number')))).toBe('incompatible');
  });

  it('and not where a reference leads to nothing that is here, but under another absolute name', () => {
    const using = (base: string) => ({ $id: `https://${base}.example/`, properties: { at: { items: { $ref: 'x' } } } });
    expect(backward(documentOf(using('a')), documentOf({ ...using('a'), title: 'x' }))).toBe('compatible');
    expect(backward(documentOf(using('a')), documentOf(using('b')))).toBe('undecided');
  });

  it('and not where the name of what is referred to has moved', () => {
    const using = (x: Json, y: Json) => ({ properties: { at: { items: { $ref: '#name' } } }, $defs: { x, y } });
    const named = { $anchor: 'name', type: 'string' };
    expect(isShared(using(named, {}), using({}, named), 'at')).toBe(false);
  });

  it('and not inside a resource of its own, where a reference leads elsewhere', () => {
    const using = (type: string) => ({
      properties: { at: { items: { $id: 'https://inner.example/', items: { $ref: 'x' } } } },
      $defs: { x: { $id: 'https://inner.example/x', type } },
    });
    expect(backward(documentOf(using('string')), documentOf(using('integer')))).toBe('incompatible');
  });

  it('and not in a document of the bundle, where a reference leads elsewhere', () => {
    const using = (type: string): SchemaDocument => ({
      root: { items: { $ref: 'https://other.example/#/properties/at' }, $defs: { x: { type: 'string' } } },
      dialect: '2020-12',
      bundle: new Map([
        ['https://other.example/', documentOf({ properties: { at: { $ref: '#/$defs/x' } }, $defs: { x: { type } } })],
      ]),
    });
    expect(backward(using('string'), using('integer'))).toBe('incompatible');
  });

  it('and what had to wait because it is far inside others is met as it was there', () => {
    const link = (at: number): Json => ({ allOf: [{ $ref: `#/$defs/d${at + 1}` }], minLength: at, pattern: `${at}` });
    const chain = (title: string): Json => ({
      $ref: '#/$defs/d0',
      $defs: {
        ...Object.fromEntries(Array.from({ length: 100 }, (_, at) => [`d${at}`, link(at)])),
        d63: { allOf: [link(63)], title },
        d100: { minLength: 1, maxLength: 9 },
      },
    });
    const { previous, next } = buildGraph(documentOf(chain('x')), documentOf(chain('y')), plain);
    expect(next.lit).toBe(previous.lit);
  });

  it.each(['$ref', '$dynamicRef'])('but the same words with a %s mean what its target says', (keyword) => {
    const using = (type: string) =>
      documentOf({ properties: { at: { items: { [keyword]: '#/$defs/x' } } }, $defs: { x: { type } } });
    expect(backward(using('string'), using('string'))).toBe('compatible');
    expect(backward(using('string'), using('integer'))).toBe('incompatible');
  });

  it('and the same words in another dialect mean what that dialect says', () => {
    const root = { properties: { a: { const: 1 } } };
    expect(backward(documentOf(root, 'draft-04'), documentOf(root))).toBe('incompatible');
  });

  it('at each of the places where one object of the program stands', () => {
    const [string, number] = [{ type: 'string' }, { type: 'number' }];
    const graph = [
      documentOf({ properties: { a: string, b: number } }),
      documentOf({ properties: { a: string, b: string } }),
    ];
    expect(backward(graph[0] as SchemaDocument, graph[1] as SchemaDocument)).toBe('incompatible');
  });
});

describe('schemas that refer to themselves', () => {
  /** A condition, and a reference because of which equal nodes are looked for and literals change. */
  const tree = (extra: string, size: string) =>
    documentOf({
      type: 'object',
      properties: { size: { type: size }, kind: { type: 'string' }, child: { $ref: '#' } },
      if: { required: ['kind'] },
      then: { properties: { extra: { type: extra } } },
    });

  it('are looked up by the parts they have in the graph of both', () => {
    const { previous, next } = buildGraph(tree('string', 'integer'), tree('integer', 'number'), plain);
    for (const shape of [previous, next]) {
      const parts = shape.constraints.flatMap((constraint) => constraint.parts);
      const { inPlace, byKey, rest } = partsOf(shape);
      expect(new Set([...inPlace, ...[...byKey.values()].flat(), ...rest])).toEqual(new Set(parts));
      expect(inPlace.every((part) => parts.includes(part))).toBe(true);
    }
  });
});

describe('what is kept of an earlier version', () => {
  it('answers with other options as if it were new', () => {
    const previous = documentOf({ type: 'string', format: 'date' });
    const next = documentOf({ type: 'string', maxLength: 10 });
    expect(backward(previous, next)).toBe('compatible');
    expect(backward(previous, next, 'annotate')).toBe('incompatible');
    const [old, young] = [
      documentOf({ properties: { v: { const: 1 } } }),
      documentOf({ properties: { v: { const: 2 } } }),
    ];
    expect(backward(old, young)).toBe('incompatible');
    expect(backward(old, young, 'assert', ['/properties/v'])).toBe('compatible');
    expect(backward(old, young)).toBe('incompatible');
  });

  it('is left as it was by every version it is compared with', () => {
    const root = { type: 'object', properties: { a: { type: 'number' } } };
    const previous = documentOf(root);
    const recursive = documentOf({ type: 'object', properties: { a: { type: 'number' }, b: { $ref: '#' } } });
    const narrowed = documentOf({ type: 'object', properties: { a: { type: 'integer' } } });
    const sizes = [narrowed, recursive, narrowed].map((next) => {
      const { arena, previous: shape } = buildGraph(previous, next, plain);
      return [arena.nodes.length, shape.lit];
    });
    const anew = [narrowed, recursive, narrowed].map((next) => {
      const { arena, previous: shape } = buildGraph(documentOf(root), next, plain);
      return [arena.nodes.length, shape.lit];
    });
    expect(sizes).toEqual(anew);
    expect(backward(previous, recursive)).toBe('incompatible');
    expect(backward(previous, narrowed)).toBe('incompatible');
    expect(backward(previous, documentOf(root))).toBe('compatible');
  });
});
