/** A document that is read in part: its schemas as references from outside, and what the engine says of them. */
import type { SchemaDocument } from '../../schema/document.ts';
import type { Json } from '../../schema/json.ts';
import { append, segments } from '../../schema/pointer.ts';
import { type References, references, type SchemaLocation } from '../../schema/reference.ts';
import { prepare } from '../decide/decide.ts';
import { withKnownReferences } from '../decide/known-references.ts';
import type { FormatPolicy } from '../report.ts';

export interface Source {
  readonly document: SchemaDocument;
  readonly refs: References;
  /** A schema that is `location` and nothing else. */
  refTo(location: SchemaLocation): Json;
  /** A document whose root is `root`, which may hold what `refTo` answers. */
  documentOf(root: Json): SchemaDocument;
  /** Whether some value is accepted by all of `schemas`; undefined where that is not known. */
  isPossible(schemas: readonly Json[]): boolean | undefined;
}

export interface SourceOptions {
  readonly formats: FormatPolicy;
}

const ownUri = 'reading://whole';
/** Steps for one question about a part: what takes more is taken as unknown. */
const maxSteps = 5_000;

export function sourceOf(given: SchemaDocument, { formats }: SourceOptions): Source {
  const document = withKnownReferences(given);
  const refs = references(document);
  const uris = new Map<SchemaDocument, string>([[document, ownUri]]);
  const answers = new Map<string, boolean | undefined>();
  const bundle = new Map([[ownUri, document]]);
  const source: Source = {
    document,
    refs,
    refTo: ({ resource, pointer }) => ({ $ref: `${uriIn(uris, resource.document, document)}#${fragment(pointer)}` }),
    documentOf: (root) => ({ root, dialect: document.dialect, bundle }),
    isPossible(schemas) {
      const key = JSON.stringify(schemas);
      if (!answers.has(key)) answers.set(key, possible(source.documentOf({ allOf: schemas }), formats));
      return answers.get(key);
    },
  };
  return source;
}

/** The address under which `document` is found, beside `own` or through what it bundles. */
function uriIn(uris: Map<SchemaDocument, string>, document: SchemaDocument, own: SchemaDocument): string {
  const queue = [own];
  for (let at = queue.pop(); at !== undefined && !uris.has(document); at = queue.pop())
    for (const [uri, bundled] of at.bundle) {
      if (uris.has(bundled)) continue;
      uris.set(bundled, uri);
      queue.push(bundled);
    }
  const uri = uris.get(document);
  if (uri === undefined) throw new Error('what a reference leads to is in the bundle');
  return uri;
}

function fragment(pointer: string): string {
  return append('', ...segments(pointer))
    .split('/')
    .map((segment) => encodeURIComponent(segment))
    .join('/');
}

function possible(document: SchemaDocument, formats: FormatPolicy): boolean | undefined {
  const nothing: SchemaDocument = { root: { not: {} }, dialect: document.dialect, bundle: new Map() };
  const { verdict } = prepare(document, nothing, { formats, budget: maxSteps }).decide('backward', 'open');
  return verdict === 'undecided' ? undefined : verdict === 'incompatible';
}

/** One name for one schema, wherever it is met. */
export function keyOf(source: Source, location: SchemaLocation): string {
  return JSON.stringify(source.refTo(location));
}
