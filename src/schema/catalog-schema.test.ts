import { readdirSync, readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { catalogMembers, catalogSchema, listCatalogMembers } from './catalog-schema.ts';

/** A list of settings has the members of one setting, a level further down. */
const sameAs = (path: string) => path.replace(/^rules\/\*\/\*\//, 'rules/*/');

test('every member of catalog.json says what it means, and no row is about another', () => {
  const paths = new Set(listCatalogMembers().map(({ path }) => sameAs(path)));
  expect([...paths].filter((path) => catalogMembers[path] === undefined)).toEqual([]);
  expect(Object.keys(catalogMembers).filter((path) => !paths.has(path))).toEqual([]);
});

test('the schema accepts our own catalogs and refuses what their reader refuses', () => {
  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(catalogSchema());
  const schemas = new URL('../../schemas/', import.meta.url);
  for (const catalog of readdirSync(schemas)) {
    const value = JSON.parse(readFileSync(new URL(`${catalog}/catalog.json`, schemas), 'utf8'));
    expect([catalog, validate(value), validate.errors]).toEqual([catalog, true, null]);
    expect(validate({ ...value, levle: 'FULL' })).toBe(false);
    expect(validate({ ...value, level: 'SOME' })).toBe(false);
    const { name: _, ...nameless } = value;
    expect(validate(nameless)).toBe(false);
  }
});
