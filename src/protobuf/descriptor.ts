/** A file → its FileDescriptorProto in base64, as clients ask for with `format=serialized`. Services and options are left out. */
import descriptor from 'protobufjs/ext/descriptor.js';
import { scalarNumbers } from './descriptor-type.ts';
import type { ProtoDocument, ProtoEnum, ProtoField, ProtoMessage, ProtoType } from './model.ts';

/** `name`: the file's, as imports say it. */
export function descriptorOf(document: ProtoDocument, name: string): string {
  const top = <T extends { readonly local: string }>(all: Iterable<T>) =>
    [...all].filter(({ local }) => !local.includes('.'));
  const isEdition = /^\d+$/.test(document.syntax);
  const file = descriptor.FileDescriptorProto.fromObject({
    name,
    package: document.package,
    dependency: document.imports,
    messageType: top(document.messages.values()).map((message) => messageOf(document, message)),
    enumType: top(document.enums.values()).map(enumOf),
    ...(document.syntax !== 'proto2' && { syntax: isEdition ? 'editions' : document.syntax }),
    ...(isEdition && { edition: `EDITION_${document.syntax}` }),
  });
  return Buffer.from(descriptor.FileDescriptorProto.encode(file).finish()).toString('base64');
}

function messageOf(document: ProtoDocument, message: ProtoMessage): object {
  const within = <T extends { readonly local: string }>(all: Iterable<T>) =>
    [...all].filter(
      ({ local }) => local.startsWith(`${message.local}.`) && !local.slice(message.local.length + 1).includes('.'),
    );
  const declared = [...new Set(message.fields.flatMap(({ oneof }) => oneof ?? []))];
  const optional = message.fields.filter((field) => isProto3Optional(document, field)).map(({ name }) => `_${name}`);
  const oneofs = [...declared, ...optional];
  const maps = message.fields.filter(({ label }) => label === 'map');
  return {
    name: lastName(message.local),
    field: message.fields.map((field) => fieldOf(document, message, field, oneofs)),
    nestedType: [
      ...within(document.messages.values()).map((each) => messageOf(document, each)),
      ...maps.map((field) => entryOf(field)),
    ],
    enumType: within(document.enums.values()).map(enumOf),
    oneofDecl: oneofs.map((name) => ({ name })),
    reservedRange: message.reservedNumbers.map(([start, end]) => ({ start, end: end + 1 })),
    reservedName: message.reservedNames,
  };
}

function isProto3Optional({ syntax }: ProtoDocument, field: ProtoField): boolean {
  return (
    syntax === 'proto3' &&
    field.presence &&
    field.oneof === undefined &&
    field.type.kind !== 'message' &&
    field.label === 'singular'
  );
}

function fieldOf(document: ProtoDocument, message: ProtoMessage, field: ProtoField, oneofs: readonly string[]): object {
  const isOptional = isProto3Optional(document, field);
  const oneof = field.oneof ?? (isOptional ? `_${field.name}` : undefined);
  const options = {
    ...(field.label === 'repeated' && isNumber(field.type) && { packed: field.packed }),
    ...(field.deprecated && { deprecated: true }),
  };
  return {
    name: field.name,
    number: field.number,
    label: field.label === 'required' ? 2 : field.label === 'singular' ? 1 : 3,
    ...(field.label === 'map' ? { type: 11, typeName: `.${message.name}.${entryName(field)}` } : typeFields(field)),
    jsonName: field.jsonName,
    ...(oneof !== undefined && { oneofIndex: oneofs.indexOf(oneof) }),
    ...(isOptional && { proto3Optional: true }),
    ...(field.default !== undefined && { defaultValue: field.default }),
    ...(Object.keys(options).length > 0 && { options }),
  };
}

function typeFields({ type, delimited }: Pick<ProtoField, 'type' | 'delimited'>): object {
  if (type.kind === 'scalar') return { type: scalarNumbers[type.name] };
  return { type: type.kind === 'enum' ? 14 : delimited ? 10 : 11, typeName: `.${type.of.name}` };
}

function isNumber(type: ProtoType): boolean {
  return type.kind === 'enum' || (type.kind === 'scalar' && type.name !== 'string' && type.name !== 'bytes');
}

function entryName({ name }: ProtoField): string {
  const camel = name.replace(/(?:^|_+)([a-zA-Z0-9])/g, (_, letter: string) => letter.toUpperCase());
  return `${camel}Entry`;
}

function entryOf(field: ProtoField): object {
  return {
    name: entryName(field),
    field: [
      { name: 'key', number: 1, label: 1, type: scalarNumbers[field.key ?? 'string'], jsonName: 'key' },
      { name: 'value', number: 2, label: 1, ...typeFields({ ...field, delimited: false }), jsonName: 'value' },
    ],
    options: { mapEntry: true },
  };
}

function enumOf(each: ProtoEnum): object {
  const aliased = new Set(each.values.map(({ number }) => number)).size < each.values.length;
  return { name: lastName(each.local), value: each.values, ...(aliased && { options: { allowAlias: true } }) };
}

function lastName(local: string): string {
  return local.slice(local.lastIndexOf('.') + 1);
}
