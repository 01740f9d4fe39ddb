/**
 * Formats that are asserted where the policy says so: those whose definition is fixed. A format that is not here, such as `int32` or
 * `password`, only annotates; so does `idn-hostname`, whose definition follows the tables of Unicode (a lint says so).
 */
import { type DefinedFormats, fullFormats } from 'ajv-formats/dist/formats.js';
import { isDate, isDateTime, isIsoDateTime, isIsoTime, isTime } from './formats/date-time.ts';
import { email, idnEmail } from './formats/email.ts';
import { iri, iriReference, uri, uriReference } from './formats/uri.ts';
import { uriTemplate } from './formats/uri-template.ts';

/** A row is a format with a fixed definition; validators, generated code, the language of strings and the confirmation all read it. */
export const assertedFormats = [
  'byte',
  'date',
  'date-time',
  'duration',
  'email',
  'hostname',
  'idn-email',
  'ipv4',
  'ipv6',
  'iri',
  'iri-reference',
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
] as const satisfies readonly (keyof DefinedFormats | 'idn-email' | 'iri' | 'iri-reference')[];

export type AssertedFormat = (typeof assertedFormats)[number];

/** Definitions of our own: where ajv-formats is laxer or stricter than the specification, or knows nothing. */
const own: Readonly<Partial<Record<AssertedFormat, RegExp | ((text: string) => boolean)>>> = {
  date: isDate,
  'date-time': isDateTime,
  email,
  'idn-email': idnEmail,
  iri,
  'iri-reference': iriReference,
  'iso-date-time': isIsoDateTime,
  'iso-time': isIsoTime,
  time: isTime,
  uri,
  'uri-reference': uriReference,
  'uri-template': uriTemplate,
};

// the expression for `url` takes time quadratic in the length of what it refuses; no address is this long
const maxUrlLength = 8_192;

const predicates: ReadonlyMap<string, (text: string) => boolean> = new Map(
  assertedFormats.map((name) => [name, predicate(name)]),
);

/** Whether `text` is of format `name`; undefined for a format that only annotates. */
export function formatPredicate(name: string): ((text: string) => boolean) | undefined {
  return predicates.get(name);
}

/** The regular expression that defines a format; undefined where a function does. */
export function formatExpression(name: AssertedFormat): RegExp | undefined {
  const definition = definitionOf(name);
  return definition instanceof RegExp ? definition : undefined;
}

function definitionOf(name: AssertedFormat): unknown {
  return own[name] ?? new Map<string, unknown>(Object.entries(fullFormats)).get(name);
}

function predicate(name: AssertedFormat): (text: string) => boolean {
  const test = tester(definitionOf(name));
  return name === 'url' ? (text) => text.length <= maxUrlLength && test(text) : test;
}

function tester(definition: unknown): (text: string) => boolean {
  if (definition instanceof RegExp) return (text) => definition.test(text);
  if (typeof definition === 'function') return (text) => definition(text) === true;
  if (typeof definition === 'object' && definition !== null && 'validate' in definition)
    return tester(definition.validate);
  throw new TypeError('ajv-formats defines this format in a way it never did');
}
