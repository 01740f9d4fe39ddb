/** A schema document as a node of the graph. Dialects end here: what comes out knows none. */
import { active, isReplaced, keywordRow, keywords } from '../../schema/dialect.ts';
import { type Dialect, dialects, type SchemaDocument } from '../../schema/document.ts';
import { isObject, type Json, type JsonObject, member } from '../../schema/json.ts';
import { append, type Pointer } from '../../schema/pointer.ts';
import {
  type DynamicScope,
  enterScope,
  noScope,
  type References,
  references,
  resolveDynamic,
  resolveRecursive,
  type SchemaLocation,
} from '../../schema/reference.ts';
import { resolveUri, splitFragment } from '../../schema/uri.ts';
import type { FormatPolicy, Undecided } from '../report.ts';
import type { Arena } from './arena.ts';
import { link, opaque } from './atom.ts';
import { compileArrays } from './compile-array.ts';
import { compileCombinators } from './compile-combinator.ts';
import { compileObjects } from './compile-object.ts';
import { compileScalars } from './compile-scalar.ts';
import { and } from './connective.ts';
import { type Given, givenIn } from './given.ts';
import { noKeys } from './keyset.ts';
import { FALSE, type Lit, TRUE } from './node.ts';
import { partsOf } from './parts.ts';
import type { Constraint, Part, Shape, Step } from './shape.ts';
import { type Unchanged, unchanged, unchangedWithReferences } from './unchanged.ts';

export interface CompileOptions {
  readonly formats: FormatPolicy;
  readonly ignore: ReadonlySet<Pointer>;
}

/** One document being compiled. */
export interface Compiler {
  readonly arena: Arena;
  readonly refs: References;
  readonly options: CompileOptions;
  readonly shapes: Shape[];
  /** Finished and begun shapes by place and scope. */
  readonly begun: Map<string, Shape>;
  /** The other document's shapes by the same keys: what did not change is taken over from there. */
  readonly beside: ReadonlyMap<string, Shape> | undefined;
  readonly unchanged: Unchanged;
  /** The same of the document itself where it can be told of references too. */
  readonly unchangedHere: Unchanged;
  /** Of shapes being compiled, by their place in `shapes`: the level they were begun at. */
  readonly running: (number | undefined)[];
  readonly documents: Map<SchemaDocument, number>;
  readonly side: string;
  readonly firstId: number;
  /** Schemas that were met too deep inside others; they are compiled from the outside. */
  readonly waiting: (() => void)[];
  /** Work that has to wait until every shape is known. */
  readonly later: (() => void)[];
  readonly problems: Undecided[];
  /** Instance steps taken so far on the way down: a schema met again without one is ill-founded. */
  level: number;
  depth: number;
  /** Whether a schema had to wait: then a link stood for it in what met it first. */
  hasWaited: boolean;
}

/** One schema object being compiled, as its keyword families see it. */
export interface Frame {
  readonly compiler: Compiler;
  readonly shape: Shape;
  readonly schema: JsonObject;
  readonly dialect: Dialect;
  readonly scope: DynamicScope;
  /** The other document's schema at this place, in the same dialect: it says something else, but parts may not. */
  readonly twin: Shape | undefined;
}

/** The literal of a shape while it is being compiled; who needs it before gets a link. */
const unfinished: Lit = -1;

/** Schemas compiled inside one another before the next one waits: a link stands for it, so that no reference graph is too deep. */
const maxNested = 128;

/** `beside`: what was compiled into the same arena before, with the same options; ids of shapes continue where it ended. */
export function compile(
  arena: Arena,
  document: SchemaDocument,
  options: CompileOptions,
  side: string,
  beside?: Compiled,
): Compiled {
  const refs = references(document);
  const plain = unchanged();
  const compiler: Compiler = {
    arena,
    refs,
    options,
    side,
    firstId: beside?.shapes.length ?? 0,
    shapes: [],
    begun: new Map(),
    beside: beside?.begun,
    unchanged: plain,
    // what waited was compiled otherwise than it would be here
    unchangedHere: (!beside?.hasWaited && beside && unchangedWithReferences(refs, beside.refs)) || plain,
    running: [],
    documents: new Map([[document, 0]]),
    waiting: [],
    later: [],
    problems: [],
    level: 0,
    depth: 0,
    hasWaited: false,
  };
  const root = compilePlace(compiler, refs.root, enterScope(noScope, refs.root.resource, refs), false);
  for (let next = compiler.waiting.pop(); next !== undefined; next = compiler.waiting.pop()) next();
  for (let at = 0; at < compiler.later.length; at++) compiler.later[at]?.();
  const { shapes, begun, problems, hasWaited } = compiler;
  return { root, refs, shapes, begun, problems, hasWaited, given: givenIn(shapes) };
}

