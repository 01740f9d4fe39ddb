/** Formats that are asserted where the policy says so. A format that is not here, such as `int32` or `password`, only annotates. */
import { type DefinedFormats, fullFormats } from 'ajv-formats/dist/formats.js';

/** A row is a format with a fixed definition; the validator, the language of strings and the confirmation all read it. */
export const assertedFormats = [
  'byte',
  'date',
  'date-time',
  'duration',
  'email',
  'hostname',
  'ipv4',
  'ipv6',
  'iso-date-time',
  'iso-time',
  'json-pointer',
  'json-pointer-uri-fragment',
  'regex',
  'relative-json-pointer',
  'time',
  'uri',
  'uri-reference',
  'uri-template',
  'url',
  'uuid',
] as const satisfies readonly (keyof DefinedFormats)[];

export type AssertedFormat = (typeof assertedFormats)[number];

// the expression for `url` takes time quadratic in the length of what it refuses; no address is this long
const maxUrlLength = 8_192;

const predicates: ReadonlyMap<string, (text: string) => boolean> = new Map(
  assertedFormats.map((name) => [name, predicate(name)]),
);

/** Whether `text` is of format `name`; undefined for a format that only annotates. */
export function formatPredicate(name: string): ((text: string) => boolean) | undefined {
  return predicates.get(name);
}

function predicate(name: AssertedFormat): (text: string) => boolean {
  const test = tester(fullFormats[name]);
  return name === 'url' ? (text) => text.length <= maxUrlLength && test(text) : test;
}

function tester(definition: DefinedFormats[AssertedFormat]): (text: string) => boolean {
  if (definition instanceof RegExp) return (text) => definition.test(text);
  if (typeof definition === 'function') return (text) => definition(text) === true;
  if (typeof definition === 'object' && 'validate' in definition) {
    const { validate } = definition;
    if (validate instanceof RegExp) return (text) => validate.test(text);
    if (typeof validate === 'function') return (text) => (validate as (text: string) => unknown)(text) === true;
  }
  throw new TypeError('ajv-formats defines this format in a way it never did');
}
