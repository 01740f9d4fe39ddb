/** Every constraint of a Zod schema is in its document or refused: Zod and a validator of the document say the same of each value. */
import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import * as z3 from 'zod/v3';
import { Fault } from '../errors.ts';
import type { SchemaDocument } from '../schema/document.ts';
import type { Json } from '../schema/json.ts';
import { compileValidator } from '../schema/validator.ts';
import { defineEvent, type EventDefinition } from './define-event.ts';

type Payload = EventDefinition['payload'];

function documentOf(field: z.ZodType | z3.ZodType): SchemaDocument {
  const payload: Payload = field instanceof z3.ZodType ? z3.object({ field }) : z.object({ field });
  const { document: root } = defineEvent({ subject: 'demo.thing.happened.v1', producer: 'demo', payload });
  return { root, dialect: String(root.$schema).includes('draft-07') ? 'draft-07' : '2020-12', bundle: new Map() };
}

const uuid = (version: string) => `5f1cbb0c-6a39-${version}d0c-8a0e-1f0a4f4f2c11`;

const kept: readonly (readonly [string, z.ZodType | z3.ZodType, readonly string[], readonly string[]])[] = [
  ['email of one domain', z.email({ pattern: /^[^@]+@corp\.example$/ }), ['a@corp.example'], ['a@other.example', 'x']],
  ['email', z.email(), ['a@b.example'], ['a', '@']],
  [
    'UUID of any version',
    z.uuid(),
    [uuid('1'), uuid('8'), '00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff'],
    [
      uuid('0'),
      uuid('9'),
      '5f1cbb0c-6a39-4d0c-7a0e-1f0a4f4f2c11',
      `urn:uuid:${uuid('4')}`,
      'ffffffff-ffff-ffff-ffff-fffffffffffe',
      'x',
    ],
  ],
  ['UUID version 4', z.uuidv4(), [uuid('4')], [uuid('7'), 'x']],
  ['UUID version 7', z.uuid({ version: 'v7' }), [uuid('7')], [uuid('4')]],
  [
    'date-time',
    z.iso.datetime(),
    ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.5Z'],
    ['2026-01-01T00:00:00+02:00', '2026-01-01'],
  ],
  ['date-time with offset', z.iso.datetime({ offset: true }), ['2026-01-01T00:00:00+02:00'], ['2026-01-01T00:00:00']],
  [
    'date-time to the millisecond',
    z.iso.datetime({ precision: 3 }),
    ['2026-01-01T00:00:00.123Z'],
    ['2026-01-01T00:00:00Z', '2026-01-01T00:00:00.12Z'],
  ],
  [
    'date-time to the second',
    z.iso.datetime({ precision: 0, offset: true }),
    ['2026-01-01T00:00:00+02:00'],
    ['2026-01-01T00:00:00.1Z'],
  ],
  ['date-time without offset', z.iso.datetime({ local: true }), ['2026-01-01T00:00:00'], ['2026-01-01']],
  ['time of day', z.iso.time(), ['12:00:00', '12:00'], ['12:00:00Z', '25:00']],
  [
    'URL of one host',
    z.url({ hostname: /^example\.com$/ }),
    ['https://example.com/a', 'https://example.com:8080'],
    ['https://example.org/', 'https://example.com.evil.org/'],
  ],
  [
    'URL of one protocol',
    z.url({ protocol: /^https$/ }),
    ['https://a.example/'],
    ['http://a.example/', 'ftp://a.example/'],
  ],
  ['HTTP URL', z.httpUrl(), ['http://a.example/', 'https://a.example/x?y'], ['ftp://a.example/', 'http://localhost/']],
  ['pictographs', z.emoji(), ['🎉', '👍🏽'], ['a', '1', '']],
  ['format by pattern', z.stringFormat('code', /^[A-Z]{3}$/), ['ABC'], ['abc']],
  ['two patterns', z.email().regex(/x$/).regex(/^a/), ['a@b.examplex'], ['b@b.examplex', 'a@b.example']],
  ['Zod 3 time', z3.string().time(), ['12:00:00', '12:00:00.5'], ['12:00:00Z', '25:00:00']],
  ['Zod 3 time to the millisecond', z3.string().time({ precision: 3 }), ['12:00:00.123'], ['12:00:00']],
  ['Zod 3 date-time', z3.string().datetime(), ['2026-01-01T00:00:00Z'], ['2026-01-01T00:00:00+02:00']],
  [
    'Zod 3 date-time without offset',
    z3.string().datetime({ local: true }),
    ['2026-01-01T00:00:00', '2026-01-01T00:00:00Z'],
    ['2026-01-01'],
  ],
  ['Zod 3 base64', z3.string().base64(), ['YWI=', 'YWJj'], ['a', '***']],
  ['Zod 3 CIDR', z3.string().cidr(), ['10.0.0.0/8', '::1/128'], ['10.0.0.0', 'x']],
  ['Zod 3 text from a position on', z3.string().includes('a', { position: 2 }), ['xxa', 'axxa'], ['axx', 'xa']],
];

const refused: readonly (readonly [string, z.ZodType | z3.ZodType, string])[] = [
  ['a JWT', z.jwt(), 'a JWT'],
  ['words for a boolean', z.stringbool(), 'z.boolean()'],
  ['a format in code', z.stringFormat('long', (text) => text.length > 3), 'tested in code'],
  ['a property', z.string().check(z.property('length', z.literal(3))), 'z.property'],
  ['coercion', z.coerce.number(), 'z.coerce'],
  ['a schema behind a pipe', z.string().pipe(z.coerce.number()), '.pipe()'],
  ['part of a host', z.url({ hostname: /example/ }), 'hostname'],
  ['a hostname with flags', z.url({ hostname: /^example\.com$/i }), 'hostname'],
  ['Zod 3 coercion', z3.coerce.date(), 'Date'],
  ['Zod 3 pipe', z3.string().pipe(z3.coerce.number()), '.pipe()'],
  [
    'Zod 3 strict objects',
    z3
      .object({ a: z3.string() })
      .strict()
      .and(z3.object({ b: z3.string() }).strict()),
    'one strict object',
  ],
  ['Zod 3 two formats', z3.string().ip().uuid(), 'two formats'],
];

describe('a constraint of Zod', () => {
  it.each(kept)('is kept: %s', (_, field, accepted, rejected) => {
    const compiled = compileValidator(documentOf(field));
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
    const isValid = (text: Json) => compiled.validator.validate({ field: text }).length === 0;
    expect(accepted.filter((text) => !field.safeParse(text).success || !isValid(text))).toEqual([]);
    expect(rejected.filter((text) => field.safeParse(text).success || isValid(text))).toEqual([]);
  });

  it('is kept: several factors of a number of Zod 3', () => {
    const field = z3.number().multipleOf(2).multipleOf(3);
    const compiled = compileValidator(documentOf(field));
    if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
    expect([2, 3, 6, 12].filter((value) => compiled.validator.validate({ field: value }).length === 0)).toEqual([
      6, 12,
    ]);
  });

  it.each(refused)('is refused with its path and what to write: %s', (_, field, words) => {
    let problems: unknown;
    try {
      documentOf(field);
    } catch (error) {
      if (!(error instanceof Fault)) throw error;
      problems = error.details.problems;
    }
    expect(problems).toEqual([expect.stringMatching(/^payload\/field: .* write /)]);
    expect(String(problems)).toContain(words);
  });
});
