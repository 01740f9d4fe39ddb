/**
 * Text → a `.proto` file the rest may trust. `protobufjs` reads the grammar and resolves names; what it lets pass and the language
 * does not (numbers out of range, a proto3 enum that does not begin with 0) is refused here.
 */
import protobuf from 'protobufjs';
import type { SchemaProblem } from '../schema/document.ts';
import { type Limits, libraryLimits } from '../schema/limits.ts';
import { append, type Pointer } from '../schema/pointer.ts';
import { textOfDescriptor } from './descriptor-text.ts';
import { knownFiles } from './known-files.ts';
import {
  type ProtoDocument,
  type ProtoEnum,
  type ProtoField,
  type ProtoMessage,
  type ProtoType,
  type Scalar,
  scalars,
} from './model.ts';

export type ParsedProto =
  | { readonly ok: true; readonly document: ProtoDocument }
  | { readonly ok: false; readonly problems: readonly SchemaProblem[] };

export interface ProtoOptions {
  /** Files it may import beside the well-known ones, by the name of the import. */
  readonly references?: ReadonlyMap<string, ProtoDocument>;
  readonly limits?: Limits;
}

/** `text`: the file, or its FileDescriptorProto in base64, as the clients in JavaScript, Python and .NET send it. */
export function parseProtobuf(
  given: string,
  { references = new Map(), limits = libraryLimits }: ProtoOptions = {},
): ParsedProto {
  if (Buffer.byteLength(given) > limits.bytes)
    return refused('SCHEMA_TOO_LARGE', `is larger than ${limits.bytes} bytes`, { limit: limits.bytes });
  const text = textOfDescriptor(given) ?? given;
  const shape = shapeProblem(text, limits);
  if (shape) return { ok: false, problems: [shape] };
  const root = new protobuf.Root();
  const read = readFiles(root, text, references);
  if ('problem' in read) return { ok: false, problems: [read.problem] };
  const problems: SchemaProblem[] = [];
  const { messages, enums } = modelOf(root, read.package, problems);
  if (messages.size === 0 && problems.length === 0 && enums.size === 0)
    problems.push({ rule: 'SCHEMA_INVALID', pointer: '', message: 'defines no message: there is nothing to write' });
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, document: { text, references, root, messages, enums, ...read } };
}

function refused(rule: string, message: string, params?: SchemaProblem['params']): ParsedProto {
  return { ok: false, problems: [{ rule, pointer: '', message, ...(params && { params }) }] };
}

/** What could hurt whoever reads it, before it is read. */
function shapeProblem(text: string, { depth }: Limits): SchemaProblem | undefined {
  if (/\b__proto__\b/.test(text))
    return {
      rule: 'SCHEMA_NAME_FORBIDDEN',
      pointer: '',
      message: 'the name "__proto__" cannot be held safely by programs',
    };
  let open = 0;
  for (const character of text) {
    if (character === '{' || character === '[' || character === '(') open += 1;
    else if (character === '}' || character === ']' || character === ')') open -= 1;
    if (open > depth)
      return {
        rule: 'SCHEMA_TOO_DEEP',
        pointer: '',
        message: `nests deeper than ${depth} levels`,
        params: { limit: depth },
      };
  }
  return undefined;
}

interface Read {
  readonly package: string;
  readonly imports: readonly string[];
  readonly syntax: string;
}

const ownFile = '';

function readFiles(
  root: protobuf.Root,
  text: string,
  references: ReadonlyMap<string, ProtoDocument>,
): Read | { readonly problem: SchemaProblem } {
  const reading = { root, seen: new Set<string>(), references };
  try {
    // what is imported comes first, so that a clash of names is said of the file at hand; imports are read off its own tree before
    const alone = parseText(new protobuf.Root(), text, ownFile);
    const imports = [...(alone.imports ?? []), ...(alone.weakImports ?? [])];
    for (const name of imports) readImport(reading, name, references);
    parseText(root, text, ownFile);
    root.resolveAll();
    return { package: alone.package ?? '', imports, syntax: syntaxOf(text) };
  } catch (error) {
    if (error instanceof UnknownImport) return { problem: error.problem };
    const detail =
      error instanceof RangeError ? 'nests too deep' : error instanceof Error ? error.message : String(error);
    return { problem: { rule: 'SCHEMA_INVALID', pointer: '', message: `is no .proto file: ${detail}` } };
  }
}

