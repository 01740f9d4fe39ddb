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
