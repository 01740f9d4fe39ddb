/** Runs the goldens of each policy rule: language-neutral cases that assert places and parameters, never prose. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { faults } from '../src/errors.ts';
import { policyRules } from '../src/policy/rules/index.ts';
import { applyRules } from '../src/policy/ruleset.ts';
import { type NameStyle, onlyStyleOf } from '../src/policy/words.ts';
import { readCatalog } from '../src/schema/catalog.ts';
import { readContract } from '../src/schema/contract.ts';
import type { SchemaDocument } from '../src/schema/document.ts';
import type { Json } from '../src/schema/json.ts';
import { parseSchema } from '../src/schema/parse.ts';
import { parseSubject } from '../src/schema/subject.ts';
import { compileValidator } from '../src/schema/validator.ts';

interface Case {
  readonly name: string;
  readonly subject?: string;
  readonly document: Json;
  readonly previous?: Json;
  readonly catalog?: Readonly<Record<string, Json>>;
  readonly fields?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  readonly stages?: Readonly<Record<string, string>>;
  readonly bundle?: Readonly<Record<string, Json>>;
  readonly findings: readonly { readonly pointer: string; readonly params?: Json }[];
}

interface Golden {
  readonly rule: string;
  readonly cases: readonly Case[];
}

const folder = new URL('cases/policy/', import.meta.url);
const read = (path: string) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));
const base: Readonly<Record<string, Json>> = read('cases/policy.catalog.json');
const files = readdirSync(folder).toSorted();

function documentOf(value: Json, bundle: ReadonlyMap<string, SchemaDocument> = new Map()): SchemaDocument {
  const parsed = parseSchema({ value }, { bundle });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.document;
}

function version(value: Json, bundle?: ReadonlyMap<string, SchemaDocument>) {
  const { contract, problems } = readContract(value);
  if (problems.length > 0) throw new Error(JSON.stringify(problems));
  return { document: documentOf(value, bundle), contract };
}

function styles(names: readonly string[]): ReadonlyMap<NameStyle, number> {
  const counts = new Map<NameStyle, number>();
  for (const style of names.map(onlyStyleOf)) if (style) counts.set(style, (counts.get(style) ?? 0) + 1);
  return counts;
}

function findingsOf(rule: string, given: Case) {
  const reading = readCatalog({ ...base, ...given.catalog });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  const bundle = new Map(Object.entries(given.bundle ?? {}).map(([uri, value]) => [uri, documentOf(value)]));
  const subject = given.subject ?? 'order.item.shipped';
  const fields = Object.entries(given.fields ?? {}).map(
    ([name, types]) => [name, new Map(Object.entries(types).map(([type, other]) => [type, [other]]))] as const,
  );
  const context = {
    subject,
    name: parseSubject(subject),
    catalog: reading.catalog,
    ...version(given.document, bundle),
    previous: given.previous === undefined ? undefined : version(given.previous, bundle),
    neighbours: {
      fields: new Map(fields),
      styles: styles(Object.keys(given.fields ?? {})),
      stages: new Map(Object.entries(given.stages ?? {})),
    },
  };
  return applyRules(
    context,
    policyRules.filter((row) => row.id === rule),
  ).map(({ pointer, params }) => ({ pointer, ...(params && { params }) }));
}

it('every rule has its golden, with something that passes and something that does not', () => {
  expect(files).toEqual(policyRules.map((rule) => `${rule.id}.json`).toSorted());
  for (const file of files) {
    const { cases }: Golden = read(`cases/policy/${file}`);
    expect(
      cases.some((row) => row.findings.length === 0),
      `${file} passes`,
    ).toBe(true);
    expect(
      cases.some((row) => row.findings.length > 0),
      `${file} refuses`,
    ).toBe(true);
  }
});

it('every rule has an id of its own and a fault that exists', () => {
  expect(new Set(policyRules.map((rule) => rule.id)).size).toBe(policyRules.length);
  expect(policyRules.filter((rule) => !Object.hasOwn(faults, rule.fault))).toEqual([]);
});

const shape = compileValidator(documentOf(read('cases/policy.schema.json')));

describe.each(files)('%s', (file) => {
  const golden: Golden = read(`cases/policy/${file}`);

  it('has the form of a golden', () => {
    expect(shape.ok && shape.validator.validate(read(`cases/policy/${file}`))).toEqual([]);
    expect(file).toBe(`${golden.rule}.json`);
  });

  it.each(golden.cases)('$name', (given) => {
    expect(findingsOf(golden.rule, given)).toEqual(given.findings);
  });
});