/** The names of the files that `text` imports, the well-known ones left out; none where it is no `.proto` file. */
export function importsOf(text: string): readonly string[] {
  try {
    const { imports, weakImports } = parseText(new protobuf.Root(), text, ownFile);
    return [...(imports ?? []), ...(weakImports ?? [])].filter((name) => knownFile(name) === undefined);
  } catch {
    return []; // whoever parses the file itself says what is wrong with it
  }
}

function parseText(root: protobuf.Root, text: string, file: string): protobuf.IParserResult {
  // protobufjs notes this file on everything it reads
  Object.assign(protobuf.parse, { filename: file });
  try {
    return protobuf.parse(text, root, { keepCase: true, alternateCommentMode: true });
  } finally {
    Object.assign(protobuf.parse, { filename: null });
  }
}

class UnknownImport extends Error {
  readonly problem: SchemaProblem;

  constructor(name: string) {
    super(name);
    const message = `imports "${name}", which is neither one of the well-known files nor among the references: give the subject that holds it as a reference of that name`;
    this.problem = { rule: 'SCHEMA_REFERENCE_UNRESOLVED', pointer: '', message, params: { reference: name } };
  }
}

interface Reading {
  readonly root: protobuf.Root;
  readonly seen: Set<string>;
}

function readImport(reading: Reading, name: string, references: ReadonlyMap<string, ProtoDocument>): void {
  if (reading.seen.has(name)) return;
  reading.seen.add(name);
  const document = references.get(name);
  const known = document === undefined ? knownFile(name) : undefined;
  if (document === undefined && known === undefined) throw new UnknownImport(name);
  for (const inner of document?.imports ?? known?.imports ?? [])
    readImport(reading, inner, document?.references ?? new Map());
  if (document) parseText(reading.root, document.text, name);
  else if (known?.text !== undefined) parseText(reading.root, known.text, name);
  else if (known?.json !== undefined) reading.root.addJSON(known.json);
}

interface KnownFile {
  readonly imports: readonly string[];
  readonly text?: string;
  readonly json?: NonNullable<protobuf.INamespace['nested']>;
}

