/** One step of a JSON Patch on a schema as an edit of the Zod that made it; undefined where Zod has more than one way to say it. */
import type { Patch } from '../../compat/report.ts';
import { isArray, isObject, type Json } from '../../schema/json.ts';
import { segments } from '../../schema/pointer.ts';

/** Keyword → the method that states it. */
const methods: Readonly<Record<string, string>> = {
  minimum: 'min',
  maximum: 'max',
  exclusiveMinimum: 'gt',
  exclusiveMaximum: 'lt',
  multipleOf: 'multipleOf',
  minLength: 'min',
  maxLength: 'max',
  minItems: 'min',
  maxItems: 'max',
};

const types: Readonly<Record<string, string>> = {
  string: 'z.string()',
  number: 'z.number()',
  integer: 'z.int()',
  boolean: 'z.boolean()',
  null: 'z.null()',
};

export function zodEdit(step: Patch[number], instancePointer: string): string | undefined {
  const path = segments(step.path);
  const keyword = path.at(-1) ?? '';
  const field = path.lastIndexOf('properties') >= 0 ? path[path.lastIndexOf('properties') + 1] : undefined;
  if (path.at(-2) === 'required') {
    const name = step.op === 'remove' ? segments(instancePointer).at(-1) : String(step.value);
    return name === undefined ? undefined : `${name}: ${step.op === 'remove' ? '….optional()' : 'without .optional()'}`;
  }
  const at = field === undefined ? '' : `${field}: `;
  if (step.op === 'remove') {
    if (path.at(-2) === 'properties') return `take ${keyword} out of z.object({ … })`;
    return Object.hasOwn(methods, keyword) ? `${at}without .${methods[keyword]}(…)` : undefined;
  }
  if (path.at(-2) === 'properties') {
    const made = zodOf(step.value);
    return made === undefined ? undefined : `${keyword}: ${made}.optional()`;
  }
  const made = statedBy(keyword, step.value);
  return made === undefined ? undefined : `${at}${made}`;
}

function statedBy(keyword: string, value: Json | undefined): string | undefined {
  if (keyword === 'type' || keyword === 'enum' || keyword === 'const')
    return value === undefined ? undefined : zodOf({ [keyword]: value });
  return Object.hasOwn(methods, keyword) ? `….${methods[keyword]}(${JSON.stringify(value)})` : undefined;
}

function zodOf(schema: Json | undefined): string | undefined {
  if (!isObject(schema)) return undefined;
  const { type, enum: values, const: value } = schema;
  if (value !== undefined) return `z.literal(${JSON.stringify(value)})`;
  if (isArray(values)) {
    const name = values.every((one) => typeof one === 'string') ? 'enum' : 'literal';
    return `z.${name}(${JSON.stringify(values)})`;
  }
  if (isArray(type)) {
    const made = type.map((one) => types[String(one)]);
    return made.every((one) => one !== undefined) ? `z.union([${made.join(', ')}])` : undefined;
  }
  return typeof type === 'string' ? types[type] : undefined;
}
