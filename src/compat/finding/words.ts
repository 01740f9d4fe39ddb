/** How values and places read inside a sentence. */
import { isArray, isObject, type Json } from '../../schema/json.ts';
import { segments } from '../../schema/pointer.ts';
import type { Params } from './row.ts';

const maxCharacters = 60;
const maxListed = 5;

/** `value` as JSON, cut where it would drown the sentence. */
export function show(value: Json | undefined): string {
  if (value === undefined || value === null) return 'none';
  return literal(value);
}

/** As `show`, but null is a value here and not an absence. */
export function literal(value: Json): string {
  const text = JSON.stringify(value);
  return text.length <= maxCharacters ? text : `${text.slice(0, maxCharacters - 1)}…`;
}

/** `"a", "b" and 3 more`. */
export function list(value: Json | undefined, total?: Json): string {
  const values = isArray(value) ? value : value === undefined ? [] : [value];
  const count = typeof total === 'number' ? total : values.length;
  const shown = values.slice(0, maxListed).map(literal);
  if (count > shown.length) return `${shown.join(', ')} and ${count - shown.length} more`;
  return shown.length < 2 ? (shown[0] ?? 'none') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`;
}

/** Types read without quotes: `string or null`. */
export function types(value: Json | undefined): string {
  const names = isArray(value) ? value.map(String) : [];
  return names.length === 0 ? 'nothing' : names.join(' or ');
}

/** A bound: `none`, `5`, `5 (exclusive)`. */
export function bound(value: Json | undefined): string {
  if (isObject(value)) return value.exclusive === true ? `${show(value.value)} (exclusive)` : show(value.value);
  return show(value);
}

export function text(params: Params, key: string): string {
  const value = params[key];
  return typeof value === 'string' ? value : show(value);
}

/** Where in the event, in words. */
export function place(instance: string): string {
  return segments(instance).length === 0 ? 'The event' : instance;
}
