/** A validator in the making: which functions, constants and prelude rows it has so far. */
import { keywordRow } from '../../schema/dialect.ts';
import { isObject, type Json } from '../../schema/json.ts';
import { append, type Pointer } from '../../schema/pointer.ts';
import type { SchemaLocation } from '../../schema/reference.ts';
import { patternMatcher } from '../pattern/matcher.ts';
import type { Scope } from '../scope.ts';
import type { HelperName } from './prelude.ts';

export interface Emission {
  readonly scope: Scope;
  readonly asserts: boolean;
  /** Whether some schema asks what has been evaluated: then functions take a fourth parameter and record it. */
  readonly tracks: boolean;
  /** Location → function, in the order they are first called; bodies are made from the queue. */
  readonly functions: Map<string, string>;
  readonly queue: SchemaLocation[];
  readonly helpers: Set<HelperName>;
  /** Text of a constant's value → its name. */
  readonly constants: Map<string, string>;
  readonly formatFunctions: Set<string>;
  /** Keywords that can fail: each needs its sentence. */
  readonly keywords: Set<string>;
  idOf(place: SchemaLocation): string;
}

export function use(emission: Emission, helper: HelperName): HelperName {
  emission.helpers.add(helper);
  return helper;
}

/** A module-level constant. Marked pure, so that a bundler drops it with the function that was not used. */
export function constant(emission: Emission, text: string): string {
  const known = emission.constants.get(text);
  if (known !== undefined) return known;
  const name = `c${emission.constants.size}`;
  emission.constants.set(text, name);
  return name;
}

export function patternConstant(emission: Emission, source: string): string {
  const matcher = patternMatcher(source);
  if (matcher.isLinear) use(emission, 'linear');
  return constant(emission, matcher.text);
}

/** A value as JavaScript text that also stands in a script element and in old parsers. */
export function text(value: Json): string {
  return JSON.stringify(value).replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029').replaceAll('</', '<\\/');
}

export interface CallOptions {
  /** Where the value is, as an expression; evaluated only when errors are collected. */
  readonly at: string;
  readonly out?: string;
  readonly seen?: string;
}

/** An expression that is true iff `value` (an expression) is valid at `place`. */
export function call(emission: Emission, place: SchemaLocation, value: string, options: CallOptions): string {
  const { at, out = 'out', seen = 'null' } = options;
  const where = at === 'at' ? 'at' : `${out} && ${at}`;
  if (saysNothing(place)) return 'true';
  if (place.schema === false) emission.keywords.add('false');
  if (place.schema === false) return `${use(emission, 'never')}(${where}, ${out}, ${text(place.pointer)})`;
  const id = emission.idOf(place);
  let name = emission.functions.get(id);
  if (name === undefined) {
    name = `s${emission.functions.size}`;
    emission.functions.set(id, name);
    emission.queue.push(place);
  }
  return `${name}(${[value, where, out, ...(emission.tracks ? [seen] : [])].join(', ')})`;
}

/** Whether every value is valid at `place`: it holds only annotations, definitions and words of other vocabularies. */
function saysNothing({ schema, resource }: SchemaLocation): boolean {
  if (!isObject(schema)) return schema === true;
  return Object.keys(schema).every((keyword) => {
    const row = keywordRow(keyword, resource.dialect);
    return row === undefined || row.role === 'annotation' || (row.role === 'core' && !/ref$/i.test(keyword));
  });
}

/** What to do where `keyword` fails: give up, or note it and go on. */
export function fail(emission: Emission, place: SchemaLocation, keyword: string, params: string): string {
  emission.keywords.add(keyword);
  const pointer: Pointer = append(place.pointer, keyword);
  return `{ if (!out) return false; ok = ${use(emission, 'bad')}(out, at, ${text(pointer)}, ${text(keyword)}, ${params}); }`;
}

/** Statement: what the call says decides. */
export function demand(expression: string): string {
  return expression === 'true' ? '' : `if (!${expression}) { if (!out) return false; ok = false; }`;
}
