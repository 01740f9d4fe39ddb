/** A JSON value. Objects may have keys such as `constructor`: ask them with `Object.hasOwn`, never with `in`. */
export type Json = null | boolean | number | string | readonly Json[] | JsonObject;

export interface JsonObject {
  readonly [key: string]: Json;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isArray(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** An object of which no more is known yet: an answer, an argument, an error of somebody else's. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The own member `key`, or undefined: `object['toString']` would find Object.prototype. */
export function member(object: JsonObject, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** A value as JSON has it: undefined members are left out, and what has a `toJSON` says what stands in its place. */
export function asJson(value: unknown): Json {
  return JSON.parse(JSON.stringify(value));
}
