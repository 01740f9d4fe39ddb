import { expect, test } from 'vitest';
import { catalogShape } from '../../schema/catalog.ts';
import type { Json } from '../../schema/json.ts';
import type { CatalogRecord } from '../records.ts';
import { envelopeValidatorCache } from './envelope-validators.ts';
import { inlineValidations, type ValidationTask } from './validations.ts';

const someone = { queue: 'someone' };

/** The record as it is read each time: never the same object twice. */
function catalogOf(fingerprint: string, schema: Json): CatalogRecord {
  const rules = catalogShape.parse({
    name: 'shop',
    title: 'Shop',
    names: { segments: [{ name: 'a', style: 'any' }], major: 'optional' },
    envelope: { schema, at: { payload: '/data', type: '/type' } },
    classification: { levels: ['public'] },
  });
  return { name: 'shop', rules, fingerprint, createdAt: '', updatedAt: '' };
}

const schema = { type: 'object', required: ['type'], properties: { type: { type: 'string' } } };

test('an envelope is compiled elsewhere first, and once for each state of the rules', async () => {
  const envelopes = envelopeValidatorCache(10);
  const tasks: ValidationTask[] = [];
  const threads = inlineValidations();
  const counting = {
    validate: (...given: Parameters<typeof threads.validate>) => {
      tasks.push(given[0]);
      return threads.validate(...given);
    },
  };
  const keywords = async (fingerprint: string, wanted: Json) => {
    const validator = envelopes.of(catalogOf(fingerprint, wanted));
    const rejected = await validator.validate(counting, { values: [{ type: 7 }] }, someone);
    return rejected.map((rejections) => rejections.map(({ keyword }) => keyword));
  };
  for (let round = 0; round < 3; round += 1) expect(await keywords('one', schema)).toEqual([['type']]);
  expect(tasks.map(({ key }) => key)).toEqual(['envelope:one']);
  expect(await keywords('two', { ...schema, properties: {} })).toEqual([[]]);
  expect(tasks.map(({ key }) => key)).toEqual(['envelope:one', 'envelope:two']);
});

test.each([
  ['no schema', { type: 7 }],
  ['one that refers to nothing', { $ref: '#/nowhere' }],
  ['of a dialect nobody knows', { $schema: 'https://example.org/dialect' }],
])('an envelope that is %s is a fault of the catalog', async (_, unusable) => {
  const validator = envelopeValidatorCache(10).of(catalogOf('bad', unusable as Json));
  for (let round = 0; round < 2; round += 1)
    await expect(validator.validate(inlineValidations(), { values: [{}] }, someone)).rejects.toMatchObject({
      code: 'CATALOG_INVALID',
    });
});
