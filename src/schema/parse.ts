/**
 * Text or a JSON value → a schema document that the rest may trust: within limits, of a known dialect, valid against its
 * meta-schema, every reference closed. Everything wrong is reported at once where it can be; nothing is repaired.
 */
import { active, dialectOf } from './dialect.ts';
import type { Dialect, SchemaDocument, SchemaProblem } from './document.ts';
import { isArray, isObject, type Json, member } from './json.ts';
import { syntaxFlaw } from './json-syntax.ts';
import { type Limits, libraryLimits } from './limits.ts';
import { locations, reachOf } from './locations.ts';
import { metaProblems } from './metaschema.ts';
import { invalidPatterns, patternProblems } from './pattern-problems.ts';
import { append, type Pointer } from './pointer.ts';
import { referenceProblems } from './reference-problems.ts';
import { positionAt, scan } from './scan.ts';
import { chainsOf } from './well-founded.ts';

export interface ParseOptions {
  readonly bundle?: ReadonlyMap<string, SchemaDocument>;
  /** For documents that state no dialect. Default 2020-12. */
  readonly dialect?: Dialect;
  readonly limits?: Limits;
  /** Whether a `$ref` out of the document that leads nowhere refuses it. A comparison can do without; a registry cannot. Default true. */
  readonly closed?: boolean;
}

export type Parsed =
  | { readonly ok: true; readonly document: SchemaDocument }
  | { readonly ok: false; readonly problems: readonly SchemaProblem[] };

export type Source = { readonly text: string } | { readonly value: Json };

/** Stages in order: a later one only makes sense once the earlier found nothing. */
export function parseSchema(source: Source, options: ParseOptions = {}): Parsed {
  const limits = options.limits ?? libraryLimits;
  const read = readValue(source, limits);
  if ('problems' in read) return { ok: false, problems: read.problems };
  const root = read.value;
  if (typeof root !== 'boolean' && !isObject(root))
    return {
      ok: false,
      problems: [{ rule: 'SCHEMA_INVALID', pointer: '', message: 'a schema is an object or a boolean' }],
    };
  const dialect = declared(root, options.dialect ?? '2020-12');
  if (typeof dialect !== 'string') return { ok: false, problems: [dialect] };
  const meta = metaProblems(root, dialect);
  if (meta.length > 0) return { ok: false, problems: meta };
  const document: SchemaDocument = { root, dialect, bundle: options.bundle ?? new Map() };
  const referred = referredProblems(document);
  if (referred.length > 0) return { ok: false, problems: referred };
  const meaning = [
    ...sizeProblems(document, limits),
    ...referenceProblems(document, options.closed ?? true),
    ...chainProblems(document, limits),
    // a pattern that cannot be matched in linear time could stall whoever validates; a comparison never runs it on events
    ...((options.closed ?? true) ? patternProblems(document) : invalidPatterns(document)),
  ];
  return meaning.length > 0 ? { ok: false, problems: meaning } : { ok: true, document };
}

/** A document this registry checked before: read without checking again. */
export function trustedSchema(
  text: string,
  dialect: Dialect,
  bundle: ReadonlyMap<string, SchemaDocument> = new Map(),
): SchemaDocument {
  const root: Json = JSON.parse(text);
  return { root, dialect, bundle };
}

/** The JSON value of any document this registry takes, within limits; or what is wrong with it whatever it means. */
export function readValue(
  source: Source,
  limits: Limits,
): { readonly value: Json } | { readonly problems: readonly SchemaProblem[] } {
  const read = readJson(source, limits);
  if ('problems' in read) return read;
  const problems = shapeProblems(read.value, limits);
  return problems.length > 0 ? { problems } : read;
}

function readJson(
  source: Source,
  limits: Limits,
): { readonly value: Json } | { readonly problems: readonly SchemaProblem[] } {
  if ('value' in source) return source;
  const { text } = source;
  if (text.length > limits.bytes || Buffer.byteLength(text) > limits.bytes)
    return { problems: [tooLarge('SCHEMA_TOO_LARGE', '', `is larger than ${limits.bytes} bytes`, limits.bytes)] };
  let value: Json;
  try {
    value = JSON.parse(text);
  } catch {
    return { problems: [{ rule: 'BODY_NOT_JSON', pointer: '', message: syntaxMessage(text) }] };
  }
  const { problems } = scan(text, { maxDepth: limits.depth });
  return problems.length > 0 ? { problems } : { value };
}

function syntaxMessage(text: string): string {
  const flaw = syntaxFlaw(text);
  if (flaw === undefined) return 'is not JSON';
  const { line, column } = positionAt(text, flaw.offset);
  return `is not JSON: line ${line}, column ${column}: ${flaw.message}`;
}

