/** The client where there is no Node: an edge-like context with what the web platform gives and nothing else, `eval` forbidden or not. */
import { fileURLToPath } from 'node:url';
import { createContext, runInContext } from 'node:vm';
import { build } from 'esbuild';
import { beforeAll, describe, expect, it } from 'vitest';
import type * as Client from '../src/client/index.ts';
import { fingerprint } from '../src/schema/canonical.ts';

const schema = { type: 'object', required: ['total'], properties: { total: { type: 'integer' } } };
const placed = { catalog: 'shop', subject: 'order.placed', number: 1, fingerprint: fingerprint(schema), schema };
const answers: Readonly<Record<string, unknown>> = {
  '/v1/catalogs/shop/subjects/order.placed/versions/latest': { ...placed, stage: 'active' },
  '/v1/catalogs/shop': { name: 'shop', rules: { formats: 'assert' } },
};

const registry = async (url: string) => Response.json(answers[new URL(url).pathname]);

describe('the client at the edge', () => {
  let code = '';
  beforeAll(async () => {
    const result = await build({
      entryPoints: [fileURLToPath(new URL('../src/client/index.ts', import.meta.url))],
      bundle: true,
      format: 'iife',
      globalName: 'herald',
      platform: 'neutral',
      // neutral looks for no entry of its own: packages are taken as browsers take them
      mainFields: ['module', 'main'],
      target: 'es2022',
      write: false,
    });
    code = result.outputFiles[0]!.text;
  }, 60_000);

  /** Nothing but what every such runtime has; `strings`: whether it may make code of text. */
  function edge(strings: boolean): typeof Client {
    const { URL, TextEncoder, crypto, AbortController, setTimeout, clearTimeout } = globalThis;
    const given = { fetch: registry, URL, TextEncoder, crypto, AbortController, setTimeout, clearTimeout };
    const context = createContext({ ...given }, { codeGeneration: { strings, wasm: false } });
    return runInContext(`${code}; herald`, context) as typeof Client;
  }

  it('names nothing of Node', () => {
    expect(code).not.toMatch(/["']node:|\brequire\(|\bprocess\.|\bBuffer\./);
  });

  it('looks up and validates', async () => {
    const client = edge(true).createClient({ url: 'https://registry.test' });
    expect((await client.latest('shop', 'order.placed')).number).toBe(1);
    expect((await client.validate('shop', 'order.placed', { total: 1 })).valid).toBe(true);
    expect((await client.validate('shop', 'order.placed', {})).errors.map(({ keyword }) => keyword)).toEqual([
      'required',
    ]);
  });

  it('says what to pass where text may not become code, and works with it', async () => {
    const { createClient } = edge(false);
    const bare = createClient({ url: 'https://registry.test' });
    await expect(bare.validate('shop', 'order.placed', {})).rejects.toMatchObject({ code: 'VALIDATOR_UNAVAILABLE' });
    const lock = {
      lockVersion: 1,
      subjects: { 'shop/order.placed': { version: 1, fingerprint: placed.fingerprint } },
    } as const;
    const problem = { instancePointer: '', schemaPointer: '', keyword: 'given', params: {} };
    const pinned = createClient({
      lock,
      schemas: { 'shop/order.placed': schema },
      validators: { 'shop/order.placed': { problems: () => [problem] } },
    });
    expect((await pinned.validate('shop', 'order.placed', {})).errors).toEqual([problem]);
  });
});
