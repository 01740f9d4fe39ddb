/** Whether a document is a JSON Schema of its dialect at all: it is validated against the dialect's own meta-schema. */
import { createRequire } from 'node:module';
import { Ajv as AjvDraft07, type ErrorObject, type Options } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type AjvCore from 'ajv/dist/core.js';
import ajvDraft04 from 'ajv-draft-04';
import type { Dialect, SchemaProblem } from './document.ts';
import { isArray, isObject, type Json } from './json.ts';
import { violationText } from './metaschema-text.ts';
import { append, type Pointer } from './pointer.ts';
import { type Visited, walk } from './walk.ts';

const options: Options = {
  allErrors: false,
  strict: false,
  logger: false,
  ownProperties: true,
  // patterns are looked at by the engine that will run them, identifiers by the reference index
  validateFormats: false,
  validateSchema: false,
};

/** A row says how the meta-schema of a dialect is found in Ajv. Instances are built once: each costs 13 ms. */
const makers: Readonly<Record<Dialect, { readonly make: () => AjvCore.default; readonly uri: string }>> = {
  'draft-04': { make: () => new ajvDraft04.default(options), uri: 'http://json-schema.org/draft-04/schema' },
  'draft-06': { make: draft06, uri: 'http://json-schema.org/draft-06/schema' },
  'draft-07': { make: () => new AjvDraft07(options), uri: 'http://json-schema.org/draft-07/schema' },
  '2019-09': { make: () => new Ajv2019(options), uri: 'https://json-schema.org/draft/2019-09/schema' },
  '2020-12': { make: () => new Ajv2020(options), uri: 'https://json-schema.org/draft/2020-12/schema' },
};

function draft06(): AjvCore.default {
  const schema: Record<string, unknown> = createRequire(import.meta.url)('ajv/dist/refs/json-schema-draft-06.json');
  return new AjvDraft07(options).addMetaSchema(schema);
}

const instances = new Map<Dialect, AjvCore.default>();

/**
 * What is wrong with `root` as a schema of `dialect`: the first violation of each resource. An embedded resource is validated by the
 * dialect that it declares itself (Core §9.3.3). The caller has made sure that `root` nests no deeper than the limits allow.
 */
export function metaProblems(root: Json, dialect: Dialect): readonly SchemaProblem[] {
  const resources = foreignResources(root, dialect);
  const pointers = new Set(resources.map(({ pointer }) => pointer));
  const outer = pointers.size === 0 ? root : without(root, pointers);
  return [
    ...violations(outer, dialect),
    ...resources.flatMap(({ pointer, schema, dialect: own }) =>
      metaProblems(schema, own).map((found) => ({ ...found, pointer: pointer + found.pointer })),
    ),
  ];
}

/** The outermost embedded resources of another dialect than the schema around them. */
function foreignResources(root: Json, dialect: Dialect): readonly Visited[] {
  const isForeign = (visited: Visited) => visited.dialect !== dialect;
  return [...walk(root, dialect, isForeign)].filter(isForeign);
}

/** `root` with an empty schema where the resources were. */
function without(root: Json, pointers: ReadonlySet<Pointer>, at: Pointer = ''): Json {
  if (pointers.has(at)) return {};
  if (isArray(root)) return root.map((item, index) => without(item, pointers, append(at, index)));
  if (!isObject(root)) return root;
  return Object.fromEntries(
    Object.entries(root).map(([name, value]) => [name, without(value, pointers, append(at, name))]),
  );
}

function violations(root: Json, dialect: Dialect): readonly SchemaProblem[] {
  const { make, uri } = makers[dialect];
  const ajv = instances.get(dialect) ?? make();
  instances.set(dialect, ajv);
  const validate = ajv.getSchema(uri);
  if (validate === undefined) throw new TypeError(`Ajv lost the meta-schema of ${dialect}`);
  if (validate(root) === true) return [];
  const error = innermost(validate.errors ?? []);
  return error === undefined ? [] : [problem(error, root, dialect)];
}

/** Of a union and its failed branches: the branch that got further into the document, else the union itself. */
function innermost(errors: readonly ErrorObject[]): ErrorObject | undefined {
  const last = errors.at(-1);
  return errors.reduce<ErrorObject | undefined>(
    (best, error) => (best === undefined || error.instancePath.length > best.instancePath.length ? error : best),
    last,
  );
}

function problem({ instancePath: pointer, keyword, params }: ErrorObject, root: Json, dialect: Dialect): SchemaProblem {
  return {
    rule: 'SCHEMA_INVALID',
    pointer,
    message: violationText({ pointer, keyword, params }, root, dialect),
    params: { keyword, ...params },
  };
}
