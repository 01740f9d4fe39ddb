/** An instance of Ajv for each document: what it knows is made once for each dialect, what compiling writes is its own. */
import { Ajv as AjvDraft07, type Options } from 'ajv';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { ValueScope } from 'ajv/dist/compile/codegen/scope.js';
import type AjvCore from 'ajv/dist/core.js';
import ajvDraft04 from 'ajv-draft-04';
import { countReferences, initialiseVerdicts, prepareToCount, replaceKeywords } from './ajv-keywords.ts';
import { rememberingUris } from './ajv-uris.ts';
import { refReplaces } from './dialect.ts';
import type { Dialect } from './document.ts';
import { assertedFormats, formatPredicate } from './format.ts';
import type { Work } from './work.ts';

const classes: Readonly<Record<Dialect, new (options: Options) => AjvCore.default>> = {
  'draft-04': ajvDraft04.default,
  'draft-06': AjvDraft07,
  'draft-07': AjvDraft07,
  '2019-09': Ajv2019,
  '2020-12': Ajv2020,
};

export type Instance = AjvCore.default;

/** These never compile anything: their keywords and formats serve all that do. */
const templates = new Map<Dialect, Instance>();

/**
 * Ajv's constructor takes longer than compiling a small schema: a new instance has what compiling writes to itself, the rest of its
 * template. What it compiles takes from `work` for each reference.
 */
export function newInstance(dialect: Dialect, options: Partial<Instance['opts']>, work: Work): Instance {
  const template = templates.get(dialect) ?? templateOf(dialect);
  templates.set(dialect, template);
  const { opts, scope } = template;
  const own = {
    schemas: {},
    refs: {},
    _cache: new Map(),
    scope: new ValueScope({ ...scope.opts, scope: {} }),
    opts: { ...opts, ...options, uriResolver: rememberingUris(opts.uriResolver) },
  };
  const instance: Instance = Object.assign(Object.create(Object.getPrototypeOf(template)), template, own);
  countReferences(instance, work);
  return instance;
}

function templateOf(dialect: Dialect): Instance {
  const ajv = new classes[dialect]({
    meta: false,
    validateSchema: false,
    strict: false,
    logger: false,
    ownProperties: true,
    messages: false,
    // inlined, 400 references to a schema of 400 properties are the code of 160,000; called, it is found once and runs faster
    inlineRefs: false,
    ignoreKeywordsWithRef: refReplaces(dialect),
    formats: Object.fromEntries(assertedFormats.map((name) => [name, { validate: formatPredicate(name) ?? true }])),
  } as Options);
  replaceKeywords(ajv);
  initialiseVerdicts(ajv);
  prepareToCount(ajv);
  return ajv;
}
