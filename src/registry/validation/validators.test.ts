/** Where events are validated: here, or where the work can be ended. The verdict is the same. */
import { describe, expect, it, test } from 'vitest';
import type { Json } from '../../schema/json.ts';
import type { CompiledSize } from '../../schema/pattern.ts';
import type { Reads } from '../ports.ts';
import type { SchemaRecord } from '../records.ts';
import type { Payloads } from './payloads.ts';
import { inlineValidations, type Validations, type ValidationTask } from './validations.ts';
import { type RegisteredValidator, validatorCache } from './validators.ts';

const someone = { queue: 'someone' };
// nothing here refers to another document
const reads = {} as Reads;

function schemaOf(document: Json): SchemaRecord {
  const text = JSON.stringify(document);
  return { id: 1, fingerprint: '', dialect: '2020-12', format: 'json', text } as SchemaRecord;
}

/** Threads that do what threads do, and say that so much was compiled. */
function elsewhere(more: Partial<CompiledSize> = {}): Validations & { readonly tasks: readonly ValidationTask[] } {
  const thread = inlineValidations();
  const tasks: ValidationTask[] = [];
  return {
    tasks,
    async validate(task, requester) {
      tasks.push(task);
      const { rejections, size } = await thread.validate(task, requester);
      return { rejections, size: { ...size, ...more } };
    },
  };
}

const much = { characters: 50_001 };

function validatorOf(document: Json): Promise<RegisteredValidator> {
  return validatorCache(10, 10).of(reads, schemaOf(document), 'assert');
}

const numbered = (prefix: string, value: Json) =>
  Object.fromEntries(Array.from({ length: 30 }, (_, index) => [`${prefix}${index}`, value]));
const written = { properties: numbered('p', { properties: numbered('q', { type: 'string' }) }) };
const referred = {
  properties: numbered('p', { $ref: '#/$defs/d' }),
  $defs: { d: { properties: numbered('q', { type: 'string' }) } },
};

const text = (...texts: readonly string[]): Payloads => ({ isBatch: false, texts, maxDepth: 100 });
const lines = (...texts: readonly string[]): Payloads => ({ isBatch: true, texts, maxDepth: 100 });
const document = { type: 'object', properties: { a: { type: 'integer' }, list: { uniqueItems: true } } };

describe('a schema is compiled here', () => {
  it('once a thread has found that it is not much', async () => {
    const validator = await validatorOf(document);
    const threads = elsewhere({ characters: 50_000 });
    expect(validator.atOnce('{"a":1}', 100)).toBeUndefined();
    expect(await validator.validate(threads, text('{"a":1}'), someone)).toEqual([[]]);
    expect(threads.tasks).toHaveLength(1);
    expect(await validator.validate(threads, text('{"a":1}'), someone)).toEqual([[]]);
    expect(threads.tasks).toHaveLength(1);
    expect(validator.atOnce('{"a":1}', 100)).toEqual([]);
    expect(validator.atOnce('{"a":"x"}', 100)).toMatchObject([{ keyword: 'type', instancePointer: '/a' }]);
  });

  it('never where it is more', async () => {
    const validator = await validatorOf(document);
    const threads = elsewhere(much);
    for (let round = 1; round <= 4; round += 1) {
      expect(await validator.validate(threads, text('{"a":1}'), someone)).toEqual([[]]);
      expect([threads.tasks.length, validator.atOnce('{"a":1}', 100)]).toEqual([round, undefined]);
    }
  });
});

test.each([
  ['a schema of many schemas', written],
  ['sets of characters', { properties: { a: { pattern: '\\p{L}'.repeat(20) } } }],
  ['what the evaluator alone can read', { contains: true, allOf: Array(300).fill({ contains: true }) }],
])('%s is never compiled here', async (_, large) => {
  const validator = await validatorOf(large);
  const threads = elsewhere();
  for (let round = 1; round <= 3; round += 1) {
    await validator.validate(threads, text('{}'), someone);
    expect(threads.tasks).toHaveLength(round);
  }
});

test('one schema is compiled here however many refer to it', async () => {
  const validator = await validatorOf(referred);
  const threads = elsewhere();
  for (const _ of ['once', 'again']) await validator.validate(threads, text('{"p0":{"q0":1}}'), someone);
  expect(threads.tasks).toHaveLength(1);
  expect(validator.atOnce('{"p29":{"q29":1}}', 100)).toMatchObject([{ instancePointer: '/p29/q29' }]);
});

