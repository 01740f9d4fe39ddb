/** `a.b` and `a.b.v1` are one line: of the two, registered at the same time, one gets in. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { policyRules } from '../src/policy/rules/index.ts';
import { catalogNamed } from './support/records.ts';
import { type TestRegistry, testRegistry } from './support/registry.ts';

let registry: TestRegistry;

beforeAll(async () => {
  registry = await testRegistry();
  const rules = Object.fromEntries(policyRules.map(({ id }) => [id, 'off']));
  const names = { segments: ['a', 'b'].map((name) => ({ name, style: 'lower' })), major: 'optional' };
  const body = JSON.parse(JSON.stringify({ ...catalogNamed('twins'), names, rules }));
  expect((await registry.ask('PUT', '/v1/catalogs/twins', { body })).status).toBeLessThan(300);
});

afterAll(() => registry.close());

test('two names of one line, registered at the same time', async () => {
  for (let round = 0; round < 5; round += 1) {
    const type = `thing.round${'abcde'[round]}`;
    const replies = await Promise.all(
      [type, `${type}.v1`, `${type}.v2`].map((subject) =>
        registry.ask('POST', `/v1/catalogs/twins/subjects/${subject}/versions`, { body: { title: subject } }),
      ),
    );
    expect(
      replies
        .slice(0, 2)
        .map(({ status }) => status)
        .sort(),
    ).toEqual([201, 422]);
    expect(replies[2]?.status).toBe(201);
  }
});
