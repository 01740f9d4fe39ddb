/** Whether two documents differ in their words alone: then they accept the same and declare the same, without being compiled. */
import { keywordRow } from '../../schema/dialect.ts';
import type { Dialect, SchemaDocument } from '../../schema/document.ts';
import { isArray, isObject, type Json, type JsonObject } from '../../schema/json.ts';
import { same } from '../finding/same.ts';

export function isReworded(one: SchemaDocument, other: SchemaDocument): boolean {
  if (one.dialect !== other.dialect || one.bundle.size + other.bundle.size > 0) return false;
  return alike(one.root, other.root, one.dialect);
}

function alike(one: Json | undefined, other: Json | undefined, dialect: Dialect): boolean {
  if (!isObject(one) || !isObject(other)) return same(one, other);
  const keywords = said(one, dialect);
  return (
    keywords.length === said(other, dialect).length &&
    keywords.every(
      (keyword) => Object.hasOwn(other, keyword) && alikeBelow(keyword, one[keyword], other[keyword], dialect),
    )
  );
}

function said(schema: JsonObject, dialect: Dialect): readonly string[] {
  return Object.keys(schema).filter((keyword) => keywordRow(keyword, dialect)?.role !== 'annotation');
}

function alikeBelow(keyword: string, one: Json | undefined, other: Json | undefined, dialect: Dialect): boolean {
  const holds = keywordRow(keyword, dialect)?.holds ?? 'nothing';
  if (holds === 'nothing') return same(one, other);
  if (isArray(one))
    return isArray(other) && one.length === other.length && one.every((each, at) => alike(each, other[at], dialect));
  if (holds !== 'map' && holds !== 'map with names') return alike(one, other, dialect);
  if (!isObject(one) || !isObject(other)) return false;
  const names = Object.keys(one);
  return (
    names.length === Object.keys(other).length &&
    names.every((name) => Object.hasOwn(other, name) && alike(one[name], other[name], dialect))
  );
}
