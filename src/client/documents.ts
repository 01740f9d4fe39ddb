/** A version as a document that a validator can be made of: with everything it refers to in other subjects. */
import { dialectOf } from '../schema/dialect.ts';
import { type Dialect, dialects, type SchemaDocument } from '../schema/document.ts';
import { isObject, type Json } from '../schema/json.ts';
import { registeredReferences } from '../schema/registered.ts';
import { HeraldError } from './error.ts';
import type { LookUp } from './look-up.ts';

const maxDocuments = 100;

export async function documentOf(schema: Json, stated: string | undefined, lookUp: LookUp): Promise<SchemaDocument> {
  const bundle = new Map<string, SchemaDocument>();
  const wanted = [...registeredReferences(schema)];
  for (let next = wanted.pop(); next !== undefined; next = wanted.pop()) {
    const [uri, { catalog, subject, number }] = next;
    if (bundle.has(uri)) continue;
    if (bundle.size >= maxDocuments)
      throw new HeraldError('SCHEMA_INVALID', `The schema reaches more than ${maxDocuments} others.`);
    const version = await lookUp.version(catalog, subject, number);
    bundle.set(uri, { root: version.schema, dialect: dialect(version.schema, version.dialect), bundle: new Map() });
    wanted.push(...registeredReferences(version.schema));
  }
  return { root: schema, dialect: dialect(schema, stated), bundle };
}

function dialect(schema: Json, stated: string | undefined): Dialect {
  const known = dialects.find((name) => name === stated);
  if (known !== undefined) return known;
  const uri = isObject(schema) ? schema.$schema : undefined;
  const declared = typeof uri === 'string' ? dialectOf(uri) : '2020-12';
  if (declared === undefined)
    throw new HeraldError('SCHEMA_INVALID', `The schema's dialect ${String(uri)} is not known.`);
  return declared;
}
