/**
 * Generated types hold what their schemas hold: valid values assign, values refused for their structure do not, and `tsc` is the
 * judge. Over every event of our own catalogs, payload and whole event, and over public schemas where the corpora are present.
 */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { eventDocument } from '../src/codegen/event.ts';
import { modelOf } from '../src/codegen/model.ts';
import { typeNames, typesText } from '../src/codegen/types.ts';
import { printModel } from '../src/codegen/typescript.ts';
import { fingerprint } from '../src/schema/canonical.ts';
import { declaredDialect } from '../src/schema/dialect.ts';
import type { SchemaDocument } from '../src/schema/document.ts';
import { wrapEvent } from '../src/schema/envelope.ts';
import { isObject, type Json } from '../src/schema/json.ts';
import { resolve } from '../src/schema/pointer.ts';
import type { Rejection } from '../src/schema/rejection.ts';
import { compileValidator, type EventValidator } from '../src/schema/validator.ts';
import { catalogFolder, catalogNames } from './support/catalogs.ts';
import { compile } from './support/compile.ts';
import { candidates, changed } from './support/values.ts';

// what a structural type can say; bounds, patterns and formats it cannot
const structural = new Set(['type', 'required', 'enum', 'const', 'additionalProperties', 'false']);

interface Sorted {
  readonly accepted: readonly Json[];
  readonly refused: readonly Json[];
}

/** At maxCopies `maxCopies` copies of each seed, from all over it: the compiler's time is what bounds them. */
function sorted(
  validator: EventValidator,
  document: SchemaDocument,
  seeds: readonly Json[],
  maxCopies: number,
): Sorted {
  const accepted: Json[] = [];
  const refused: Json[] = [];
  for (const seed of seeds) {
    const copies = [...changed(seed)];
    const step = Math.max(1, Math.floor(copies.length / maxCopies));
    for (const value of [seed, ...copies.filter((_, at) => at % step === 0)]) {
      const rejections = validator.validate(value);
      if (rejections.length === 0) accepted.push(value);
      else if (rejections.every((each) => isStructural(each, document))) refused.push(value);
    }
  }
  return { accepted, refused };
}

/** Not the rest of a record that names members too: an index signature has to take what those hold. And no pattern of names. */
function isStructural({ keyword, schemaPointer }: Rejection, { root }: SchemaDocument): boolean {
  if (!structural.has(keyword)) return false;
  const at = schemaPointer.lastIndexOf('/additionalProperties');
  const around = at < 0 ? undefined : resolve(root, schemaPointer.slice(0, at));
  if (!isObject(around)) return true;
  return around.patternProperties === undefined && (keyword === 'additionalProperties' || !isObject(around.properties));
}

/** Refused values stand as literals, so that members a closed type does not have count; accepted ones may have more. */
function program(type: string, { accepted, refused }: Sorted): string {
  return [
    `import type { ${type} as Case } from './types.js';`,
    'declare function take(value: Case): void;',
    'declare function same<Value>(value: Value): Value;',
    ...accepted.map((value) => `take(same(${JSON.stringify(value)}));`),
    ...refused.flatMap((value) => ['// @ts-expect-error', `take(${JSON.stringify(value)});`]),
  ].join('\n');
}

/** Where nothing is required, TypeScript wants at least one member it knows: its guard against typing errors, not the type. */
function complaints(lines: readonly string[]): readonly string[] {
  const whole: string[] = [];
  for (const line of lines) {
    if (line.startsWith(' ')) whole.push(`${whole.pop() ?? ''}\n${line}`);
    else whole.push(line);
  }
  return whole.filter((complaint) => !complaint.includes('has no properties in common with type'));
}

function validatorOf(document: SchemaDocument): EventValidator {
  const compiled = compileValidator(document);
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  return compiled.validator;
}

describe('types of our own events', () => {
  it.each(catalogNames)(
    '%s: take what is valid and refuse what is not',
    async (name) => {
      const { catalog, events } = await catalogFolder(name);
      const files = new Map<string, string>();
      for (const { subject, document, contract } of events) {
        const types = typeNames(subject);
        const whole = eventDocument(catalog, subject, contract, document);
        const payloads = candidates(document);
        const seeds = payloads.slice(0, 2).map((payload) => wrapEvent(catalog, subject, payload, contract));
        const own = sorted(validatorOf(document), document, payloads, 60);
        const event = sorted(validatorOf(whole), whole, seeds, 60);
        for (const [what, { accepted, refused }] of Object.entries({ payload: own, event }))
          expect([subject, what, accepted.length > 0, refused.length > 0]).toEqual([subject, what, true, true]);
        files.set(`${subject}/types.ts`, typesText({ catalog, subject, document, contract }));
        files.set(`${subject}/payloads.ts`, program(types.payload, own));
        files.set(`${subject}/events.ts`, program(types.event, event));
      }
      expect(complaints(await compile(files))).toEqual([]);
    },
    120_000,
  );
});

const corpora = new URL(process.env.CORPORA ?? '../../shared/corpora/', import.meta.url);
// named, the folder is read as a whole (minutes); found beside the project, every fifth schema of it
const step = process.env.CORPORA === undefined ? 5 : 1;

interface Sample {
  readonly schema: Json;
  readonly seeds: readonly Json[];
}

/** Those that come with valid events bring them. */
function* samples(): Generator<Sample> {
  const read = (file: string) =>
    readFileSync(new URL(file, corpora), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, Json>);
  for (const { schema, valid } of read('event-payloads.jsonl')) yield { schema: schema!, seeds: valid as Json[] };
  for (const file of ['iglu-central.jsonl', 'eiffel.jsonl', 'gbfs.jsonl', 'jsoncompat.jsonl'])
    for (const pair of read(file)) yield { schema: pair.new!, seeds: [] };
}

describe.skipIf(!existsSync(corpora))('types of public schemas', () => {
  it('take what is valid and refuse what is not', async () => {
    const files = new Map<string, string>();
    const count = { schemas: 0, accepted: 0, refused: 0 };
    const met = new Set<string>();
    for (const [at, { schema, seeds }] of [...samples()].entries()) {
      if (at % step > 0) continue;
      if (met.has(fingerprint(schema))) continue;
      met.add(fingerprint(schema));
      const document = { root: schema, dialect: declaredDialect(schema) ?? '2020-12', bundle: new Map() } as const;
      const compiled = compileValidator(document);
      if (!compiled.ok) continue;
      const values = sorted(
        compiled.validator,
        document,
        (seeds.length > 0 ? seeds : candidates(document)).slice(0, 3),
        16,
      );
      const folder = `c${count.schemas++}`;
      count.accepted += values.accepted.length;
      count.refused += values.refused.length;
      files.set(`${folder}/types.ts`, printModel(modelOf(document, 'Case')));
      files.set(`${folder}/values.ts`, program('Case', values));
    }
    expect(complaints(await compile(files))).toEqual([]);
    expect(count.schemas).toBeGreaterThan(400 / step);
    // that the compiler was asked something at all; the generator of values decides how much
    expect(Math.min(count.accepted, count.refused)).toBeGreaterThan(2_000 / step);
  }, 300_000);
});
