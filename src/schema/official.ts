/** The meta-schemas of the dialects, as documents that references may lead to. They are part of the program: nothing is fetched. */
import { createRequire } from 'node:module';
import { dialectOf } from './dialect.ts';
import type { Dialect, SchemaDocument } from './document.ts';
import type { Json } from './json.ts';

const read: (file: string) => Json = createRequire(import.meta.url);

interface Source {
  readonly file: string;
  /** Vocabularies that it refers to, below its own URI. */
  readonly vocabularies: readonly string[];
}

const base = 'ajv/dist/refs/json-schema-';

/** A row says where the meta-schema of a dialect is found. */
const sources: Readonly<Record<Dialect, Source>> = {
  'draft-04': { file: 'ajv-draft-04/dist/refs/json-schema-draft-04.json', vocabularies: [] },
  'draft-06': { file: `${base}draft-06.json`, vocabularies: [] },
  'draft-07': { file: `${base}draft-07.json`, vocabularies: [] },
  '2019-09': {
    file: `${base}2019-09/schema.json`,
    vocabularies: ['core', 'applicator', 'validation', 'meta-data', 'format', 'content'],
  },
  '2020-12': {
    file: `${base}2020-12/schema.json`,
    vocabularies: ['core', 'applicator', 'unevaluated', 'validation', 'meta-data', 'format-annotation', 'content'],
  },
};

const documents = new Map<string, SchemaDocument>();

/** The meta-schema that `uri` names, without a fragment; undefined for any other URI. */
export function officialDocument(uri: string): SchemaDocument | undefined {
  const dialect = dialectOf(uri);
  if (dialect === undefined) return undefined;
  const made = documents.get(uri) ?? load(dialect);
  documents.set(uri, made);
  return made;
}

function load(dialect: Dialect): SchemaDocument {
  const { file, vocabularies } = sources[dialect];
  const bundle = new Map(
    vocabularies.map((name): [string, SchemaDocument] => {
      const root = read(`${base}${dialect}/meta/${name}.json`);
      return [`https://json-schema.org/draft/${dialect}/meta/${name}`, { root, dialect, bundle: new Map() }];
    }),
  );
  return { root: read(file), dialect, bundle };
}
