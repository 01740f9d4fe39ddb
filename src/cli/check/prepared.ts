/** Definitions parsed once for all that a check asks of them: their own text, their neighbours', and the baseline's. */
import type { PastVersion } from '../../check/input.ts';
import { unchecked as neighbour } from '../../check/neighbours.ts';
import { fingerprint } from '../../schema/canonical.ts';
import { readContract } from '../../schema/contract.ts';
import type { SchemaDocument } from '../../schema/document.ts';
import { libraryLimits, registryLimits } from '../../schema/limits.ts';
import { type Parsed, parseSchema } from '../../schema/parse.ts';
import { bundler } from '../source/bundle.ts';
import { type Collection, type Located, readableValue } from '../source/collection.ts';

export interface Prepared {
  readonly subject: string;
  readonly definition: Located;
  readonly parsed: Parsed;
  /** For what its neighbours compare themselves with; whether it is a schema at all its own check says. */
  readonly document: SchemaDocument;
}

export function prepare(
  collection: Collection,
  definitions: readonly Located[] = collection.definitions,
): readonly Prepared[] {
  const bundle = bundler(collection);
  return definitions.map((definition) => {
    const parsed = parsedNow(definition, bundle);
    const document = parsed.ok ? parsed.document : unchecked(definition);
    return { subject: definition.subject, definition, parsed, document };
  });
}

function parsedNow(definition: Located, bundle: (definition: Located) => ReadonlyMap<string, SchemaDocument>): Parsed {
  if (definition.native) return { ok: true, document: definition.native.document };
  return parseSchema(definition.source, { limits: registryLimits, bundle: bundle(definition) });
}

/** The baseline's text as version 1; the very document of `next` where nothing was changed. What was no schema has no version. */
export function pastVersion(
  previous: Located,
  next: Prepared,
  bundle: (definition: Located) => ReadonlyMap<string, SchemaDocument>,
): PastVersion | undefined {
  const document = isUnchanged(previous, next) ? next.document : parsedPast(previous, bundle(previous));
  if (!document) return undefined;
  const { native } = previous;
  return {
    number: 1,
    label: '1.0.0',
    fingerprint: native?.fingerprint ?? fingerprint(document.root),
    document,
    ...(native && { definition: native.definition }),
    contract: readContract(document.root).contract,
  };
}

/** For what neighbours in the baseline are compared with. */
export function pastDocument(previous: Located, next: Prepared | undefined): SchemaDocument {
  return next && isUnchanged(previous, next) ? next.document : unchecked(previous);
}

function parsedPast(previous: Located, bundle: ReadonlyMap<string, SchemaDocument>): SchemaDocument | undefined {
  if (previous.native) return previous.native.document;
  const parsed = parseSchema(previous.source, { limits: libraryLimits, bundle, closed: false });
  return parsed.ok ? parsed.document : undefined;
}

/** A module's text says little: what it imports may have changed. */
function isUnchanged({ source, text }: Located, { definition, parsed }: Prepared): boolean {
  return parsed.ok && parsed.document.bundle.size === 0 && 'text' in source && text === definition.text;
}

function unchecked(definition: Located): SchemaDocument {
  return neighbour(definition.subject, readableValue(definition)).document;
}
