/**
 * FileDescriptorProto in base64 → `.proto` text. The serializers in JavaScript, Python and .NET register a file that way; from here on
 * it is a file like any other.
 */
import type {
  IDescriptorProto,
  IEnumDescriptorProto,
  IFieldDescriptorProto,
  IFileDescriptorProto,
} from 'protobufjs/ext/descriptor.js';
import descriptor from 'protobufjs/ext/descriptor.js';
import { scalarNumbers } from './descriptor-type.ts';

const base64 = /^[A-Za-z0-9+/\s]+={0,2}$/;

type File = Omit<IFileDescriptorProto, 'dependency'> & { readonly dependency?: readonly string[] };

/** Undefined where `given` is no descriptor. */
export function textOfDescriptor(given: string): string | undefined {
  if (!base64.test(given)) return undefined;
  try {
    const decoded = descriptor.FileDescriptorProto.decode(Buffer.from(given, 'base64'));
    const file = descriptor.FileDescriptorProto.toObject(decoded, { arrays: true }) as File;
    if ((file.messageType?.length ?? 0) + (file.enumType?.length ?? 0) === 0) return undefined;
    return printed(file);
  } catch {
    return undefined;
  }
}

function printed(file: File): string {
  const syntax = file.syntax === undefined || file.syntax === '' ? 'proto2' : file.syntax;
  const lines = [
    syntax === 'editions' ? `edition = "2023";` : `syntax = "${syntax}";`,
    ...(file.package ? [`package ${file.package};`] : []),
    ...(file.dependency ?? []).map((name) => `import ${JSON.stringify(name)};`),
    ...(file.messageType ?? []).flatMap((message) => messageLines(message, syntax, '')),
    ...(file.enumType ?? []).flatMap((each) => enumLines(each, '')),
  ];
  return `${lines.join('\n')}\n`;
}

function messageLines(message: IDescriptorProto, syntax: string, indent: string): readonly string[] {
  const inner = `${indent}  `;
  const groups = new Set(
    (message.field ?? []).filter(({ type }) => type === groupType).map(({ typeName }) => lastName(typeName)),
  );
  const nested = (message.nestedType ?? []).filter(
    ({ options, name }) => !options?.mapEntry && !groups.has(name ?? ''),
  );
  return [
    `${indent}message ${message.name} {`,
    ...reservedLines(message, inner),
    ...extensionLines(message, inner),
    ...fieldLines(message, syntax, inner),
    ...nested.flatMap((each) => messageLines(each, syntax, inner)),
    ...(message.enumType ?? []).flatMap((each) => enumLines(each, inner)),
    `${indent}}`,
  ];
}

interface Reserved {
  readonly reservedRange?: readonly { readonly start?: number; readonly end?: number }[];
  readonly reservedName?: readonly string[];
}

/** `past`: a message's ranges end before their end, an enum's with it. */
function reservedLines(
  { reservedRange = [], reservedName = [] }: Reserved,
  indent: string,
  past = 1,
): readonly string[] {
  const ranges = reservedRange.map(({ start = 0, end = 0 }) =>
    end - past === start ? `${start}` : `${start} to ${end - past}`,
  );
  return [
    ...(ranges.length > 0 ? [`${indent}reserved ${ranges.join(', ')};`] : []),
    ...(reservedName.length > 0
      ? [`${indent}reserved ${reservedName.map((name) => JSON.stringify(name)).join(', ')};`]
      : []),
  ];
}

function extensionLines({ extensionRange = [] }: IDescriptorProto, indent: string): readonly string[] {
  return extensionRange.map(
    ({ start = 0, end = 0 }) => `${indent}extensions ${start} to ${end > 536_870_911 ? 'max' : end - 1};`,
  );
}

