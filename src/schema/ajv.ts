/**
 * Ajv, hardened for schemas and events of strangers: no network, no meta-schema work, no backtracking patterns, linear
 * `uniqueItems`, exact `multipleOf`, own properties only, and a bound on the work that references can multiply.
 */
import { Ajv as AjvDraft07, type AnySchema, type Options, type ValidateFunction } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type AjvCore from 'ajv/dist/core.js';
import ajvDraft04 from 'ajv-draft-04';
import { countReferences, initialiseVerdicts, replaceKeywords } from './ajv-keywords.ts';
import { refReplaces } from './dialect.ts';
import type { Dialect, SchemaDocument } from './document.ts';
import { assertedFormats, formatPredicate } from './format.ts';
import { linearPattern, type Pattern } from './pattern.ts';
import { plainSchema } from './plain-schema.ts';
import type { Pointer } from './pointer.ts';
import { walk } from './walk.ts';

export interface AjvOptions {
  readonly formats: 'assert' | 'annotate';
  readonly allErrors: boolean;
  /** Only yes or no is wanted: no way back from an error to its place, and no pass that makes the code shorter. */
  readonly verdictOnly?: boolean;
  /** For patterns that RE2 refuses. Without it such a pattern matches nothing: callers refuse the document first. */
  readonly otherwise?: (source: string) => Pattern | undefined;
}

export interface Compiled {
  readonly validate: ValidateFunction;
  /** Where the schema objects that errors name as `parentSchema` stand. */
  locate(schema: object): { readonly uri?: string; readonly pointer: Pointer } | undefined;
  /** To be called before each validation: references may be followed this often during it. */
  restart(): void;
}

export const maxReferences = 1_000_000;
/** References of a validation that count the same whatever they are followed on: a chain of them as deep as events may be is honest. */
const unweighedReferences = 300;

const classes: Readonly<Record<Dialect, new (options: Options) => AjvCore.default>> = {
  'draft-04': ajvDraft04.default,
  'draft-06': AjvDraft07,
  'draft-07': AjvDraft07,
  '2019-09': Ajv2019,
  '2020-12': Ajv2020,
};

/** Compiles in an instance of its own (a shared one refuses a repeated `$id`). Throws what Ajv throws. */
export function compileAjv(document: SchemaDocument, options: AjvOptions): Compiled {
  const work = { left: maxReferences, weighedFrom: maxReferences - unweighedReferences };
  const ajv = new classes[document.dialect](ajvOptions(document.dialect, options));
  // Ajv notes what has been evaluated even where nobody asks, and writes it into records it has not always made
  const documents = [document, ...reachable(document).values()];
  if (!documents.some(usesUnevaluated)) ajv.opts.unevaluated = false;
  replaceKeywords(ajv);
  initialiseVerdicts(ajv);
  countReferences(ajv, work);
  const bundled = [...reachable(document)].map(([uri, { root, dialect }]) => ({ uri, ...plainSchema(root, dialect) }));
  for (const { uri, schema } of bundled) ajv.addSchema(schema as AnySchema, uri);
  const { schema, places } = plainSchema(document.root, document.dialect);
  const validate = ajv.compile(schema as AnySchema);
  return {
    validate,
    locate(at) {
      const pointer = places.get(at);
      if (pointer !== undefined) return { pointer };
      for (const { uri, places: others } of bundled) {
        const other = others.get(at);
        if (other !== undefined) return { uri, pointer: other };
      }
      return undefined;
    },
    restart() {
      work.left = maxReferences;
    },
  };
}

function ajvOptions(dialect: Dialect, { formats, allErrors, otherwise, verdictOnly = false }: AjvOptions): Options {
  return {
    meta: false,
    validateSchema: false,
    strict: false,
    logger: false,
    ownProperties: true,
    // identity of `parentSchema` is the only reliable way back from an error to a place in the document
    verbose: !verdictOnly,
    messages: false,
    allErrors,
    ignoreKeywordsWithRef: refReplaces(dialect),
    validateFormats: formats === 'assert',
    formats: Object.fromEntries(assertedFormats.map((name) => [name, { validate: formatPredicate(name) ?? true }])),
    code: {
      regExp: Object.assign(engine(otherwise), { code: 'linearPattern' }),
      ...(verdictOnly && { optimize: false }),
    },
  } as Options;
}

/** Ajv keeps patterns by their `toString()`: an engine without one of its own makes every pattern the first one. */
function engine(otherwise: AjvOptions['otherwise']) {
  return (source: string) => {
    const result = linearPattern(source);
    const pattern = result.ok ? result.pattern : otherwise?.(source);
    return { test: (text: string) => pattern?.test(text) ?? false, toString: () => `/${source}/` };
  };
}

function usesUnevaluated({ root, dialect }: SchemaDocument): boolean {
  for (const { keyword } of walk(root, dialect))
    if (keyword === 'unevaluatedItems' || keyword === 'unevaluatedProperties') return true;
  return false;
}

/** The bundle and the bundles of its documents. */
function reachable(document: SchemaDocument): ReadonlyMap<string, SchemaDocument> {
  const found = new Map<string, SchemaDocument>();
  const queue = [document];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    for (const [uri, bundled] of at.bundle) {
      if (found.has(uri)) continue;
      found.set(uri, bundled);
      queue.push(bundled);
    }
  }
  return found;
}
