/** Definitions parsed once for all that a check asks of them: their own text, their neighbours', and the baseline's. */
import type { PastVersion } from '../../check/input.ts';
import { eventOf, fieldsOf, unchecked as neighbour, type SubjectFields } from '../../check/neighbours.ts';
import { fingerprint } from '../../schema/canonical.ts';
import { readContract } from '../../schema/contract.ts';
import type { Dialect, SchemaDocument } from '../../schema/document.ts';
import { libraryLimits, registryLimits } from '../../schema/limits.ts';
import { type Parsed, parseSchema, trustedSchema } from '../../schema/parse.ts';
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
  return definitions.map((definition) => preparedOne(definition, bundle));
}

type Bundle = (definition: Located) => ReadonlyMap<string, SchemaDocument>;

function preparedOne(definition: Located, bundle: Bundle): Prepared {
  const parsed = parsedNow(definition, bundle);
  const document = parsed.ok ? parsed.document : unchecked(definition);
  return { subject: definition.subject, definition, parsed, document };
}

function parsedNow(definition: Located, bundle: Bundle): Parsed {
  if (definition.native) return { ok: true, document: definition.native.document };
  return parseSchema(definition.source, { limits: registryLimits, bundle: bundle(definition) });
}

/** A definition as its neighbours need it. The rest is read again for its own check, so that one document is held and not all. */
export interface Outline {
  readonly definition: Located;
  readonly fields: SubjectFields;
  /** Whether it is a schema that refers to nothing outside of it. */
  readonly isClosed: boolean;
  readonly prepared: () => Prepared;
}

export function outlines(collection: Collection): readonly Outline[] {
  const bundle = bundler(collection);
  return collection.definitions.map((definition) => outlineOf(preparedOne(definition, bundle)));
}

function outlineOf(prepared: Prepared): Outline {
  const { definition, parsed } = prepared;
  const isClosed = parsed.ok && parsed.document.bundle.size === 0;
  const again = isClosed && !definition.native ? rereading(definition, parsed.document.dialect) : keeping(prepared);
  return { definition, fields: fieldsOf(prepared), isClosed, prepared: again };
}

function keeping(prepared: Prepared): () => Prepared {
  return () => prepared;
}

/** What was a schema is not checked for it another time. */
function rereading(definition: Located, dialect: Dialect): () => Prepared {
  return () => {
    const { source, subject } = definition;
    const document =
      'text' in source ? trustedSchema(source.text, dialect) : { root: source.value, dialect, bundle: new Map() };
    return { subject, definition, parsed: { ok: true, document }, document };
  };
}

/** The baseline's text as version 1; the very document of `next` where nothing was changed. What was no schema has no version. */
export function pastVersion(previous: Located, next: Prepared, bundle: Bundle): PastVersion | undefined {
  const { parsed } = next;
  const isSame = parsed.ok && parsed.document.bundle.size === 0 && isSameText(previous, next.definition);
  const document = isSame ? next.document : parsedPast(previous, bundle(previous));
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
export function pastFields(previous: Located, next: Outline | undefined): SubjectFields {
  const { subject } = previous;
  return next && isUnchanged(previous, next)
    ? { ...next.fields, subject, event: eventOf(subject) }
    : fieldsOf({ subject, document: unchecked(previous) });
}

export function isUnchanged(previous: Located, { isClosed, definition }: Outline): boolean {
  return isClosed && isSameText(previous, definition);
}

/** A module's text says little: what it imports may have changed. */
function isSameText({ source, text }: Located, definition: Located): boolean {
  return 'text' in source && text === definition.text;
}

function parsedPast(previous: Located, bundle: ReadonlyMap<string, SchemaDocument>): SchemaDocument | undefined {
  if (previous.native) return previous.native.document;
  const parsed = parseSchema(previous.source, { limits: libraryLimits, bundle, closed: false });
  return parsed.ok ? parsed.document : undefined;
}

function unchecked(definition: Located): SchemaDocument {
  return neighbour(definition.subject, readableValue(definition)).document;
}
