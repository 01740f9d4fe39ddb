/** Generated masking: what may be shown at a level is shown, everything else is not. */
import { describe, expect, it } from 'vitest';
import { artifact } from '../src/codegen/artifacts.ts';
import { type Catalog, readCatalog } from '../src/schema/catalog.ts';
import { readContract } from '../src/schema/contract.ts';
import type { Dialect, SchemaDocument } from '../src/schema/document.ts';
import type { Json } from '../src/schema/json.ts';
import { loadModule } from './support/module.ts';

function catalog(): Catalog {
  const reading = readCatalog({
    name: 'shop',
    title: 'Shop',
    names: {
      segments: [
        { name: 'entity', style: 'lower' },
        { name: 'fact', style: 'lower' },
      ],
      major: 'optional',
    },
    envelope: {
      schema: {
        type: 'object',
        required: ['type', 'payload'],
        properties: {
          type: { type: 'string' },
          actor: { type: 'object', properties: { id: { type: 'string', 'x-classification': 'confidential' } } },
          payload: {},
        },
      },
      at: { type: '/type', payload: '/payload' },
    },
    classification: { levels: ['public', 'internal', 'confidential', 'restricted'] },
  });
  if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
  return reading.catalog;
}

interface Masking {
  redact(value: unknown, upTo: string): unknown;
  redactPayload(value: unknown, upTo: string): unknown;
}

async function masking(root: Json): Promise<Masking> {
  const document = { root, dialect: '2020-12', bundle: new Map() } as const;
  const { contract } = readContract(root);
  const { text } = artifact('redact.js', { catalog: catalog(), subject: 'order.placed', document, contract });
  const { redact, redactPayload } = await loadModule(text);
  if (typeof redact !== 'function' || typeof redactPayload !== 'function') throw new Error('the module masks nothing');
  return {
    redact: (value, upTo) => redact(value, upTo),
    redactPayload: (value, upTo) => redactPayload(value, upTo),
  };
}

const contract = { 'x-contract': { classification: 'internal' } };
const confidential = { type: 'string', 'x-classification': 'confidential' };

describe('redact', () => {
  it('masks fields above the level and keeps the others', async () => {
    const { redactPayload } = await masking({
      ...contract,
      properties: { id: { type: 'string' }, mail: confidential },
    });
    const event = { id: 'o1', mail: 'a@b.c' };
    expect(redactPayload(event, 'internal')).toEqual({ id: 'o1', mail: '[confidential]' });
    expect(redactPayload(event, 'confidential')).toEqual(event);
    expect(redactPayload(event, 'public')).toEqual({ id: '[internal]', mail: '[confidential]' });
    expect(event.mail).toBe('a@b.c');
  });

  it('lets a field state less than its event', async () => {
    const { redactPayload } = await masking({
      ...contract,
      properties: { kind: { type: 'string', 'x-classification': 'public' }, id: { type: 'string' } },
    });
    expect(redactPayload({ kind: 'a', id: 'o1' }, 'public')).toEqual({ kind: 'a', id: '[internal]' });
  });

  it('masks what no schema describes, unless something around it says how sensitive it is', async () => {
    const { redactPayload } = await masking({
      ...contract,
      properties: { notes: { type: 'object', 'x-classification': 'internal' }, other: { type: 'object' } },
    });
    const event = { notes: { a: 1 }, other: { b: 2 }, more: 3 };
    expect(redactPayload(event, 'confidential')).toEqual({
      notes: { a: 1 },
      other: { b: '[unclassified]' },
      more: '[unclassified]',
    });
    expect(redactPayload(event, 'restricted')).toEqual(event);
  });

  it('hides a whole object or list that is above the level', async () => {
    const { redactPayload } = await masking({
      ...contract,
      properties: {
        person: { type: 'object', 'x-classification': 'restricted', properties: { name: { type: 'string' } } },
      },
    });
    expect(redactPayload({ person: { name: 'A' } }, 'internal')).toEqual({ person: '[restricted]' });
  });

  it('finds fields in lists, tuples, records, references and recursion', async () => {
    const { redactPayload } = await masking({
      ...contract,
      $ref: '#/$defs/node',
      $defs: {
        node: {
          type: 'object',
          properties: {
            mail: confidential,
            kids: { type: 'array', items: { $ref: '#/$defs/node' } },
            pair: { type: 'array', prefixItems: [{ type: 'string' }, confidential], items: confidential },
            some: { type: 'array', items: { type: 'string' }, contains: confidential },
            byName: {
              type: 'object',
              patternProperties: { '^x-': confidential },
              additionalProperties: { type: 'string' },
            },
            mails: { type: 'object', propertyNames: confidential, additionalProperties: { type: 'string' } },
          },
        },
      },
    });
    const event = {
      kids: [{ mail: 's', kids: [{ mail: 's' }] }],
      pair: ['ok', 's', 's'],
      some: ['s'],
      byName: { 'x-a': 's', b: 'ok' },
      mails: { s: 'ok' },
    };
    const hidden = '[confidential]';
    expect(redactPayload(event, 'internal')).toEqual({
      kids: [{ mail: hidden, kids: [{ mail: hidden }] }],
      pair: ['ok', hidden, hidden],
      some: [hidden],
      byName: { 'x-a': hidden, b: 'ok' },
      mails: hidden,
    });
  });

  it('is not stalled by the name of a member', async () => {
    const { redactPayload } = await masking({
      ...contract,
      patternProperties: { '^(a+)+$': confidential },
      additionalProperties: { type: 'string' },
    });
    const long = `${'a'.repeat(50_000)}!`;
    expect(redactPayload({ [long]: 'ok', aa: 's' }, 'internal')).toEqual({ [long]: 'ok', aa: '[confidential]' });
  });

  it('takes the highest statement of all branches', async () => {
    const { redactPayload } = await masking({
      ...contract,
      oneOf: [
        { properties: { value: { type: 'string' } } },
        { properties: { value: { type: 'number', 'x-classification': 'restricted' } } },
      ],
      if: { properties: { flag: { const: true } } },
      then: { properties: { note: confidential } },
    });
    expect(redactPayload({ value: 'a', note: 'b', flag: false }, 'internal')).toEqual({
      value: '[restricted]',
      note: '[confidential]',
      flag: false,
    });
  });

  it('reads the envelope by its own statements and the payload by the event’s', async () => {
    const { redact } = await masking({ ...contract, properties: { id: { type: 'string' }, mail: confidential } });
    const event = { type: 'order.placed', actor: { id: 'u1' }, payload: { id: 'o1', mail: 'a@b.c' } };
    expect(redact(event, 'public')).toEqual({
      type: 'order.placed',
      actor: { id: '[confidential]' },
      payload: { id: '[internal]', mail: '[confidential]' },
    });
    expect(redact(event, 'confidential')).toEqual(event);
  });

  it('takes a level the catalog does not know for the highest', async () => {
    const { redactPayload } = await masking({
      ...contract,
      properties: { a: { type: 'string', 'x-classification': 'secret' } },
    });
    expect(redactPayload({ a: 'x' }, 'confidential')).toEqual({ a: '[restricted]' });
  });

  it('refuses a level that is none, and hides what is too deep', async () => {
    const { redactPayload } = await masking({ ...contract, properties: { a: { $ref: '#' } } });
    expect(() => redactPayload({}, 'secret')).toThrow('"secret" is none of public, internal, confidential, restricted');
    let deep: Json = {};
    for (let level = 0; level < 100_000; level++) deep = { a: deep };
    expect(redactPayload(deep, 'internal')).toBe('[too deep]');
  });
});

