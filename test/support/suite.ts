/** The JSON Schema Test Suite, read: groups by dialect, each with the documents the suite says may be referred to. */
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { declaredDialect } from '../../src/schema/dialect.ts';
import type { Dialect, SchemaDocument } from '../../src/schema/document.ts';
import { isObject, type Json, member } from '../../src/schema/json.ts';

export type Kind = 'required' | 'optional' | 'format';

export interface SuiteGroup {
  /** File and description: `optional/bignum.json: integer`. */
  readonly name: string;
  readonly document: SchemaDocument;
  readonly valid: readonly Json[];
  readonly invalid: readonly Json[];
}

interface Written {
  readonly description: string;
  readonly schema: Json;
  readonly tests: readonly { readonly data: Json; readonly valid: boolean }[];
}

const folder = fileURLToPath(new URL('../cases/suite/', import.meta.url));

function filesBelow(path: string): readonly string[] {
  return readdirSync(path, { withFileTypes: true })
    .flatMap((entry) => (entry.isDirectory() ? filesBelow(join(path, entry.name)) : [join(path, entry.name)]))
    .filter((file) => file.endsWith('.json'))
    .sort();
}

const read = (file: string): Json => JSON.parse(readFileSync(file, 'utf8'));

const groupsIn = (file: string): readonly Written[] => JSON.parse(readFileSync(file, 'utf8'));

/** The meta-schemas, which are nobody's to fetch: Ajv brings them along. */
function metaSchemas(): readonly Json[] {
  const { resolve } = createRequire(import.meta.url);
  const refs = join(dirname(resolve('ajv/package.json')), 'dist/refs');
  const old = join(dirname(resolve('ajv-draft-04/package.json')), 'dist/refs');
  return [...filesBelow(refs), ...filesBelow(old)].map(read);
}

/** By address, as the suite's own server would give them; one that names no dialect is of the dialect that refers to it. */
function others(dialect: Dialect): ReadonlyMap<string, SchemaDocument> {
  const bundle = new Map<string, SchemaDocument>();
  const add = (address: string, root: Json) =>
    bundle.set(address, { root, dialect: declaredDialect(root) ?? dialect, bundle });
  const remotes = join(folder, 'remotes');
  for (const file of filesBelow(remotes)) add(`http://localhost:1234/${relative(remotes, file)}`, read(file));
  for (const root of metaSchemas()) {
    const id = isObject(root) ? (member(root, '$id') ?? member(root, 'id')) : undefined;
    if (typeof id === 'string') add(id.replace(/#$/, ''), root);
  }
  return bundle;
}

function kindOf(file: string): Kind {
  if (!file.startsWith('optional/')) return 'required';
  return file.startsWith('optional/format/') ? 'format' : 'optional';
}

export function suiteOf(dialect: Dialect, kind: Kind): readonly SuiteGroup[] {
  const bundle = others(dialect);
  const path = join(folder, dialect);
  return filesBelow(path)
    .filter((file) => kindOf(relative(path, file)) === kind)
    .flatMap((file) =>
      groupsIn(file).map(({ description, schema, tests }) => {
        const of = (wanted: boolean) => tests.filter(({ valid }) => valid === wanted).map(({ data }) => data);
        return {
          name: `${relative(path, file)}: ${description}`,
          document: { root: schema, dialect: declaredDialect(schema) ?? dialect, bundle },
          valid: of(true),
          invalid: of(false),
        };
      }),
    );
}
