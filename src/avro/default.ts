/** Whether a field's default is a value of its type, in the JSON form that defaults have (Avro 1.12, "Complex Types", records). */
import { isArray, isObject, type Json, member } from '../schema/json.ts';
import type { AvroType, RecordType } from './type.ts';

/** What is wrong with it; undefined where nothing is. A union takes the default of any of its branches, as since 1.12. */
export function defaultProblem(type: AvroType, value: Json): string | undefined {
  return fits(type, value) ? undefined : `is no value of the field's type (${nameOf(type)})`;
}

const bounds = { int: [-(2 ** 31), 2 ** 31 - 1], long: [-(2 ** 63), 2 ** 63] } as const;

function fits(type: AvroType, value: Json): boolean {
  switch (type.kind) {
    case 'null':
      return value === null;
    case 'boolean':
      return typeof value === 'boolean';
    case 'int':
    case 'long':
      return (
        typeof value === 'number' &&
        Number.isInteger(value) &&
        value >= bounds[type.kind][0] &&
        value <= bounds[type.kind][1]
      );
    case 'float':
    case 'double':
      return typeof value === 'number' || value === 'NaN' || value === 'Infinity' || value === '-Infinity';
    case 'string':
      return typeof value === 'string';
    case 'bytes':
      return isBytes(value);
    case 'fixed':
      return isBytes(value) && value.length === type.size;
    case 'enum':
      return typeof value === 'string' && type.symbols.includes(value);
    case 'array':
      return isArray(value) && value.every((item) => fits(type.items, item));
    case 'map':
      return isObject(value) && Object.values(value).every((item) => fits(type.values, item));
    case 'union':
      return type.branches.some((branch) => fits(branch, value));
    case 'record':
      return isObject(value) && recordFits(type, value);
  }
}

function recordFits(type: RecordType, value: { readonly [key: string]: Json }): boolean {
  return type.fields.every((field) => {
    const given = member(value, field.name);
    return given === undefined ? field.default !== undefined : fits(field.type, given);
  });
}

/** Bytes stand as a string whose characters are the bytes: U+0000 to U+00FF. */
function isBytes(value: Json): value is string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: every byte is one
  return typeof value === 'string' && /^[\u0000-\u00ff]*$/.test(value);
}

function nameOf(type: AvroType): string {
  if (type.kind === 'union') return `a union of ${type.branches.map(nameOf).join(', ')}`;
  return 'name' in type ? `${type.kind} ${type.name}` : type.kind;
}