export interface Compiled {
  readonly root: Shape;
  readonly refs: References;
  /** Its own, without those taken over. */
  readonly shapes: readonly Shape[];
  readonly begun: ReadonlyMap<string, Shape>;
  readonly problems: readonly Undecided[];
  readonly hasWaited: boolean;
  readonly given: readonly Given[];
}

/** A pointer alone means the document itself: the key is made for every place, and that is where most are. */
function keyOf(compiler: Compiler, place: SchemaLocation, scope: DynamicScope): string {
  if (place.resource.document === compiler.refs.root.resource.document && scope.size === 0) return place.pointer;
  let at = compiler.documents.get(place.resource.document);
  if (at === undefined) {
    at = compiler.documents.size;
    compiler.documents.set(place.resource.document, at);
  }
  let key = `${at}#${place.pointer}`;
  for (const [name, bound] of scope) key += `\n${name}=${bound.resource.uri}#${bound.pointer}`;
  return key;
}

/** `stepped`: a step into the instance lies between this schema and the one that holds it. */
function compilePlace(compiler: Compiler, place: SchemaLocation, scope: DynamicScope, stepped: boolean): Shape {
  const key = keyOf(compiler, place, scope);
  const known = compiler.begun.get(key);
  const level = compiler.level + (stepped ? 1 : 0);
  if (known !== undefined) {
    if (compiler.running[known.id - compiler.firstId] === level) return illFounded(compiler, place, key);
    if (known.lit === unfinished) known.lit = link(compiler.arena, `${compiler.side}${key}`);
    return known;
  }
  const there = compiler.beside?.get(key);
  const twin = there?.place.resource.dialect === place.resource.dialect ? there : undefined;
  if (twin !== undefined && isUnchanged(compiler, place, place.schema, twin)) return twin;
  const shape = newShape(compiler, place, unfinished);
  compiler.begun.set(key, shape);
  if (compiler.depth < maxNested) complete(compiler, shape, scope, twin, level);
  else {
    shape.lit = link(compiler.arena, `${compiler.side}${key}`);
    compiler.waiting.push(() => complete(compiler, shape, scope, twin, level));
    compiler.hasWaited = true;
  }
  return shape;
}

/** Whether `schema`, in the resource of `place`, says what `twin` says; both stand at one pointer. */
function isUnchanged(compiler: Compiler, place: SchemaLocation, schema: Json, twin: Shape): boolean {
  const isHere = place.resource === compiler.refs.root.resource;
  return (isHere ? compiler.unchangedHere : compiler.unchanged)(schema, twin.place.schema);
}

/** Compiles what a begun shape says; who met it before holds a link, which now has its target. */
function complete(compiler: Compiler, shape: Shape, scope: DynamicScope, twin: Shape | undefined, level: number): void {
  const at = shape.id - compiler.firstId;
  compiler.running[at] = level;
  const before = compiler.level;
  compiler.level = level;
  compiler.depth++;
  const lit = compileSchema(compiler, shape, scope, twin);
  compiler.depth--;
  compiler.level = before;
  compiler.running[at] = undefined;
  if (shape.lit !== unfinished) compiler.arena.links.set(shape.lit >> 1, lit);
  shape.lit = lit;
}

function newShape(compiler: Compiler, place: SchemaLocation, lit: Lit): Shape {
  const shape: Shape = {
    id: compiler.firstId + compiler.shapes.length,
    place,
    lit,
    constraints: [],
    declared: noKeys,
    open: false,
    tuple: undefined,
    tail: false,
    evaluatesAllKeys: false,
    evaluatesAllItems: false,
    matching: undefined,
    parts: undefined,
  };
  compiler.shapes.push(shape);
  return shape;
}

function illFounded(compiler: Compiler, place: SchemaLocation, key: string): Shape {
  compiler.problems.push({
    reason: 'ill-founded',
    pointer: place.pointer,
    detail: 'this schema refers to itself without a step into the instance',
  });
  return newShape(compiler, place, opaque(compiler.arena, `${compiler.side}${key}`, 'ill-founded'));
}

function compileSchema(compiler: Compiler, shape: Shape, scope: DynamicScope, twin: Shape | undefined): Lit {
  const { schema, resource } = shape.place;
  if (isIgnored(compiler, shape.place)) return TRUE;
  if (typeof schema === 'boolean') return schema ? TRUE : FALSE;
  if (!isObject(schema)) return TRUE;
  const frame: Frame = { compiler, shape, schema, dialect: resource.dialect, scope, twin };
  const stated = familiesIn(schema, frame.dialect);
  if (stated & family.core) compileReference(frame);
  if (!isReplaced(schema, frame.dialect)) {
    if (stated & family.scalars) compileScalars(frame);
    if (stated & family.arrays) compileArrays(frame);
    if (stated & family.objects) compileObjects(frame);
    if (stated & family.combinators) compileCombinators(frame);
  }
  return and(
    compiler.arena,
    shape.constraints.map((constraint) => constraint.lit),
  );
}

