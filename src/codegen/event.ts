/** The type of a whole event: its catalog's envelope with this subject's payload in it and this subject's name on it. */
import type { Catalog } from '../schema/catalog.ts';
import type { Contract } from '../schema/contract.ts';
import { declaredDialect } from '../schema/dialect.ts';
import type { SchemaDocument } from '../schema/document.ts';
import { envelopeOf } from '../schema/envelope.ts';
import { bindingsOf } from '../schema/envelope-binding.ts';
import type { JsonObject } from '../schema/json.ts';
import { type Pointer, segments } from '../schema/pointer.ts';
import { intersect } from './algebra.ts';
import type { Brands } from './brand.ts';
import { modelOf } from './model.ts';
import {
  anyObject,
  type Declaration,
  type Doc,
  literal,
  type Model,
  type ObjectType,
  type ReferenceType,
  type Type,
  unknownType,
} from './type.ts';

/** The event type `name` around the payload type `payload`, and the envelope's own definitions, clear of `reserved` names. */
export function eventModel(
  catalog: Catalog,
  subject: string,
  contract: Contract,
  names: {
    readonly event: string;
    readonly payload: ReferenceType;
    readonly reserved: readonly string[];
    readonly brands: Brands;
  },
  doc: Doc,
): Model {
  const { schema, at } = envelopeOf(catalog);
  const document = { root: schema, dialect: declaredDialect(schema) ?? '2020-12', bundle: new Map() } as const;
  const model = modelOf(document, names.event, names.reserved, names.brands);
  let type = model.root.type;
  for (const { pointer, required, demand } of bindingsOf(catalog, subject, contract))
    if ('schema' in demand && demand.schema.const !== undefined)
      type = placed(type, segments(pointer), literal(demand.schema.const), model.definitions, required);
  type = placed(type, segments(at.payload), names.payload, model.definitions);
  return { root: { name: names.event, type, doc: { ...model.root.doc, ...doc } }, definitions: model.definitions };
}

/** The type of what every event of `catalog` carries, called `name`; its payload is anything. */
export function envelopeModel(catalog: Catalog, name: string, brands: Brands): Model {
  const { schema, at } = envelopeOf(catalog);
  const document = { root: schema, dialect: declaredDialect(schema) ?? '2020-12', bundle: new Map() } as const;
  const model = modelOf(document, name, [...brands.values()], brands);
  const type = placed(model.root.type, segments(at.payload), unknownType, model.definitions);
  return { root: { ...model.root, type }, definitions: model.definitions };
}

/** What events of `subject` have of their own: its name on the wire and its payload, to be met together with the envelope. */
export function ownMembers(catalog: Catalog, subject: string, contract: Contract, payload: Type): Type {
  const { at } = envelopeOf(catalog);
  const parts = bindingsOf(catalog, subject, contract).flatMap(({ pointer, required, demand }) =>
    'schema' in demand && demand.schema.const !== undefined
      ? [nestedMember(segments(pointer), literal(demand.schema.const), required)]
      : [],
  );
  return [...parts, nestedMember(segments(at.payload), payload, true)].reduce(intersect);
}

function nestedMember(path: readonly string[], type: Type, required: boolean): Type {
  return path.reduceRight<Type>((inner, name) => {
    const property = { name, type: inner, required, doc: {} };
    return { kind: 'object', properties: [property], patterns: [], rest: 'open' };
  }, type);
}

/** `type` with `put` as the type of the member at `path`; `required`: which is then always there. */
function placed(
  type: Type,
  path: readonly string[],
  put: Type,
  definitions: readonly Declaration[],
  required = true,
): Type {
  const [first, ...rest] = path;
  if (first === undefined) return put;
  if (type.kind === 'reference') {
    const target = definitions.find(({ name }) => name === type.to);
    return target === undefined ? type : placed(target.type, path, put, definitions, required);
  }
  if (type.kind === 'object')
    return withMember(type, first, required, (old) => placed(old, rest, put, definitions, required));
  if (type.kind !== 'union' && type.kind !== 'intersection') return type;
  return { ...type, members: type.members.map((member) => placed(member, path, put, definitions, required)) };
}

function withMember(type: ObjectType, name: string, required: boolean, change: (old: Type) => Type): ObjectType {
  const known = type.properties.some((property) => property.name === name);
  const properties = known ? type.properties : [...type.properties, { name, type: anyObject, required, doc: {} }];
  return {
    ...type,
    properties: properties.map((property) =>
      property.name === name
        ? { ...property, type: change(property.type), required: required || property.required }
        : property,
    ),
  };
}

export const payloadUri = 'herald:payload';
export const envelopeUri = 'herald:envelope';

/** A document that whole events of `subject` are valid under: the envelope, this payload in it, this subject's name on it. */
export function eventDocument(
  catalog: Catalog,
  subject: string,
  contract: Contract,
  payload: SchemaDocument,
): SchemaDocument {
  const { schema, at } = envelopeOf(catalog);
  const envelope = { root: schema, dialect: declaredDialect(schema) ?? '2020-12', bundle: new Map() } as const;
  const slots = bindingsOf(catalog, subject, contract).flatMap(({ pointer, required, demand }) =>
    'schema' in demand ? [nested(segments(pointer), demand.schema, required)] : [],
  );
  const root = { allOf: [{ $ref: envelopeUri }, ...slots, nested(segments(at.payload), { $ref: payloadUri }, true)] };
  return {
    root,
    dialect: '2020-12',
    bundle: new Map<string, SchemaDocument>([
      [envelopeUri, envelope],
      [payloadUri, payload],
    ]),
  };
}

function nested(path: readonly string[], schema: JsonObject, required: boolean): JsonObject {
  return path.reduceRight<JsonObject>(
    (inner, name) => ({ type: 'object', ...(required && { required: [name] }), properties: { [name]: inner } }),
    schema,
  );
}

/** Pairs of places that must hold the same text where both do: what no JSON Schema can say. */
export function samePlaces(
  catalog: Catalog,
  subject: string,
  contract: Contract,
): readonly (readonly [Pointer, Pointer])[] {
  return bindingsOf(catalog, subject, contract).flatMap(({ pointer, demand }) =>
    'same' in demand ? [[pointer, demand.same] as const] : [],
  );
}
