/** A `.proto` file as values: its messages and enums with every name resolved. Services and options say nothing about data. */
import type protobuf from 'protobufjs';
import type { Pointer } from '../schema/pointer.ts';

export const scalars = [
  'double',
  'float',
  'int32',
  'uint32',
  'sint32',
  'fixed32',
  'sfixed32',
  'int64',
  'uint64',
  'sint64',
  'fixed64',
  'sfixed64',
  'bool',
  'string',
  'bytes',
] as const;
export type Scalar = (typeof scalars)[number];

export type ProtoType =
  | { readonly kind: 'scalar'; readonly name: Scalar }
  | { readonly kind: 'enum'; readonly of: ProtoEnum }
  | { readonly kind: 'message'; readonly of: ProtoMessage };

export interface ProtoField {
  readonly name: string;
  readonly jsonName: string;
  readonly number: number;
  readonly type: ProtoType;
  readonly label: 'singular' | 'required' | 'repeated' | 'map';
  /** Of a map. */
  readonly key?: Scalar;
  /** Whether readers distinguish an unset field from one that holds its default. */
  readonly presence: boolean;
  /** Of repeated numbers: written as one block. Readers take either. */
  readonly packed: boolean;
  /** Written as a group rather than with its length. */
  readonly delimited: boolean;
  /** The `oneof` it belongs to; the one that `optional` makes of a single field does not count. */
  readonly oneof?: string;
  readonly default?: string;
  readonly comment?: string;
  readonly deprecated: boolean;
  /** Tags of `confluent.field_meta` and the like. */
  readonly tags: readonly string[];
  readonly pointer: Pointer;
}

export interface ProtoMessage {
  /** With its package: `shop.Order.Item`. */
  readonly name: string;
  /** Within the package: `Order.Item`. */
  readonly local: string;
  /** Filled once all names are known: messages may hold each other. */
  readonly fields: readonly ProtoField[];
  readonly reservedNumbers: readonly (readonly [number, number])[];
  readonly reservedNames: readonly string[];
  readonly comment?: string;
  readonly pointer: Pointer;
  /** Defined in the file itself, not in one it imports. */
  readonly own: boolean;
}

export interface ProtoEnum {
  readonly name: string;
  readonly local: string;
  readonly values: readonly { readonly name: string; readonly number: number }[];
  /** Numbers it does not list are set aside by readers (proto2), rather than kept as they are. */
  readonly closed: boolean;
  readonly comment?: string;
  readonly pointer: Pointer;
  readonly own: boolean;
}

export interface ProtoDocument {
  /** The file as `.proto` text, also where it came as a descriptor. */
  readonly text: string;
  readonly syntax: string;
  readonly package: string;
  readonly imports: readonly string[];
  /** Of the file itself, by their name within the package, in the order of the file, nested ones after what holds them. */
  readonly messages: ReadonlyMap<string, ProtoMessage>;
  readonly enums: ReadonlyMap<string, ProtoEnum>;
  readonly references: ReadonlyMap<string, ProtoDocument>;
  /** Writes and reads bytes. */
  readonly root: protobuf.Root;
}

export function typeName(type: ProtoType): string {
  return type.kind === 'scalar' ? type.name : type.of.name;
}