/** Families of keywords as bits: a schema states few keywords, and those of other families need not be looked for in it. */
const family = { core: 1, scalars: 2, arrays: 4, objects: 8, combinators: 16 } as const;

function familyOf(keyword: string, dialect: Dialect): number {
  const row = keywordRow(keyword, dialect);
  if (row === undefined || row.role === 'annotation') return 0;
  if (row.role === 'core') return family.core;
  if (row.on === 'array') return family.arrays;
  if (row.on === 'object') return family.objects;
  return row.role === 'applicator' ? family.combinators : family.scalars;
}

const families: ReadonlyMap<Dialect, ReadonlyMap<string, number>> = new Map(
  dialects.map((dialect) => [
    dialect,
    new Map(Object.keys(keywords).map((keyword) => [keyword, familyOf(keyword, dialect)])),
  ]),
);

function familiesIn(schema: JsonObject, dialect: Dialect): number {
  const byKeyword = families.get(dialect);
  let stated = 0;
  for (const keyword of Object.keys(schema)) stated |= byKeyword?.get(keyword) ?? 0;
  return stated;
}

/** Whether the comparison takes the schema as `true`. */
export function isIgnored(compiler: Compiler, place: SchemaLocation): boolean {
  if (isObject(place.schema) && member(place.schema, 'x-compat') === 'ignore') return true;
  return place.resource.document === compiler.refs.root.resource.document && compiler.options.ignore.has(place.pointer);
}

/** The value of `keyword`, where the dialect gives it a meaning. */
export function read(frame: Frame, keyword: Parameters<typeof active>[1]): Json | undefined {
  return active(frame.schema, keyword, frame.dialect);
}

export function constrain(frame: Frame, keyword: string, lit: Lit, parts: readonly Part[] = [], at?: string): void {
  const own = `${frame.shape.place.pointer}/${keyword}`;
  const pointer = at === undefined ? own : append(own, at);
  frame.shape.constraints.push({ keyword, pointer, lit, parts } satisfies Constraint);
}

/** What stands for an `unevaluated*` keyword where too many combinations of its neighbours decide what is left to it. */
export function undecidable({ compiler, shape }: Frame): Lit {
  return opaque(compiler.arena, `${compiler.side}${shape.id}`, 'unevaluated');
}

/** The subschema at `path` below the frame's schema. */
export function below(frame: Frame, path: readonly string[], schema: Json, step: Step): Part {
  const { compiler } = frame;
  const place = compiler.refs.descend(frame.shape.place, path, schema);
  const entered = place.resource !== frame.shape.place.resource;
  const scope = entered ? enterScope(frame.scope, place.resource, compiler.refs) : frame.scope;
  return { step, shape: compilePlace(compiler, place, scope, step.kind !== 'same') };
}

/** The schema of a property. One that did not change is found beside its neighbours, before a place is made for it. */
export function property(frame: Frame, key: string, schema: Json): Part {
  const [known] = frame.twin === undefined ? [] : (partsOf(frame.twin).byKey.get(key) ?? []);
  if (known !== undefined && isUnchanged(frame.compiler, frame.shape.place, schema, known.shape)) return known;
  return below(frame, ['properties', key], schema, { kind: 'key', key });
}

function compileReference(frame: Frame): void {
  const { compiler, shape, scope } = frame;
  const follow = (
    keyword: '$ref' | '$dynamicRef' | '$recursiveRef',
    target: (reference: string) => SchemaLocation | undefined,
  ) => {
    const reference = read(frame, keyword);
    if (typeof reference !== 'string') return;
    const place = target(reference);
    if (place === undefined) {
      const { uri, fragment = '' } = splitFragment(reference);
      const absolute = `${resolveUri(shape.place.resource.uri, uri)}#${fragment}`;
      constrain(frame, keyword, opaque(compiler.arena, absolute, 'external-ref'));
      return;
    }
    const inside = compilePlace(compiler, place, enterScope(scope, place.resource, compiler.refs), false);
    const step: Step = { kind: 'same', when: TRUE, lends: true, must: true };
    constrain(frame, keyword, inside.lit, [{ step, shape: inside }]);
  };
  follow('$ref', (reference) => compiler.refs.resolve(shape.place, reference));
  follow('$dynamicRef', (reference) => resolveDynamic(compiler.refs, shape.place, reference, scope));
  follow('$recursiveRef', (reference) => resolveRecursive(compiler.refs, shape.place, reference, scope));
}