test('a pattern of many states is met elsewhere by a text that a short one meets here', async () => {
  const patterned = (pattern: string) => validatorOf({ properties: { a: { pattern } } });
  const event = JSON.stringify({ a: 'x'.repeat(5_000) });
  for (const [pattern, tasks] of [
    ['^x+$', 1],
    ['^(?:x?){900}$', 2],
  ] as const) {
    const threads = elsewhere();
    const validator = await patterned(pattern);
    for (const _ of ['once', 'again']) await validator.validate(threads, text(event), someone);
    expect([pattern, threads.tasks.length]).toEqual([pattern, tasks]);
  }
});

describe('more than little work is done elsewhere, though the schema is compiled here', () => {
  const list = (length: number) => JSON.stringify({ a: 'x', list: Array.from({ length }, (_, index) => index) });
  const large = list(60_000);
  const few = [...Array<string>(300).keys()].map((index) => `{"a":${index}}`);

  it('one large event, and a batch that is much together', async () => {
    const validator = await validatorOf(document);
    const threads = elsewhere();
    for (const _ of ['once', 'again']) await validator.validate(threads, text('{}'), someone);
    const before = threads.tasks.length;
    expect(validator.atOnce(large, 100)).toBeUndefined();
    expect(await validator.validate(threads, text(large), someone)).toMatchObject([[{ keyword: 'type' }]]);
    expect(threads.tasks.length).toBe(before + 1);
    expect(await validator.validate(threads, lines(...few), someone)).toHaveLength(300);
    expect(threads.tasks.length).toBe(before + 1);
    const many = Array.from({ length: 400 }, () => list(2_000));
    expect(await validator.validate(threads, lines(...many), someone)).toHaveLength(400);
    expect(threads.tasks.length).toBeGreaterThan(before + 2);
  });

  it('an event that follows too many references, with the verdict it gets there', async () => {
    const node = {
      anyOf: [0, 1].map((index) => ({ properties: { n: { $ref: '#/$defs/n' } }, required: [`x${index}`] })),
    };
    const validator = await validatorOf({ properties: { n: { $ref: '#/$defs/n' } }, $defs: { n: node } });
    const threads = elsewhere();
    for (const _ of ['once', 'again']) await validator.validate(threads, text('{}'), someone);
    const nested = (depth: number) => `${'{"n":'.repeat(depth)}7${'}'.repeat(depth)}`;
    const deep = text(nested(12));
    const before = threads.tasks.length;
    expect(validator.atOnce(nested(12), 100)).toBeUndefined();
    const [rejections] = await validator.validate(threads, deep, someone);
    expect(threads.tasks.length).toBe(before + 1);
    const alone = await (await validatorOf({ properties: { n: { $ref: '#/$defs/n' } }, $defs: { n: node } })).validate(
      inlineValidations(),
      deep,
      someone,
    );
    expect(rejections).toEqual(alone[0]);
    expect(rejections?.[0]?.keyword).not.toBe('limit');
  });
});

describe('the same verdict', () => {
  const events = ['{"a":1}', '{"a":', '{"a":"x"}', '[[[[1]]]]', ' null ', '{"a":1,"a":"x"}', '{"list":[1,1.0]}'];

  it('here and elsewhere, line by line', async () => {
    const compiled = await validatorOf(document);
    for (const _ of ['once', 'again']) await compiled.validate(elsewhere(), text('{}'), someone);
    const threads = elsewhere(much);
    const there = await (await validatorOf(document)).validate(threads, lines(...events), someone);
    expect(threads.tasks).toHaveLength(1);
    const here = await compiled.validate(threads, lines(...events), someone);
    expect(threads.tasks).toHaveLength(1);
    expect(here).toEqual(there);
    expect(here.map(([first]) => first?.keyword)).toEqual([
      undefined,
      'json',
      'type',
      'type',
      'type',
      'type',
      'uniqueItems',
    ]);
  });

  it('of one event that is no JSON: a fault', async () => {
    const validator = await validatorOf(document);
    const threads = elsewhere();
    for (let round = 0; round < 3; round += 1) {
      await expect(validator.validate(threads, text('{"a":'), someone)).rejects.toMatchObject({
        code: 'BODY_NOT_JSON',
        details: { position: 5 },
      });
      await validator.validate(threads, text('{}'), someone);
    }
    expect(() => validator.atOnce('{"a":', 100)).toThrow('not JSON');
    expect(() => validator.atOnce('[[[]]]', 2)).toThrow('nests deeper than 2 levels');
  });
});
