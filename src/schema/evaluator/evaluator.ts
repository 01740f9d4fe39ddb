/**
 * What a schema accepts, read from the specification keyword by keyword: in every dialect, across embedded resources of other
 * dialects, with dynamic scopes and with what has been evaluated. It compiles nothing and runs no generated code. Ajv is quicker and
 * answers wherever it is known to agree (schema/validator.ts); this evaluator answers everywhere else.
 */
import { bundledDocuments, documentsOf } from '../bundle.ts';
import { active, isKeyword, type Keyword } from '../dialect.ts';
import type { SchemaDocument } from '../document.ts';
import { isObject, type Json, type JsonObject } from '../json.ts';
import { mentions } from '../mentions.ts';
import { linearPattern, type Pattern } from '../pattern.ts';
import { append, type Pointer } from '../pointer.ts';
import { noScope, references, type SchemaLocation } from '../reference.ts';
import type { Rejection } from '../rejection.ts';
import { newWork } from '../work.ts';
import { apply } from './apply.ts';
import { arrays } from './arrays.ts';
import { nothingEvaluated } from './evaluated.ts';
import { logic } from './logic.ts';
import { type Maker, rejecter } from './maker.ts';
import { objects } from './objects.ts';
import { scalars } from './scalars.ts';
import { type Check, complete, type Node } from './step.ts';

export interface EvaluatorOptions {
  readonly formats: 'assert' | 'annotate';
  /** For patterns that RE2 refuses. Without it such a pattern matches nothing: callers refuse the document first. */
  readonly otherwise?: (source: string) => Pattern | undefined;
  /** References that one evaluation may follow. */
  readonly maxReferences?: number | undefined;
}

export interface Evaluator {
  accepts(value: Json): boolean;
  /** Every reason, up to 100. Both throw `WorkExceeded` where references multiply beyond all bounds. */
  rejections(value: Json): readonly Rejection[];
}

const makers = { ...logic, ...scalars, ...arrays, ...objects };

export function evaluatorOf(document: SchemaDocument, options: EvaluatorOptions): Evaluator {
  const refs = references(document);
  const nodes = new Map<SchemaDocument, Map<Pointer, Node>>();
  const uris = new Map<SchemaDocument, string>();
  for (const [uri, bundled] of bundledDocuments(document)) if (!uris.has(bundled)) uris.set(bundled, uri);
  uris.delete(document);
  const tracks = documentsOf(document).some(({ root }) => mentions(root, unevaluated));

  const node = (location: SchemaLocation): Node => {
    const { document: holder } = location.resource;
    const known = nodes.get(holder) ?? new Map<Pointer, Node>();
    nodes.set(holder, known);
    const found = known.get(location.pointer) ?? makeNode(location);
    known.set(location.pointer, found);
    return found;
  };

  const makeNode = (location: SchemaLocation): Node => {
    const maker = makerAt(location);
    const { schema } = location;
    if (schema === false) {
      const reject = rejecter(maker, 'false', location.pointer);
      return { location, checks: [(_, frame) => reject(frame)], isFlat: true };
    }
    const checks = isObject(schema) ? checksOf(maker) : [];
    return { location, checks: checks.map(({ check }) => check), isFlat: checks.every(({ isFlat }) => isFlat) };
  };

  const makerAt = (location: SchemaLocation): Maker => ({
    schema: isObject(location.schema) ? location.schema : noSchema,
    location,
    dialect: location.resource.dialect,
    assertsFormats: options.formats === 'assert',
    uri: uris.get(location.resource.document),
    node,
    child: (path, schema) => once(() => node(refs.descend(location, path, schema))),
    resolve: (reference) => {
      const target = refs.resolve(location, reference);
      return target && once(() => node(target));
    },
    pattern: (source) => patternOf(source, options),
  });

  const start = (rejections: Rejection[] | undefined) => ({
    run: { refs, work: newWork(options.maxReferences), rejections },
    scope: noScope,
    path: undefined,
    evaluated: tracks ? nothingEvaluated() : undefined,
  });
  return {
    accepts: (value) => complete(apply(node(refs.root), value, start(undefined))),
    rejections(value) {
      const found: Rejection[] = [];
      complete(apply(node(refs.root), value, start(found)));
      return found;
    },
  };
}

const noSchema: JsonObject = {};
const unevaluated = new Set<string>(['unevaluatedItems', 'unevaluatedProperties']);

function checksOf(maker: Maker): readonly { readonly check: Check; readonly isFlat: boolean }[] {
  const { schema, dialect, location } = maker;
  return inOrder(Object.keys(schema).filter(isKeyword)).flatMap((keyword) => {
    const asked = active(schema, keyword, dialect);
    if (asked === undefined) return [];
    const check = makers[keyword]?.(asked, maker, rejecter(maker, keyword, append(location.pointer, keyword)));
    return check === undefined ? [] : [{ check, isFlat: Object.hasOwn(scalars, keyword) }];
  });
}

/** `unevaluated*` come last: they ask what all others have evaluated. */
function inOrder(names: readonly Keyword[]): readonly Keyword[] {
  const isLast = (keyword: Keyword) => Number(keyword.startsWith('unevaluated'));
  return names.toSorted((first, second) => isLast(first) - isLast(second));
}

function patternOf(source: string, { otherwise }: EvaluatorOptions): Pattern {
  const result = linearPattern(source);
  return (result.ok ? result.pattern : otherwise?.(source)) ?? { test: () => false };
}

function once<V>(make: () => V): () => V {
  let made: { readonly value: V } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}
