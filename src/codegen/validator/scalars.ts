/** `type`, `enum`, `const`, numbers and strings (JSON Schema Validation §6.1–6.3, §7). */
import { active, type Keyword } from '../../schema/dialect.ts';
import { isArray, type Json, type JsonObject } from '../../schema/json.ts';
import type { SchemaLocation } from '../../schema/reference.ts';
import { constant, type Emission, fail, patternConstant, text, use } from './emission.ts';
import { formatTest } from './formats.ts';

const typeTests: ReadonlyMap<Json, string> = new Map<Json, string>([
  ['null', 'v === null'],
  ['boolean', "typeof v === 'boolean'"],
  ['number', 'Number.isFinite(v)'],
  ['integer', 'Number.isInteger(v)'],
  ['string', "typeof v === 'string'"],
  ['array', 'Array.isArray(v)'],
  ['object', "(typeof v === 'object' && v !== null && !Array.isArray(v))"],
]);

export function anyChecks(emission: Emission, place: SchemaLocation, schema: JsonObject): readonly string[] {
  const { dialect } = place.resource;
  const lines: string[] = [];
  const type = active(schema, 'type', dialect);
  if (type !== undefined) {
    const tests = (isArray(type) ? type : [type]).map((name) => typeTests.get(name) ?? 'false');
    const params = `{ type: ${text(isArray(type) ? type.join(',') : type)} }`;
    lines.push(`if (!(${tests.join(' || ') || 'false'})) ${fail(emission, place, 'type', params)}`);
  }
  const members = active(schema, 'enum', dialect);
  if (isArray(members))
    lines.push(
      `if (!(${oneOf(emission, members)})) ${fail(emission, place, 'enum', `{ allowedValues: ${text(members)} }`)}`,
    );
  const only = active(schema, 'const', dialect);
  if (only !== undefined)
    lines.push(
      `if (!(${oneOf(emission, [only])})) ${fail(emission, place, 'const', `{ allowedValue: ${text(only)} }`)}`,
    );
  return lines;
}

const maxInlineMembers = 8;

function oneOf(emission: Emission, members: readonly Json[]): string {
  const plain = members.filter((value) => typeof value !== 'object' || value === null);
  const structured = members.filter((value) => typeof value === 'object' && value !== null);
  const tests: string[] = [];
  if (plain.length > maxInlineMembers)
    tests.push(`${constant(emission, `/* @__PURE__ */ new Set(${text(plain)})`)}.has(v)`);
  else tests.push(...plain.map((value) => `v === ${text(value)}`));
  if (structured.length > 0) {
    const canonical = use(emission, 'canonical');
    const known = constant(emission, `/* @__PURE__ */ new Set(/* @__PURE__ */ ${text(structured)}.map(canonical))`);
    tests.push(`(typeof v === 'object' && v !== null && ${known}.has(${canonical}(v)))`);
  }
  return tests.join(' || ') || 'false';
}

export function numberChecks(emission: Emission, place: SchemaLocation, schema: JsonObject): readonly string[] {
  const { dialect } = place.resource;
  const read = (keyword: Keyword) => active(schema, keyword, dialect);
  const lines: string[] = [];
  const bound = (keyword: Keyword, failing: string, value: Json | undefined) => {
    if (typeof value !== 'number') return;
    lines.push(`if (v ${failing} ${text(value)}) ${fail(emission, place, keyword, `{ limit: ${text(value)} }`)}`);
  };
  // in draft-04 the exclusive keywords are booleans beside their bound
  bound('minimum', read('exclusiveMinimum') === true ? '<=' : '<', read('minimum'));
  bound('maximum', read('exclusiveMaximum') === true ? '>=' : '>', read('maximum'));
  bound('exclusiveMinimum', '<=', read('exclusiveMinimum'));
  bound('exclusiveMaximum', '>=', read('exclusiveMaximum'));
  const divisor = read('multipleOf');
  if (typeof divisor === 'number')
    lines.push(
      `if (!${use(emission, 'divides')}(${text(divisor)}, v)) ${fail(emission, place, 'multipleOf', `{ multipleOf: ${text(divisor)} }`)}`,
    );
  return lines;
}

export function stringChecks(emission: Emission, place: SchemaLocation, schema: JsonObject): readonly string[] {
  const { dialect } = place.resource;
  const lines: string[] = [];
  const limit = (value: number) => `{ limit: ${text(value)} }`;
  // code points, not code units: a string has at most as many of the one as of the other, and at least half as many
  const min = active(schema, 'minLength', dialect);
  if (typeof min === 'number' && min > 0) {
    const short = `v.length < ${min} || (v.length < ${2 * min} && ${use(emission, 'size')}(v) < ${min})`;
    lines.push(`if (${short}) ${fail(emission, place, 'minLength', limit(min))}`);
  }
  const max = active(schema, 'maxLength', dialect);
  if (typeof max === 'number')
    lines.push(
      `if (v.length > ${max} && ${use(emission, 'size')}(v) > ${max}) ${fail(emission, place, 'maxLength', limit(max))}`,
    );
  const pattern = active(schema, 'pattern', dialect);
  if (typeof pattern === 'string')
    lines.push(
      `if (!${patternConstant(emission, pattern)}.test(v)) ${fail(emission, place, 'pattern', `{ pattern: ${text(pattern)} }`)}`,
    );
  const format = active(schema, 'format', dialect);
  const row = emission.asserts && typeof format === 'string' ? formatTest(format) : undefined;
  if (row !== undefined) {
    for (const needed of row.functions ?? []) emission.formatFunctions.add(needed);
    lines.push(`if (!(${row.test})) ${fail(emission, place, 'format', `{ format: ${text(format!)} }`)}`);
  }
  return lines;
}