function knownFile(name: string): KnownFile | undefined {
  const text = Object.hasOwn(knownFiles, name) ? knownFiles[name] : undefined;
  if (text !== undefined) return { text, imports: [...text.matchAll(/^import "([^"]+)";/gm)].map(([, each]) => each!) };
  const nested = protobuf.common.get(name)?.nested;
  return nested && { imports: [], json: nested };
}

function syntaxOf(text: string): string {
  const bare = text.replace(/\/\/[^\n]*|\/\*[\s\S]*?\*\//g, '');
  return /\b(?:syntax|edition)\s*=\s*["']([^"']+)["']/.exec(bare)?.[1] ?? 'proto2';
}

interface Building {
  readonly package: string;
  readonly messages: Map<protobuf.Type, ProtoMessage & { readonly fields: ProtoField[] }>;
  readonly enums: Map<protobuf.Enum, ProtoEnum>;
  readonly problems: SchemaProblem[];
}

function modelOf(
  root: protobuf.Root,
  packageName: string,
  problems: SchemaProblem[],
): Pick<ProtoDocument, 'messages' | 'enums'> {
  const building: Building = { package: packageName, messages: new Map(), enums: new Map(), problems };
  shells(root, building);
  for (const [type, message] of building.messages)
    for (const field of type.fieldsArray) message.fields.push(fieldOf(building, message, field));
  const own = <T extends { readonly own: boolean; readonly local: string }>(all: Iterable<T>) =>
    new Map([...all].filter((each) => each.own).map((each) => [each.local, each]));
  return { messages: own(building.messages.values()), enums: own(building.enums.values()) };
}

/** Every message and enum by name, before fields refer to them. */
function shells(namespace: protobuf.NamespaceBase, building: Building): void {
  for (const nested of namespace.nestedArray) {
    if (nested instanceof protobuf.Enum) building.enums.set(nested, enumOf(building, nested));
    else if (nested instanceof protobuf.Type) {
      building.messages.set(nested, messageShell(building, nested));
      shells(nested, building);
    } else if (nested instanceof protobuf.Namespace && !(nested instanceof protobuf.Service)) shells(nested, building);
  }
}

function named(building: Building, each: protobuf.ReflectionObject) {
  const name = each.fullName.replace(/^\./, '');
  const own = each.filename === ownFile;
  const prefix = building.package === '' ? '' : `${building.package}.`;
  const local = own && name.startsWith(prefix) ? name.slice(prefix.length) : name;
  return {
    name,
    local,
    own,
    pointer: append('', ...local.split('.')),
    ...(each.comment ? { comment: each.comment } : {}),
  };
}

function messageShell(building: Building, type: protobuf.Type): ProtoMessage & { readonly fields: ProtoField[] } {
  const reserved: readonly (number[] | string)[] = type.reserved ?? [];
  return {
    ...named(building, type),
    fields: [],
    reservedNumbers: reserved.filter((each) => typeof each !== 'string').map(([from, to]) => [from!, to!] as const),
    reservedNames: reserved.filter((each) => typeof each === 'string'),
  };
}

function enumOf(building: Building, each: protobuf.Enum): ProtoEnum {
  const values = Object.entries(each.values).map(([name, number]) => ({ name, number }));
  const closed = featuresOf(each).enum_type === 'CLOSED';
  const made = { ...named(building, each), values, closed };
  const first = values[0];
  if (made.own && first === undefined)
    building.problems.push(invalid(made.pointer, `the enum "${made.name}" has no value`));
  if (made.own && !closed && first !== undefined && first.number !== 0)
    building.problems.push(
      invalid(made.pointer, `the first value of the enum "${made.name}" is ${first.number}: in proto3 it is 0`),
    );
  return made;
}

function featuresOf(each: protobuf.ReflectionObject): Readonly<Record<string, unknown>> {
  const features: unknown = '_features' in each ? each._features : undefined;
  return typeof features === 'object' && features !== null ? { ...features } : {};
}

const maxNumber = 536_870_911;

function fieldOf(building: Building, message: ProtoMessage, field: protobuf.Field): ProtoField {
  const pointer = append(message.pointer, field.name);
  if (message.own && (field.id < 1 || field.id > maxNumber || (field.id >= 19_000 && field.id <= 19_999)))
    building.problems.push(
      invalid(pointer, `has the number ${field.id}: field numbers are 1 to ${maxNumber}, without 19000 to 19999`),
    );
  const options: Readonly<Record<string, unknown>> = field.options ?? {};
  const stated = options.json_name;
  const isMap = field instanceof protobuf.MapField;
  return {
    name: field.name,
    jsonName: typeof stated === 'string' ? stated : camel(field.name),
    number: field.id,
    type: typeOf(building, field),
    label: isMap ? 'map' : field.repeated ? 'repeated' : field.required ? 'required' : 'singular',
    ...(isMap && { key: field.keyType as Scalar }),
    presence: !isMap && !field.repeated && (Boolean(field.hasPresence) || field.resolvedType instanceof protobuf.Type),
    packed: field.repeated && field.packed,
    delimited: field.delimited,
    ...(field.partOf && !field.partOf.isProto3Optional && { oneof: field.partOf.name }),
    ...(options.default !== undefined && { default: String(options.default) }),
    ...(field.comment ? { comment: field.comment } : {}),
    deprecated: options.deprecated === true,
    tags: tagsOf(options),
    pointer,
  };
}

/** `[(confluent.field_meta).tags = "PII"]`, and lists of them. */
function tagsOf(options: Readonly<Record<string, unknown>>): readonly string[] {
  const tags = options['(confluent.field_meta).tags'];
  const listed = Array.isArray(tags) ? tags : [tags];
  return listed.filter((tag) => typeof tag === 'string');
}

function typeOf(building: Building, { resolvedType, type }: protobuf.Field): ProtoType {
  if (resolvedType instanceof protobuf.Enum) return { kind: 'enum', of: building.enums.get(resolvedType)! };
  if (resolvedType instanceof protobuf.Type) return { kind: 'message', of: building.messages.get(resolvedType)! };
  const name = scalars.find((each) => each === type);
  if (name === undefined) throw new Error(`unknown type ${type}`);
  return { kind: 'scalar', name };
}

/** The name ProtoJSON uses where none is stated: `order_id` is `orderId`. */
function camel(name: string): string {
  return name.replace(/_+([a-zA-Z0-9])?/g, (_, letter: string | undefined) => letter?.toUpperCase() ?? '');
}

function invalid(pointer: Pointer, message: string): SchemaProblem {
  return { rule: 'SCHEMA_INVALID', pointer, message };
}
