/**
 * Definitions of every format as a check wants them: as a document that policy rules read (for Avro and Protobuf the JSON Schema of
 * their events), and as what two versions are compared by.
 */
import { compareAvro } from '../avro/compare.ts';
import { avroJsonSchema } from '../avro/json-schema.ts';
import { type AvroOptions, type ParsedAvro, parseAvro } from '../avro/parse.ts';
import type { AvroDocument } from '../avro/type.ts';
import type { Level, World } from '../compat/report.ts';
import { comparisonOf, type FormatComparison } from '../compat/stated.ts';
import { compareProtobuf } from '../protobuf/compare.ts';
import { protoJsonSchema } from '../protobuf/json-schema.ts';
import type { ProtoDocument } from '../protobuf/model.ts';
import { contentText } from '../protobuf/normal-form.ts';
import { type ParsedProto, parseProtobuf } from '../protobuf/parse.ts';
import { canonicalize, fingerprint } from '../schema/canonical.ts';
import {
  type Attached,
  type Definition,
  definitionFingerprint,
  isAttached,
  type SchemaFormat,
} from '../schema/definition.ts';
import type { Dialect, SchemaDocument, SchemaProblem } from '../schema/document.ts';
import { isObject, member } from '../schema/json.ts';
import type { Limits } from '../schema/limits.ts';
import { parseSchema } from '../schema/parse.ts';
import { resolveUri } from '../schema/uri.ts';

/** A definition read: `document` is what rules see, the other what its own format compares. */
export type Native =
  | { readonly format: 'json'; readonly document: SchemaDocument }
  | { readonly format: 'avro'; readonly document: SchemaDocument; readonly avro: AvroDocument }
  | { readonly format: 'protobuf'; readonly document: SchemaDocument; readonly protobuf: ProtoDocument };

export type ReadDefinition =
  | { readonly ok: true; readonly native: Native; readonly fingerprint: string }
  | { readonly ok: false; readonly problems: readonly SchemaProblem[] };

/** `dialect`: of JSON Schemas that state none. */
export interface ReadOptions {
  readonly limits: Limits;
  readonly dialect?: Dialect;
}

export function readDefinition(definition: Definition, attached: Attached, options: ReadOptions): ReadDefinition {
  const read = readNative(definition, { ...options, json: new Map(), avro: new Map(), protobuf: new Map() });
  return read.ok ? { ...read, fingerprint: fingerprintOf(read.native, attached) } : read;
}

/** What two definitions of one reading use is read once: through many that use each other in twos there are more ways than time. */
interface Reading extends ReadOptions {
  /** By the URI it stands at: one document cannot stand at two. */
  readonly json: Map<Definition, Map<string, NativeRead>>;
  readonly avro: Map<Definition, Map<string, ParsedAvro>>;
  readonly protobuf: Map<Definition, ParsedProto>;
}

type NativeRead =
  | { readonly ok: true; readonly native: Native }
  | { readonly ok: false; readonly problems: readonly SchemaProblem[] };

function readNative(definition: Definition, options: Reading): NativeRead {
  switch (definition.format) {
    case 'json':
      return readJson(definition, options);
    case 'avro': {
      const avro = readAvro(definition, options, '');
      return avro.ok
        ? {
            ok: true,
            native: { format: 'avro', avro: avro.document, document: projected(avroJsonSchema(avro.document)) },
          }
        : avro;
    }
    case 'protobuf': {
      const read = readProtobuf(definition, options);
      if (!read.ok) return read;
      return {
        ok: true,
        native: { format: 'protobuf', protobuf: read.document, document: projected(protoJsonSchema(read.document)) },
      };
    }
  }
}

function projected(root: SchemaDocument['root']): SchemaDocument {
  return { root, dialect: '2020-12', bundle: new Map() };
}

function readJson(definition: Definition, reading: Reading, uri = ''): NativeRead {
  const ofDefinition = reading.json.get(definition) ?? new Map<string, NativeRead>();
  reading.json.set(definition, ofDefinition);
  const parsed = ofDefinition.get(uri) ?? parsedJson(definition, reading);
  ofDefinition.set(uri, parsed);
  return parsed;
}

function parsedJson({ text, references }: Definition, options: Reading): NativeRead {
  const bundle = new Map<string, SchemaDocument>();
  for (const { name, definition } of references) {
    if (definition.format !== 'json') return wrongFormat(name, definition.format, 'json');
    const uri = resolveUri(baseOf(text), name);
    const read = readJson(definition, options, uri);
    if (!read.ok) return within(name, read.problems);
    bundle.set(uri, read.native.document);
  }
  const parsed = parseSchema(
    { text },
    { limits: options.limits, bundle, ...(options.dialect && { dialect: options.dialect }) },
  );
  return parsed.ok ? { ok: true, native: { format: 'json', document: parsed.document } } : parsed;
}

