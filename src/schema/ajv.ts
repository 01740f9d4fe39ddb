/**
 * Ajv, hardened for schemas and events of strangers: no network, no meta-schema work, no backtracking patterns, linear
 * `uniqueItems`, exact `multipleOf`, own properties only, and a bound on the work that references can multiply.
 */
import type { AnySchema } from 'ajv';
import { type Instance, newInstance } from './ajv-instance.ts';
import { bundledDocuments, documentsOf } from './bundle.ts';
import type { SchemaDocument } from './document.ts';
import type { Json } from './json.ts';
import { type CompiledSize, linearPattern, type Pattern } from './pattern.ts';
import { plainSchema } from './plain-schema.ts';
import { walk } from './walk.ts';
import { maxReferences, newWork } from './work.ts';

export interface AjvOptions {
  readonly formats: 'assert' | 'annotate';
  readonly allErrors: boolean;
  readonly maxReferences?: number | undefined;
  /** For patterns that RE2 refuses. Without it such a pattern matches nothing: callers refuse the document first. */
  readonly otherwise?: (source: string) => Pattern | undefined;
  /** Told the size of each part as it is compiled. */
  readonly onCompiled?: (part: CompiledSize) => void;
}

export interface Compiled {
  /** Only yes or no: the evaluator says why. Throws `WorkExceeded`, or `RangeError` where the event recurses too deep. */
  validate(value: Json): boolean;
  /** To be called before each validation: references may be followed this often during it. */
  restart(): void;
}

/** Compiles in an instance of its own (a shared one refuses a repeated `$id`). Throws what Ajv throws. */
export function compileAjv(document: SchemaDocument, options: AjvOptions): Compiled {
  const work = newWork(options.maxReferences);
  const ajv = newInstance(document.dialect, optionsOf(options), work);
  // Ajv notes what has been evaluated even where nobody asks, and writes it into records it has not always made
  if (!documentsOf(document).some(usesUnevaluated)) ajv.opts.unevaluated = false;
  for (const [uri, { root, dialect }] of bundledDocuments(document))
    ajv.addSchema(plainSchema(root, dialect) as AnySchema, uri);
  const validate = ajv.compile(plainSchema(document.root, document.dialect) as AnySchema);
  return {
    validate: (value) => validate(value) === true,
    restart() {
      work.left = options.maxReferences ?? maxReferences;
    },
  };
}

function optionsOf({ formats, allErrors, otherwise, onCompiled }: AjvOptions): Partial<Instance['opts']> {
  return {
    allErrors,
    validateFormats: formats === 'assert',
    code: {
      // V8 does as much, and later
      optimize: 0,
      regExp: Object.assign(engine(otherwise, onCompiled), { code: 'linearPattern' }),
      ...(onCompiled && {
        process: (code: string) => {
          onCompiled({ characters: code.length, states: 0 });
          return code;
        },
      }),
    },
  };
}

/** Ajv keeps patterns by their `toString()`: an engine without one of its own makes every pattern the first one. */
function engine(otherwise: AjvOptions['otherwise'], onCompiled: AjvOptions['onCompiled']) {
  return (source: string) => {
    const result = linearPattern(source);
    if (result.ok) onCompiled?.(result);
    const pattern = result.ok ? result.pattern : otherwise?.(source);
    return { test: (text: string) => pattern?.test(text) ?? false, toString: () => `/${source}/` };
  };
}

function usesUnevaluated({ root, dialect }: SchemaDocument): boolean {
  for (const { keyword } of walk(root, dialect))
    if (keyword === 'unevaluatedItems' || keyword === 'unevaluatedProperties') return true;
  return false;
}
