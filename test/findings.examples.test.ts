import { describe, expect, it } from 'vitest';
import { compareDocuments } from '../src/compat/compare.ts';
import { catalogue } from '../src/compat/finding/table.ts';
import { type CompareOptions, directions, type Finding, worlds } from '../src/compat/report.ts';
import { declaredDialect } from '../src/schema/dialect.ts';
import type { SchemaDocument } from '../src/schema/document.ts';
import type { Json } from '../src/schema/json.ts';
import { compileValidator } from '../src/schema/validator.ts';

function documentOf(root: Json): SchemaDocument {
  return { root, dialect: declaredDialect(root) ?? '2020-12', bundle: new Map() };
}

function compare(previous: Json, next: Json, options: CompareOptions = {}) {
  return compareDocuments(documentOf(previous), documentOf(next), options);
}

function accepts(schema: Json, value: Json): boolean {
  const compiled = compileValidator(documentOf(schema));
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  return compiled.validator.validate(value).length === 0;
}

const rows = catalogue.flatMap(({ id, row }) => (row.example === undefined ? [] : [{ id, row, example: row.example }]));
/** Ids that stand beside the finding that explains them. */
const companions = new Set([
  'REF_TARGET_CHANGED',
  'NOTHING_ACCEPTED',
  'OLD_UNSATISFIABLE',
  'VALUE_SET_UNCHANGED',
  'TYPE_LEVEL_BREAK',
]);

describe('the example of each row', () => {
  it.each(rows)('$id breaks what its row says', ({ id, example }) => {
    const { ignore = [], level = 'FULL' } = example;
    const { findings } = compare(example.previous, example.next, { ignore, level });
    const found = findings.filter(({ rule }) => rule === id);
    expect(found.map((each) => [each.previousPointer, each.nextPointer].includes(example.at))).toEqual([true]);
    expect(found[0]!.breaks).toEqual({ open: example.open, closed: example.closed });
    const others = findings.filter(({ rule }) => rule !== id && !rule.startsWith('UNDECIDED_'));
    if (!companions.has(id))
      expect(others.map(({ rule }) => rule).filter((rule) => rule !== 'VALUE_SET_UNCHANGED')).toEqual([]);
  });

  it.each(rows)('$id has values that a validator loses and gains', ({ row, example }) => {
    const { previous, next, lost, gained, open } = example;
    if (lost !== undefined) expect([accepts(previous, lost), accepts(next, lost)]).toEqual([true, false]);
    if (gained !== undefined) expect([accepts(previous, gained), accepts(next, gained)]).toEqual([false, true]);
    expect(open.includes('backward') && lost === undefined).toBe(false);
    expect(open.includes('forward') && gained === undefined).toBe(false);
    expect(row.meaning.endsWith('.')).toBe(true);
  });

  it.each(rows)('$id shows an event of its own where it breaks', ({ id, example }) => {
    const { findings } = compare(example.previous, example.next, { level: example.level ?? 'FULL', world: 'open' });
    const [finding] = findings.filter(({ rule }) => rule === id);
    const breaking = example.open[0];
    if (breaking === undefined) return expect(finding?.witness).toBeUndefined();
    const [writer, reader] =
      breaking === 'backward' ? [example.previous, example.next] : [example.next, example.previous];
    const { value } = finding!.witness!;
    expect([accepts(writer, value), accepts(reader, value)]).toEqual([true, false]);
  });
});

/** The law between verdicts and findings. */
function expectLaw(report: ReturnType<typeof compare>): void {
  for (const world of worlds)
    for (const direction of directions) {
      const breaking = report.findings.some(({ breaks }) => breaks[world].includes(direction));
      expect([world, direction, breaking]).toEqual([
        world,
        direction,
        report.worlds[world][direction].verdict === 'incompatible',
      ]);
    }
}

const rulesOf = (findings: readonly Finding[]) => findings.map(({ rule }) => rule);
const errors = (findings: readonly Finding[]) =>
  findings.filter(({ severity }) => severity === 'error').map(({ rule, nextPointer }) => `${rule} #${nextPointer}`);