/** What the names of references are relative to. */
function baseOf(text: string): string {
  try {
    const root = JSON.parse(text);
    const id = isObject(root) ? member(root, '$id') : undefined;
    return typeof id === 'string' ? id : '';
  } catch {
    return '';
  }
}

function wrongFormat(
  name: string,
  format: SchemaFormat,
  wanted: SchemaFormat,
): { readonly ok: false; readonly problems: readonly SchemaProblem[] } {
  const message = `the reference "${name}" is of the format ${format}, and cannot be used in ${wanted}`;
  return { ok: false, problems: [{ rule: 'SCHEMA_REFERENCE_UNRESOLVED', pointer: '', message }] };
}

function within(
  name: string,
  problems: readonly SchemaProblem[],
): { readonly ok: false; readonly problems: readonly SchemaProblem[] } {
  return {
    ok: false,
    problems: problems.map((problem) => ({ ...problem, message: `the reference "${name}": ${problem.message}` })),
  };
}

/** `origin`: the name it is referred to by, part of what is read. */
function readAvro(definition: Definition, reading: Reading, origin: string): ParsedAvro {
  const ofDefinition = reading.avro.get(definition) ?? new Map<string, ParsedAvro>();
  reading.avro.set(definition, ofDefinition);
  const parsed = ofDefinition.get(origin) ?? parsedAvro(definition, reading, origin);
  ofDefinition.set(origin, parsed);
  return parsed;
}

function parsedAvro({ text, references }: Definition, reading: Reading, origin: string): ParsedAvro {
  const documents = new Map<string, AvroDocument>();
  for (const { name, definition } of references) {
    if (definition.format !== 'avro') return wrongFormat(name, definition.format, 'avro');
    const read = readAvro(definition, reading, name);
    if (!read.ok) return within(name, read.problems);
    documents.set(name, read.document);
  }
  const given: AvroOptions = { references: documents, limits: reading.limits, origin };
  return parseAvro({ text }, given);
}

function readProtobuf(definition: Definition, reading: Reading): ParsedProto {
  const parsed = reading.protobuf.get(definition) ?? parsedProtobuf(definition, reading);
  reading.protobuf.set(definition, parsed);
  return parsed;
}

function parsedProtobuf({ text, references }: Definition, reading: Reading): ParsedProto {
  const documents = new Map<string, ProtoDocument>();
  for (const { name, definition } of references) {
    if (definition.format !== 'protobuf') return wrongFormat(name, definition.format, 'protobuf');
    const read = readProtobuf(definition, reading);
    if (!read.ok) return within(name, read.problems);
    documents.set(name, read.document);
  }
  return parseProtobuf(text, { references: documents, limits: reading.limits });
}

/** A JSON Schema with nothing attached has the fingerprint it always had. */
function fingerprintOf(native: Native, attached: Attached): string {
  if (native.format === 'json' && !isAttached(attached)) return fingerprint(native.document.root);
  return definitionFingerprint(native.format, contentOf(native), attached);
}

function contentOf(native: Native): string {
  if (native.format === 'json') return canonicalize(native.document.root);
  return native.format === 'avro' ? canonicalize(native.avro.root) : contentText(native.protobuf);
}

/** Two versions of one subject that are not both JSON Schema. */
export function compareNative(
  previous: Native,
  next: Native,
  options: { readonly level: Level; readonly world: World },
): FormatComparison {
  if (previous.format === 'avro' && next.format === 'avro') return compareAvro(previous.avro, next.avro, options);
  if (previous.format === 'protobuf' && next.format === 'protobuf')
    return compareProtobuf(previous.protobuf, next.protobuf, options);
  return comparisonOf(
    [
      {
        rule: 'FORMAT_CHANGED',
        effect: 'replaces',
        quiet: 'warning',
        message: `The format was ${previous.format} and is ${next.format}: neither side reads the other’s data.`,
        hint: 'Register the new format under a subject of its own.',
        params: { previous: previous.format, next: next.format },
        previousPointer: '',
        nextPointer: '',
        instancePointer: '',
        breaks: new Map([
          ['backward', undefined],
          ['forward', undefined],
        ]),
      },
    ],
    { ...options, sameData: false, sameDocument: false, steps: 0 },
  );
}