describe('classification.json', () => {
  const made = (root: Json, dialect: Dialect = '2020-12', bundle: SchemaDocument['bundle'] = new Map()) => {
    const { contract } = readContract(root);
    const document = { root, dialect, bundle };
    const input = { catalog: catalog(), subject: 'order.placed', version: 3, document, contract };
    return JSON.parse(artifact('classification.json', input).text);
  };

  it('lists levels, tags and every statement by its pointer into the event', () => {
    const root = {
      'x-contract': { classification: 'internal' },
      properties: { mail: { ...confidential, 'x-tags': ['pii'] } },
    };
    expect(made(root)).toEqual({
      catalog: 'shop',
      subject: 'order.placed',
      version: 3,
      levels: ['public', 'internal', 'confidential', 'restricted'],
      level: 'confidential',
      unstated: 'internal',
      tags: {},
      fields: {
        '/actor/id': { level: 'confidential' },
        '/payload/mail': { level: 'confidential', tags: ['pii'] },
      },
    });
  });

  it('finds what stands behind references of every kind, in elements, records and other documents', () => {
    const user = { type: 'object', properties: { mail: { ...confidential, 'x-tags': ['pii'] } } };
    const old = { properties: { user: { $ref: '#/$defs/user' } }, $defs: { user } };
    expect(made({ $schema: 'http://json-schema.org/draft-07/schema#', ...old }, 'draft-07').fields).toMatchObject({
      '/payload/user/mail': { level: 'confidential', tags: ['pii'] },
    });
    const other = { root: user, dialect: '2020-12', bundle: new Map() } as const;
    const uri = 'herald://shop/shared.user/1';
    const root = {
      properties: {
        users: { type: 'array', items: { $ref: uri } },
        byName: { additionalProperties: { $ref: '#/components/user' } },
        self: { $ref: '#' },
      },
      components: { user: { allOf: [{ $ref: uri }], properties: { mail: { 'x-classification': 'restricted' } } } },
    };
    const { level, fields } = made(root, '2020-12', new Map([[uri, other]]));
    expect(level).toBe('restricted');
    expect(fields).toMatchObject({
      '/payload/users/*/mail': { level: 'confidential', tags: ['pii'] },
      '/payload/byName/*/mail': { level: 'restricted', tags: ['pii'] },
    });
  });

  it('takes a level the catalog does not know for its highest', () => {
    const { level } = made({ ...contract, properties: { a: { 'x-classification': 'secret' } } });
    expect(level).toBe('restricted');
  });

  it('stays linear where references fan out', () => {
    const names = Array.from({ length: 60 }, (_, at) => `d${at}`);
    const twice = names.map((name, at) => [
      name,
      { properties: { a: { $ref: `#/$defs/d${at + 1}` }, b: { $ref: `#/$defs/d${at + 1}` } } },
    ]);
    const $defs = { ...Object.fromEntries(twice), d60: confidential };
    expect(made({ $ref: '#/$defs/d0', $defs }).level).toBe('confidential');
  });
});