describe('attribution', () => {
  const two = (previous: Json, next: Json, options: CompareOptions = {}) => {
    const report = compare(previous, next, options);
    expectLaw(report);
    return report;
  };

  it('is not fooled by an edit that another constraint makes harmless', () => {
    const { findings } = two({ maxLength: 9, pattern: '^.{3}$' }, { maxLength: 5, pattern: '^.{3}$' });
    expect(findings.map(({ rule, severity }) => [rule, severity])).toEqual([['VALUE_SET_UNCHANGED', 'info']]);
  });

  it('gives each of two breaks an event that shows that one', () => {
    const { findings } = two(
      { properties: { a: { type: 'number' } } },
      { properties: { a: { type: 'integer' }, b: {} }, required: ['b'] },
    );
    const by = new Map(findings.map((finding) => [finding.rule, finding.witness]));
    expect(by.get('PROPERTY_ADDED_REQUIRED')?.rejection).toMatchObject({
      keyword: 'required',
      params: { missingProperty: 'b' },
    });
    expect(by.get('TYPE_NARROWED')?.rejection).toMatchObject({
      instancePointer: '/a',
      schemaPointer: '/properties/a/type',
    });
  });

  it('names every property that a closed object lost', () => {
    const closed = (names: readonly string[]) => ({
      properties: Object.fromEntries(names.map((name, index) => [name, { minimum: index }])),
      additionalProperties: false,
    });
    const { findings } = two(closed(['a', 'b', 'c']), closed(['a']), { level: 'BACKWARD' });
    expect(errors(findings)).toEqual([
      'PROPERTY_REMOVED_FROM_CLOSED #/properties',
      'PROPERTY_REMOVED_FROM_CLOSED #/properties',
    ]);
    expect(findings.map(({ witness }) => Object.keys(witness!.value as object))).toEqual([['b'], ['c']]);
  });

  const tagged = (tag: string, more: Json) => ({
    type: 'object',
    properties: { kind: { const: tag }, v: more },
    required: ['kind'],
  });

  it('looks into the alternative that changed', () => {
    const { findings } = two(
      { oneOf: [tagged('a', { type: 'number' }), tagged('b', { type: 'string' })] },
      { oneOf: [tagged('a', { type: 'integer' }), tagged('b', { type: 'string', maxLength: 3 })] },
    );
    expect(errors(findings)).toEqual([
      'TYPE_NARROWED #/oneOf/0/properties/v/type',
      'MAX_LENGTH_LOWERED #/oneOf/1/properties/v/maxLength',
    ]);
    expect(findings.map(({ witness }) => (witness!.value as { kind: string }).kind)).toEqual(['a', 'b']);
  });

  it('blames the alternative that is gone, not its neighbours', () => {
    const { findings } = two(
      { oneOf: [tagged('a', {}), tagged('b', {}), tagged('c', { type: 'number' })] },
      { oneOf: [tagged('a', {}), tagged('c', { type: ['number', 'null'] })] },
      { level: 'BACKWARD' },
    );
    expect(errors(findings)).toEqual(['UNION_BRANCH_REMOVED #/oneOf']);
  });

  it('finds the overlap that a further alternative makes', () => {
    const { findings } = two(
      { oneOf: [{ type: 'integer' }, { type: 'string' }] },
      { oneOf: [{ type: 'integer' }, { type: 'string' }, { type: 'number' }] },
    );
    expect(rulesOf(findings)).toEqual(['UNION_BECAME_AMBIGUOUS', 'UNION_BRANCH_ADDED']);
    expect(findings.map(({ breaks }) => breaks.open)).toEqual([['backward'], ['forward']]);
  });

  it('shows what oneOf minded by an event that matched twice, and a further alternative by another', () => {
    const { findings } = two(
      { oneOf: [{ type: 'integer' }, { type: 'number', minimum: 0 }] },
      { anyOf: [{ type: 'integer' }, { type: 'number', minimum: 0 }, { type: 'string' }] },
    );
    expect(findings.map(({ rule, witness }) => [rule, typeof witness?.value])).toEqual([
      ['UNION_OVERLAP_ACCEPTED', 'number'],
      ['UNION_BRANCH_ADDED', 'string'],
    ]);
  });

  it('tells apart what one list lost and gained', () => {
    const { findings } = two({ enum: ['a', 'b'] }, { enum: ['b', 'c'] });
    expect(findings.map(({ rule, breaks }) => [rule, breaks.closed])).toEqual([
      ['ENUM_VALUE_ADDED', ['forward']],
      ['ENUM_VALUE_REMOVED', ['backward']],
    ]);
  });

  it('leaves an equivalent rewriting without errors', () => {
    const { findings } = two(
      { oneOf: [tagged('a', {}), tagged('b', {})] },
      { type: 'object', properties: { kind: { enum: ['a', 'b'] }, v: {} }, required: ['kind'] },
    );
    expect(errors(findings)).toEqual([]);
  });

  it('falls back to the place where values are rejected', () => {
    const { findings } = two(
      { type: 'object', properties: { a: { type: 'string' } }, additionalProperties: { type: 'integer' } },
      { type: 'object', patternProperties: { '^a$': { type: 'string' }, '^b': { type: 'string' } } },
      { world: 'open' },
    );
    expect(errors(findings).length).toBeGreaterThan(0);
  });

  it('calls nothing an error where nothing is enforced', () => {
    expect(errors(two({ type: 'string' }, { type: 'integer' }, { level: 'NONE' }).findings)).toEqual([]);
    expect(errors(two({ type: 'string' }, { type: ['string', 'null'] }, { level: 'BACKWARD' }).findings)).toEqual([]);
  });

  it('reports what stays undecided, as an error where it is enforced', () => {
    const unknown = { properties: { a: { $ref: 'https://example.org/unknown' } } };
    const { findings, verdict } = two({ properties: { a: { type: 'string' } } }, unknown, { level: 'BACKWARD' });
    expect(verdict).toBe('undecided');
    expect(findings.map(({ rule, severity, effect }) => [rule, severity, effect])).toEqual([
      ['UNDECIDED_EXTERNAL_REF', 'error', 'undecided'],
      ['REF_UNRESOLVED', 'warning', 'undecided'],
    ]);
  });
});