/** What no JSON value in a document may be, whatever it means: too deep, too many, unsafe names, broken text. */
function shapeProblems(root: Json, limits: Limits): SchemaProblem[] {
  const problems: SchemaProblem[] = [];
  const stack: { readonly value: Json; readonly pointer: Pointer; readonly depth: number }[] = [
    { value: root, pointer: '', depth: 1 },
  ];
  let count = 0;
  for (let at = stack.pop(); at; at = stack.pop()) {
    const { value, pointer, depth } = at;
    count += 1;
    if (depth > limits.depth)
      return [tooLarge('SCHEMA_TOO_DEEP', '', `nests deeper than ${limits.depth} levels`, limits.depth)];
    if (count > limits.values)
      return [tooLarge('SCHEMA_TOO_LARGE', '', `holds more than ${limits.values} values`, limits.values)];
    if (typeof value === 'string' && !value.isWellFormed()) problems.push(brokenText(pointer));
    if (typeof value === 'number' && !Number.isFinite(value))
      problems.push({ rule: 'SCHEMA_NUMBER_PRECISION', pointer, message: 'is no finite number' });
    if (isArray(value))
      value.forEach((item, index) => {
        stack.push({ value: item, pointer: append(pointer, index), depth: depth + 1 });
      });
    else if (isObject(value))
      for (const name of Object.keys(value)) {
        if (name === '__proto__')
          problems.push({
            rule: 'SCHEMA_NAME_FORBIDDEN',
            pointer: append(pointer, name),
            message: 'the name "__proto__" cannot be held safely by programs',
          });
        if (!name.isWellFormed()) problems.push(brokenText(append(pointer, name)));
        stack.push({ value: value[name]!, pointer: append(pointer, name), depth: depth + 1 });
      }
  }
  return problems;
}

function brokenText(pointer: Pointer): SchemaProblem {
  return {
    rule: 'SCHEMA_TEXT_INVALID',
    pointer,
    message: 'holds half of a surrogate pair, which is no character: write both halves',
  };
}

function tooLarge(rule: string, pointer: Pointer, message: string, limit: number): SchemaProblem {
  return { rule, pointer, message, params: { limit } };
}

function declared(root: Json, fallback: Dialect): Dialect | SchemaProblem {
  const stated = isObject(root) ? member(root, '$schema') : undefined;
  if (stated === undefined) return fallback;
  const dialect = typeof stated === 'string' ? dialectOf(stated) : undefined;
  if (dialect) return dialect;
  const known = 'draft-04, draft-06, draft-07, 2019-09 and 2020-12';
  return {
    rule: 'SCHEMA_DIALECT_UNKNOWN',
    pointer: '/$schema',
    message: `names a dialect that is not known; known are ${known}`,
  };
}

/** The meta-schema does not look below words that are no keywords; where a reference leads there, it is a schema all the same. */
function referredProblems(document: SchemaDocument): readonly SchemaProblem[] {
  const { referred, beyond } = reachOf(document);
  return [
    ...referred.flatMap(({ schema, pointer, resource }) =>
      metaProblems(schema, resource.dialect).map((found) => ({ ...found, pointer: pointer + found.pointer })),
    ),
    ...beyond.flatMap(({ location: { schema, pointer, resource }, from, isHeld }) =>
      (isHeld ? [] : metaProblems(schema, resource.dialect)).map((found) => ({
        ...found,
        pointer: from,
        message: `leads to what is no schema: #${pointer + found.pointer} of ${resource.uri} ${found.message}`,
      })),
    ),
  ];
}

function sizeProblems(document: SchemaDocument, limits: Limits): SchemaProblem[] {
  const problems: SchemaProblem[] = [];
  const lists = [
    ['enum', limits.enumMembers],
    ['allOf', limits.branches],
    ['anyOf', limits.branches],
    ['oneOf', limits.branches],
  ] as const;
  for (const { schema, pointer, resource } of locations(document)) {
    if (!isObject(schema)) continue;
    for (const [keyword, limit] of lists) {
      const list = active(schema, keyword, resource.dialect);
      if (isArray(list) && list.length > limit)
        problems.push(tooLarge('SCHEMA_TOO_LARGE', append(pointer, keyword), `has more than ${limit} members`, limit));
    }
  }
  return problems;
}

function chainProblems(document: SchemaDocument, { chain }: Limits): readonly SchemaProblem[] {
  const { illFounded, longest } = chainsOf(document);
  if (illFounded.length > 0) return illFounded.map(loop);
  if (longest.length <= chain) return [];
  const message = `begins a chain of ${longest.length} schemas that all meet the same part of an event; ${chain} are the limit`;
  return [tooLarge('SCHEMA_TOO_DEEP', longest.pointer, message, chain)];
}

function loop(pointer: Pointer): SchemaProblem {
  return {
    rule: 'SCHEMA_ILL_FOUNDED',
    pointer,
    message: 'leads back to itself without stepping into a part of the event, so it says nothing about any event',
  };
}
