/** Arrays (JSON Schema core §10.3.1, validation §6.4); lists in `items` up to 2019-09. */
import { active, type Keyword } from '../../schema/dialect.ts';
import { isArray, type Json, type JsonObject } from '../../schema/json.ts';
import type { SchemaLocation } from '../../schema/reference.ts';
import { call, demand, type Emission, fail, use } from './emission.ts';

export function arrayChecks(emission: Emission, place: SchemaLocation, schema: JsonObject): readonly string[] {
  const { dialect } = place.resource;
  const read = (keyword: Keyword) => active(schema, keyword, dialect);
  const lines: string[] = [];
  const count = (keyword: Keyword, failing: string) => {
    const limit = read(keyword);
    if (typeof limit !== 'number') return;
    lines.push(`if (v.length ${failing} ${limit}) ${fail(emission, place, keyword, `{ limit: ${limit} }`)}`);
  };
  count('minItems', '<');
  count('maxItems', '>');
  if (read('uniqueItems') === true) {
    const different = `new Set(v.map(${use(emission, 'canonical')})).size`;
    lines.push(`if (v.length > 1 && ${different} !== v.length) ${fail(emission, place, 'uniqueItems', '{}')}`);
  }
  lines.push(...elements(emission, place, schema), ...containing(emission, place, schema));
  return lines;
}

function elements(emission: Emission, place: SchemaLocation, schema: JsonObject): readonly string[] {
  const { dialect } = place.resource;
  const items = active(schema, 'items', dialect);
  const isList = isArray(items) && dialect !== '2020-12';
  const keyword = isList ? 'items' : 'prefixItems';
  const list = isList ? items : active(schema, 'prefixItems', dialect);
  const prefix: readonly Json[] = isArray(list) ? list : [];
  const lines = prefix.map((of, index) => {
    const child = emission.scope.child(place, [keyword, String(index)], of);
    const valid = call(emission, child, `v[${index}]`, { at: `at + '/${index}'` });
    return valid === 'true' ? '' : `if (v.length > ${index}) ${demand(valid)}`;
  });
  const restKeyword = isList ? 'additionalItems' : 'items';
  const rest = isList ? active(schema, 'additionalItems', dialect) : isArray(items) ? undefined : items;
  if (rest !== undefined)
    lines.push(restLoop(emission, emission.scope.child(place, [restKeyword], rest), prefix.length));
  if (emission.tracks && (prefix.length > 0 || rest !== undefined)) {
    const upTo = rest === undefined ? `Math.min(${prefix.length}, v.length)` : 'v.length';
    lines.push(`if (seen) for (let i = 0; i < ${upTo}; i++) seen.items.add(i);`);
  }
  return lines.filter((line) => line !== '');
}

function restLoop(emission: Emission, place: SchemaLocation, from: number): string {
  const valid = call(emission, place, 'v[i]', { at: "at + '/' + i" });
  return valid === 'true' ? '' : `for (let i = ${from}; i < v.length; i++) ${demand(valid)}`;
}

function containing(emission: Emission, place: SchemaLocation, schema: JsonObject): readonly string[] {
  const { dialect } = place.resource;
  const contains = active(schema, 'contains', dialect);
  if (contains === undefined) return [];
  const bound = (keyword: Keyword, fallback: number) => {
    const value = active(schema, keyword, dialect);
    return typeof value === 'number' ? value : fallback;
  };
  const [min, max] = [bound('minContains', 1), bound('maxContains', Number.POSITIVE_INFINITY)];
  const valid = call(emission, emission.scope.child(place, ['contains'], contains), 'v[i]', { at: 'at', out: 'null' });
  // from 2020-12 on what `contains` matches counts as evaluated
  const mark = emission.tracks && dialect === '2020-12' ? ' if (seen) seen.items.add(i);' : '';
  const params = `{ minContains: ${min}${max === Number.POSITIVE_INFINITY ? '' : `, maxContains: ${max}`} }`;
  const tooMany = max === Number.POSITIVE_INFINITY ? '' : ` || found > ${max}`;
  return [
    '{',
    '  let found = 0;',
    `  for (let i = 0; i < v.length; i++) if (${valid}) { found += 1;${mark} }`,
    `  if (found < ${min}${tooMany}) ${fail(emission, place, 'contains', params)}`,
    '}',
  ];
}

/** `unevaluatedItems`, after everything that may have evaluated. */
export function unevaluatedItems(emission: Emission, place: SchemaLocation, schema: JsonObject): readonly string[] {
  const rest = active(schema, 'unevaluatedItems', place.resource.dialect);
  if (rest === undefined) return [];
  const child = emission.scope.child(place, ['unevaluatedItems'], rest);
  const valid = call(emission, child, 'v[i]', { at: "at + '/' + i" });
  return [
    `if (Array.isArray(v)) for (let i = 0; i < v.length; i++) if (!seen.items.has(i)) { ${demand(valid)} seen.items.add(i); }`,
  ];
}