function fieldLines(message: IDescriptorProto, syntax: string, indent: string): readonly string[] {
  const lines: string[] = [];
  const oneofs = message.oneofDecl ?? [];
  const printedOneofs = new Set<number>();
  for (const field of message.field ?? []) {
    const index = oneofOf(field);
    if (index === undefined) lines.push(...fieldLine(message, field, syntax, indent));
    else if (!printedOneofs.has(index)) {
      printedOneofs.add(index);
      const members = (message.field ?? []).filter((each) => oneofOf(each) === index);
      lines.push(`${indent}oneof ${oneofs[index]?.name} {`);
      for (const member of members) lines.push(...fieldLine(message, member, syntax, `${indent}  `));
      lines.push(`${indent}}`);
    }
  }
  return lines;
}

/** The oneof that `optional` makes of a proto3 field is none of the file's. */
function oneofOf(field: IFieldDescriptorProto & { readonly proto3Optional?: boolean }): number | undefined {
  return field.proto3Optional || !Object.hasOwn(field, 'oneofIndex') ? undefined : field.oneofIndex;
}

const groupType = 10;

function fieldLine(
  message: IDescriptorProto,
  field: IFieldDescriptorProto & { readonly proto3Optional?: boolean },
  syntax: string,
  indent: string,
): readonly string[] {
  const entry = message.nestedType?.find(
    ({ name, options }) => options?.mapEntry && field.typeName?.endsWith(`.${name}`),
  );
  const options = optionsOf(field);
  const end = ` = ${field.number}${options.length > 0 ? ` [${options.join(', ')}]` : ''}`;
  if (entry) return [`${indent}map<${typeOf(entry.field?.[0])}, ${typeOf(entry.field?.[1])}> ${field.name}${end};`];
  const label = labelOf(field, syntax);
  const group =
    field.type === groupType ? message.nestedType?.find(({ name }) => name === lastName(field.typeName)) : undefined;
  if (group)
    return [`${indent}${label}group ${group.name}${end} {`, ...fieldLines(group, syntax, `${indent}  `), `${indent}}`];
  return [`${indent}${label}${typeOf(field)} ${field.name}${end};`];
}

function labelOf(field: IFieldDescriptorProto & { readonly proto3Optional?: boolean }, syntax: string): string {
  if (oneofOf(field) !== undefined) return '';
  if (Number(field.label) === 3) return 'repeated ';
  if (Number(field.label) === 2) return 'required ';
  return syntax === 'proto2' || field.proto3Optional ? 'optional ' : '';
}

function optionsOf(field: IFieldDescriptorProto): readonly string[] {
  const isText = Number(field.type) === scalarNumbers.string || Number(field.type) === scalarNumbers.bytes;
  const plain = field.name?.replace(
    /_+([a-zA-Z0-9])?/g,
    (_, letter: string | undefined) => letter?.toUpperCase() ?? '',
  );
  return [
    ...(field.defaultValue ? [`default = ${isText ? JSON.stringify(field.defaultValue) : field.defaultValue}`] : []),
    ...(field.jsonName && field.jsonName !== plain ? [`json_name = ${JSON.stringify(field.jsonName)}`] : []),
    ...(field.options && Object.hasOwn(field.options, 'packed') ? [`packed = ${field.options.packed}`] : []),
    ...(field.options && 'deprecated' in field.options && field.options.deprecated === true
      ? ['deprecated = true']
      : []),
  ];
}

function typeOf(field: IFieldDescriptorProto | undefined): string {
  if (field?.typeName) return field.typeName;
  const found = Object.entries(scalarNumbers).find(([, number]) => number === Number(field?.type));
  if (!found) throw new Error('a field without a type');
  return found[0];
}

function lastName(name: string | undefined): string {
  return name?.slice(name.lastIndexOf('.') + 1) ?? '';
}

function enumLines(
  each: IEnumDescriptorProto & Reserved & { readonly options?: { allowAlias?: boolean } },
  indent: string,
): readonly string[] {
  return [
    `${indent}enum ${each.name} {`,
    ...(each.options?.allowAlias ? [`${indent}  option allow_alias = true;`] : []),
    ...reservedLines(each, `${indent}  `, 0),
    ...(each.value ?? []).map(({ name, number }) => `${indent}  ${name} = ${number ?? 0};`),
    `${indent}}`,
  ];
}
