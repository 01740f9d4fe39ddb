/** A schema as a list of fields that a person reads: through references and combinators, nested ones below the one that holds them. */
import { effectiveSensitivity } from '../policy/effective.ts';
import { lookUp } from '../policy/field.ts';
import type { SchemaDocument } from '../schema/document.ts';
import { isArray, isObject, type Json, type JsonObject, member } from '../schema/json.ts';
import { type Pointer, segments } from '../schema/pointer.ts';
import { reach } from '../schema/reach.ts';

export interface FieldRow {
  /** Where it stands in the event; `*` for any element or further property. */
  readonly instance: Pointer;
  readonly name: string;
  /** 0 for a field of the event itself. */
  readonly depth: number;
  /** JSON types with their format, enum or constant, as text. */
  readonly type: string;
  readonly required: boolean;
  /** What else a value must be: bounds, patterns, lengths. */
  readonly constraints: readonly string[];
  readonly description?: string;
  readonly deprecated: boolean;
  readonly classification?: string;
  readonly tags: readonly string[];
}

/** Rows past this number are not listed: no page shows them, and the raw schema does. */
export const maxFieldRows = 500;

export interface FieldList {
  readonly rows: readonly FieldRow[];
  readonly truncated: boolean;
}

export function fieldList(document: SchemaDocument, levels: readonly string[], level: string | undefined): FieldList {
  const schemas = schemasByInstance(document);
  const sensitivity = effectiveSensitivity(document, levels, level);
  const instances = ordered([...schemas.keys()].filter((instance) => instance !== ''));
  const rows = instances.slice(0, maxFieldRows).map((instance): FieldRow => {
    const path = segments(instance);
    const found = schemas.get(instance) ?? [];
    const effective = sensitivity.get(instance);
    const description = text(found, 'description') ?? text(found, 'title');
    return {
      instance,
      name: path.at(-1) ?? '',
      depth: path.length - 1,
      type: typeText(found),
      required: path.at(-1) !== '*' && lookUp(document, instance)?.required === true,
      constraints: constraintTexts(found),
      ...(description !== undefined && { description }),
      deprecated: found.some((schema) => member(schema, 'deprecated') === true),
      ...(effective?.classification !== undefined && { classification: effective.classification }),
      tags: effective?.tags ?? [],
    };
  });
  return { rows, truncated: instances.length > maxFieldRows };
}

/** Schemas that describe one place of the event, boolean ones aside. Places met past the limit are left out. */
function schemasByInstance(document: SchemaDocument): ReadonlyMap<Pointer, readonly JsonObject[]> {
  const found = new Map<Pointer, JsonObject[]>();
  for (const { place, instance } of reach(document)) {
    if (!found.has(instance) && found.size > maxFieldRows) continue;
    const known = found.get(instance) ?? [];
    found.set(instance, isObject(place.schema) ? [...known, place.schema] : known);
  }
  return found;
}

/** Each field is followed by what it holds, siblings in document order. */
function ordered(instances: readonly Pointer[]): readonly Pointer[] {
  const below = new Map<Pointer, Pointer[]>();
  for (const instance of instances) {
    const parent = instance.slice(0, instance.lastIndexOf('/'));
    below.set(parent, [...(below.get(parent) ?? []), instance]);
  }
  const result: Pointer[] = [];
  const stack = [...(below.get('') ?? [])].reverse();
  for (let at = stack.pop(); at !== undefined; at = stack.pop()) {
    result.push(at);
    stack.push(...[...(below.get(at) ?? [])].reverse());
  }
  return result;
}

function text(schemas: readonly JsonObject[], keyword: string): string | undefined {
  const stated = schemas.map((schema) => member(schema, keyword)).find((value) => typeof value === 'string');
  return typeof stated === 'string' ? stated : undefined;
}

const maxValuesShown = 8;

function typeText(schemas: readonly JsonObject[]): string {
  const values = schemas.flatMap((schema) => {
    const listed = member(schema, 'enum');
    if (isArray(listed)) return [listed];
    return Object.hasOwn(schema, 'const') ? [[member(schema, 'const') ?? null]] : [];
  })[0];
  if (values) {
    const shown = values.slice(0, maxValuesShown).map((value) => JSON.stringify(value));
    return `${shown.join(' | ')}${values.length > maxValuesShown ? ` | … ${values.length} values` : ''}`;
  }
  const types = [...new Set(schemas.flatMap((schema) => typesOf(member(schema, 'type'))))];
  const format = text(schemas, 'format') ?? text(schemas, 'x-logical-type');
  const named = types.length === 0 ? 'any' : types.join(' | ');
  return format === undefined ? named : `${named} (${format})`;
}

function typesOf(type: Json | undefined): readonly string[] {
  if (typeof type === 'string') return [type];
  return isArray(type) ? type.filter((one) => typeof one === 'string') : [];
}

/** A row is a keyword and how a person reads its value. */
const constraints: readonly (readonly [string, (value: string) => string])[] = [
  ['minimum', (value) => `≥ ${value}`],
  ['exclusiveMinimum', (value) => `> ${value}`],
  ['maximum', (value) => `≤ ${value}`],
  ['exclusiveMaximum', (value) => `< ${value}`],
  ['multipleOf', (value) => `a multiple of ${value}`],
  ['minLength', (value) => `at least ${value} characters`],
  ['maxLength', (value) => `at most ${value} characters`],
  ['pattern', (value) => `matches ${value}`],
  ['minItems', (value) => `at least ${value} items`],
  ['maxItems', (value) => `at most ${value} items`],
  ['minProperties', (value) => `at least ${value} properties`],
  ['maxProperties', (value) => `at most ${value} properties`],
];

function constraintTexts(schemas: readonly JsonObject[]): readonly string[] {
  const texts = schemas.flatMap((schema) =>
    constraints.flatMap(([keyword, phrase]) => {
      const value = member(schema, keyword);
      return typeof value === 'number' || typeof value === 'string' ? [phrase(String(value))] : [];
    }),
  );
  const unique = schemas.some((schema) => member(schema, 'uniqueItems') === true) ? ['no item twice'] : [];
  return [...new Set([...texts, ...unique])];
}
