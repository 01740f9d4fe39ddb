/** Avro types as values: what a schema says once names are resolved. Named types may contain themselves. */
import type { Json } from '../schema/json.ts';
import type { Pointer } from '../schema/pointer.ts';

export const primitives = ['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string'] as const;
export type PrimitiveKind = (typeof primitives)[number];

interface Placed {
  /** In the document that defines it. */
  readonly pointer: Pointer;
  /** The reference it comes from; empty for the document itself. */
  readonly origin: string;
}

export interface Logical {
  readonly name: string;
  /** Of `decimal` alone: schemas match only where both agree. */
  readonly precision?: number;
  readonly scale?: number;
}

export interface PrimitiveType extends Placed {
  readonly kind: PrimitiveKind;
  readonly logical?: Logical;
}

export interface Field {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly type: AvroType;
  readonly pointer: Pointer;
  /** In JSON, as the schema states it; `null` is a default, absence is not. */
  readonly default?: Json;
}

interface Named extends Placed {
  /** With its namespace: `com.example.Order`. */
  readonly name: string;
  /** Full names. */
  readonly aliases: readonly string[];
}

export interface RecordType extends Named {
  readonly kind: 'record';
  readonly fields: readonly Field[];
}

export interface EnumType extends Named {
  readonly kind: 'enum';
  readonly symbols: readonly string[];
  readonly default?: string;
}

export interface FixedType extends Named {
  readonly kind: 'fixed';
  readonly size: number;
  readonly logical?: Logical;
}

export interface ArrayType extends Placed {
  readonly kind: 'array';
  readonly items: AvroType;
}

export interface MapType extends Placed {
  readonly kind: 'map';
  readonly values: AvroType;
}

export interface UnionType extends Placed {
  readonly kind: 'union';
  readonly branches: readonly AvroType[];
}

export type NamedType = RecordType | EnumType | FixedType;
export type AvroType = PrimitiveType | NamedType | ArrayType | MapType | UnionType;

export function isNamed(type: AvroType): type is NamedType {
  return type.kind === 'record' || type.kind === 'enum' || type.kind === 'fixed';
}

/** `Order` of `com.example.Order`: what resolution compares (Avro 1.12, Schema Resolution). */
export function unqualified(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

/** What a union's JSON encoding calls a branch: the full name of a named type, else its kind. */
export function branchName(type: AvroType): string {
  return isNamed(type) ? type.name : type.kind;
}

export interface AvroDocument {
  /** The schema as JSON. */
  readonly root: Json;
  readonly type: AvroType;
  /** Every named type it defines or reaches by reference, by full name. */
  readonly names: ReadonlyMap<string, NamedType>;
  /** Documents whose names it may use, by the name of the reference, in the order they are read. */
  readonly references: ReadonlyMap<string, AvroDocument>;
}
