/** Formats as types of their own, on request: a string that was validated as a UUID is not any string. */
import { type AssertedFormat, assertedFormats } from '../schema/format.ts';
import { names, typeName } from './identifier.ts';
import { type Declaration, kinds, neverType, type ReferenceType } from './type.ts';

/** Format → the name of its type. Only formats that are asserted have one: what nobody checks is no promise. */
export type Brands = ReadonlyMap<string, string>;

export const noBrands: Brands = new Map();

/** `uuid` → `UuidString`, clear of the `reserved` names. */
export function brandNames(reserved: readonly string[]): Brands {
  const claims = names(reserved);
  return new Map(assertedFormats.map((format) => [format, claims.claim(`${typeName(format)}String`)]));
}

export function brandReference(name: string): ReferenceType {
  return { kind: 'reference', to: name, kinds: kinds.string };
}

/** Told apart by structure, so that the same format is the same type in every generated module without one importing the other. */
export function brandDeclaration(format: AssertedFormat, name: string): Declaration {
  const brand = { name: '__format', type: { kind: 'literal', value: format }, required: true, doc: {} } as const;
  const mark = { kind: 'object', properties: [brand], patterns: [], rest: neverType } as const;
  const type = { kind: 'intersection', members: [{ kind: 'primitive', name: 'string' }, mark] } as const;
  const description = `A string that was validated as ${format}; to make one of any other string, assert it: \`text as ${name}\`.`;
  return { name, type, doc: { description } };
}
