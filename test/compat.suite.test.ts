/**
 * The JSON Schema Test Suite: every value it lists as valid is accepted, and lost by no comparison with itself; every invalid one
 * is the witness of a break. Written for draft-04, most of its groups mean the same in every later dialect.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { prepare } from '../src/compat/decide.ts';
import { type Dialect, dialects } from '../src/schema/document.ts';
import { isArray, isObject, type Json } from '../src/schema/json.ts';
import { documentOf } from './support/document.ts';

interface Group {
  readonly description: string;
  readonly schema: Json;
  readonly tests: readonly { readonly description: string; readonly data: Json; readonly valid: boolean }[];
}

const folder = new URL('cases/suite/draft-04/', import.meta.url);
const groups: readonly Group[] = readdirSync(folder)
  .sort()
  .flatMap((name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8')));

/** Whether the group means the same in a later dialect. */
function carriesOver({ schema }: Group, dialect: Dialect): boolean {
  const text = JSON.stringify(schema);
  if (text.includes('json-schema.org/draft-04')) return false;
  if (dialect === 'draft-04') return true;
  if (/"exclusiveM|"id":/.test(text)) return false;
  if (dialect === 'draft-06' || dialect === 'draft-07') return true;
  if (/"dependencies"|"\$ref"/.test(text)) return false;
  return dialect === '2019-09' || !hasTuple(schema);
}

function hasTuple(value: Json): boolean {
  if (isArray(value)) return value.some(hasTuple);
  if (!isObject(value)) return false;
  return isArray(value.items) || value.additionalItems !== undefined || Object.values(value).some(hasTuple);
}

describe.each(dialects)('%s', (dialect) => {
  const carried = groups.filter((group) => carriesOver(group, dialect));

  test.each(carried)('$description', ({ schema, tests }) => {
    for (const { description, data, valid } of tests) {
      const schemaDocument = documentOf(schema, dialect);
      const pair = prepare(documentOf({ enum: [data] }, dialect), schemaDocument);
      const said = {
        accepted: pair.accepts('next', data),
        verdict: pair.decide('backward', 'open').verdict,
        witness: pair.decide('backward', 'open').witness?.value ?? null,
      };
      const verdict = valid ? 'compatible' : 'incompatible';
      expect({ description, ...said }).toEqual({ description, accepted: valid, verdict, witness: valid ? null : data });
    }
  });

  test('of two groups, a value the one lists as valid and the other as invalid is a break', () => {
    for (const left of carried) {
      for (const right of carried) {
        const invalid = new Set(right.tests.filter(({ valid }) => !valid).map(({ data }) => JSON.stringify(data)));
        const both = left.tests.find(({ data, valid }) => valid && invalid.has(JSON.stringify(data)));
        if (both === undefined) continue;
        const pair = prepare(documentOf(left.schema, dialect), documentOf(right.schema, dialect));
        const { verdict } = pair.decide('backward', 'open');
        expect([left.description, right.description, both.data, verdict]).not.toContain('compatible');
      }
    }
  });
});

test('most groups are carried over', () => {
  const counts = dialects.map((dialect) => groups.filter((group) => carriesOver(group, dialect)).length);
  expect(Math.min(...counts)).toBeGreaterThan(groups.length / 2);
});
