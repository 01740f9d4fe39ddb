import { describe, expect, it } from 'vitest';
import * as z from 'zod';
import * as mini from 'zod/mini';
import * as z3 from 'zod/v3';
import { Fault } from '../errors.ts';
import { type JsonObject, member } from '../schema/json.ts';
import { defineEvent, type EventDefinition } from './define-event.ts';
import { anyUuid } from './text-patterns.ts';

type Payload = EventDefinition['payload'];

function define(payload: Payload, more: Partial<EventDefinition> = {}) {
  return defineEvent({ subject: 'demo.thing.happened.v1', producer: 'demo', payload, ...more }).document;
}

function problemsOf(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    if (error instanceof Fault && error.code === 'DEFINITION_INVALID') return error.details.problems;
    throw error;
  }
  throw new Error('nothing was refused');
}

describe('a Zod 4 event', () => {
  it('becomes its document: contract beside the schema, metadata kept at every level', () => {
    const made = defineEvent({
      subject: 'parliament.motion.scheduled.v1',
      producer: 'parliamentary-core',
      consumers: ['media', { service: 'ai-agents', reads: ['/title'], note: 'only for divisions' }],
      classification: 'confidential',
      retention: 'P90D',
      orderingKey: '/motionId',
      decision: 'ADR-0012',
      description: 'A motion got its day.',
      payload: z
        .object({
          motionId: z.uuid(),
          title: z.string().min(1).describe('As printed.'),
          proposers: z.array(z.object({ name: z.string().meta({ 'x-tags': ['pii'] }) })).optional(),
        })
        .meta({ 'x-provisional': true }),
    });
    expect(made).toEqual({
      subject: 'parliament.motion.scheduled.v1',
      document: {
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        title: 'parliament.motion.scheduled.v1',
        description: 'A motion got its day.',
        'x-contract': {
          producer: 'parliamentary-core',
          consumers: ['media', { service: 'ai-agents', reads: ['/title'], note: 'only for divisions' }],
          classification: 'confidential',
          retention: 'P90D',
          orderingKey: '/motionId',
          decision: 'ADR-0012',
        },
        'x-provisional': true,
        type: 'object',
        required: ['motionId', 'title'],
        properties: {
          motionId: { type: 'string', format: 'uuid', pattern: anyUuid },
          title: { type: 'string', minLength: 1, description: 'As printed.' },
          proposers: {
            type: 'array',
            items: {
              type: 'object',
              required: ['name'],
              properties: { name: { type: 'string', 'x-tags': ['pii'] } },
            },
          },
        },
      },
    });
  });

  it('states what producers put in: defaulted fields may be missing, unknown ones may be there', () => {
    const made = define(z.object({ kind: z.string().default('plain') }));
    expect(made.required).toBeUndefined();
    expect(made.additionalProperties).toBeUndefined();
  });

  it('does not show which release of Zod it was written with', () => {
    const made = define(
      z.object({
        count: z.int(),
        small: z.int().min(0).max(9),
        mail: z.email(),
        id: z.string().uuid(),
        code: z.email().regex(/^a/),
        rates: z.record(z.string(), z.number()),
        ulid: z.ulid(),
      }),
    );
    expect(made.properties).toEqual({
      count: { type: 'integer' },
      small: { type: 'integer', minimum: 0, maximum: 9 },
      mail: { type: 'string', format: 'email' },
      id: { type: 'string', format: 'uuid', pattern: anyUuid },
      code: { type: 'string', format: 'email', pattern: '^a' },
      rates: { type: 'object', additionalProperties: { type: 'number' } },
      ulid: { type: 'string', format: 'ulid', pattern: z.ulid()._zod.def.pattern?.source },
    });
  });

  it('keeps the root a schema when it has an id, and its recursion', () => {
    interface Node {
      readonly next?: Node | undefined;
    }
    const node: z.ZodType<Node> = z
      .object({
        get next() {
          return node.optional();
        },
      })
      .meta({ id: 'Node' });
    expect(define(node)).toMatchObject({ type: 'object', properties: { next: { $ref: '#' } } });
    expect(define(node).$defs).toBeUndefined();
    const pair = define(z.object({ left: node, right: node }).meta({ id: 'Pair' }));
    expect(pair.$ref).toBeUndefined();
    expect(Object.keys(pair.$defs ?? {})).toEqual(['Node']);
  });

  it('keeps the pattern where JSON Schema has no such format', () => {
    const { when } = define(z.object({ when: z.iso.datetime({ local: true }) })).properties as Record<
      string,
      JsonObject
    >;
    expect(when?.format).toBeUndefined();
    expect(when?.pattern).toBe(z.iso.datetime({ local: true })._zod.def.pattern?.source);
  });

  it('is converted by its own copy of Zod', () => {
    const payload = z.object({});
    Object.defineProperty(payload, 'toJSONSchema', { value: () => ({ type: 'object', 'x-made-by': 'its own copy' }) });
    expect(define(payload)['x-made-by']).toBe('its own copy');
  });

  it('may be written with zod/mini', () => {
    expect(define(mini.object({ id: mini.uuid() })).properties).toEqual({
      id: { type: 'string', format: 'uuid', pattern: anyUuid },
    });
  });

  it('refuses a member it does not know', () => {
    expect(() => define(z.object({}), { titel: 'A thing' } as object)).toThrow(
      /titel: is no member of an event; there are subject, /,
    );
  });

  it('takes keywords for its fields beside the schema', () => {
    const made = define(z.object({ user: z.object({ mail: z.email() }) }), {
      fields: { '/user/mail': { 'x-tags': ['pii'] } },
    });
    expect(made.properties).toMatchObject({ user: { properties: { mail: { format: 'email', 'x-tags': ['pii'] } } } });
  });
});

describe('a Zod 3 event', () => {
  it('becomes a draft-07 document, open where Zod strips', () => {
    const made = define(
      z3.z.object({ id: z3.z.string().uuid(), when: z3.z.string().datetime().optional(), n: z3.z.number().int() }),
      { fields: { '/id': { 'x-tags': ['pii'] } } },
    );
    expect(made).toEqual({
      $schema: 'http://json-schema.org/draft-07/schema#',
      title: 'demo.thing.happened.v1',
      'x-contract': { producer: 'demo' },
      type: 'object',
      required: ['id', 'n'],
      properties: {
        id: { type: 'string', format: 'uuid', 'x-tags': ['pii'] },
        when: { type: 'string', format: 'date-time', pattern: 'Z$' },
        n: { type: 'integer' },
      },
    });
  });

  it('is closed where Zod is strict', () => {
    expect(define(z3.z.object({ id: z3.z.string() }).strict()).additionalProperties).toBe(false);
  });
});

describe('what JSON Schema cannot say', () => {
  const four: Readonly<Record<string, [Payload, string]>> = {
    date: [z.object({ lines: z.array(z.object({ when: z.date() })) }), 'payload/lines/0/when: a Date'],
    bigint: [z.object({ n: z.bigint().optional() }), 'payload/n: a bigint'],
    map: [z.object({ m: z.map(z.string(), z.number()) }), 'payload/m: a Map'],
    'a refinement': [z.object({ a: z.string() }).refine((value) => value.a !== ''), 'payload: a refinement'],
    'a refined field': [z.object({ a: z.string().refine((value) => value !== '') }), 'payload/a: a refinement'],
    trim: [z.object({ a: z.string().trim() }), 'payload/a: a rewriting'],
    flags: [z.object({ a: z.string().regex(/^a/i) }), 'payload/a: a regular expression with flags'],
    preprocess: [z.object({ a: z.preprocess(String, z.string()) }), 'payload/a: a transformation'],
    catch: [z.object({ a: z.string().catch('') }), 'payload/a: .catch()'],
    'a class': [z.object({ a: z.instanceof(URL) }), 'payload/a: a check in code'],
    'a record of dates': [z.object({ a: z.record(z.string(), z.date()) }), 'payload/a/*: a Date'],
    'a union member': [z.object({ a: z.union([z.string(), z.date()]) }), 'payload/a: a Date'],
    'a tuple member': [z.object({ a: z.tuple([z.string(), z.date()]) }), 'payload/a/1: a Date'],
    'behind a getter': [z.object({ a: z.lazy(() => z.date()) }), 'payload/a: a Date'],
  };
  const three: typeof four = {
    date: [z3.z.object({ lines: z3.z.array(z3.z.object({ when: z3.z.date() })) }), 'payload/lines/0/when: a Date'],
    bigint: [z3.z.object({ n: z3.z.bigint().optional() }), 'payload/n: a bigint'],
    refinement: [z3.z.object({ a: z3.z.string().refine((value) => value !== '') }), 'payload/a: a refinement'],
    preprocess: [z3.z.object({ a: z3.z.preprocess(String, z3.z.string()) }), 'payload/a: a transformation'],
    trim: [z3.z.object({ a: z3.z.string().trim() }), 'payload/a: a rewriting'],
    flags: [z3.z.object({ a: z3.z.string().regex(/^a/i) }), 'payload/a: a regular expression with flags'],
    'a union member': [
      z3.z.discriminatedUnion('k', [z3.z.object({ k: z3.z.literal('a'), d: z3.z.date() })]),
      'payload/d: a Date',
    ],
  };
  for (const [major, cases] of Object.entries({ 4: four, 3: three }))
    for (const [name, [payload, problem]] of Object.entries(cases))
      it(`is refused with its path and what to write instead: ${name} in Zod ${major}`, () => {
        const problems = problemsOf(() => define(payload));
        expect(problems).toEqual([expect.stringMatching(/ has no JSON Schema; write .+\.$/)]);
        expect((problems as string[])[0]).toContain(problem);
      });

  it('is listed all at once', () => {
    expect(problemsOf(() => define(z.object({ a: z.date(), b: z.bigint() })))).toHaveLength(2);
  });

  it('does not include what a transform makes of the wire form', () => {
    expect(define(z.object({ a: z.string().transform(Number) })).properties).toEqual({ a: { type: 'string' } });
    expect(define(z3.z.object({ a: z3.z.string().transform(Number) })).properties).toEqual({ a: { type: 'string' } });
  });
});

describe('a definition', () => {
  it('is refused when its payload is no Zod schema', () => {
    const notZod: Payload = JSON.parse('{"type":"object"}');
    expect(problemsOf(() => define(notZod))).toEqual([expect.stringContaining('is no Zod schema')]);
  });

  it('is refused when its contract does not fit, naming the member', () => {
    expect(problemsOf(() => define(z.object({}), { orderingKey: 'motionId' }))).toEqual([
      'orderingKey: is not a JSON Pointer',
    ]);
  });

  it('is refused when it annotates a field the payload does not have', () => {
    expect(problemsOf(() => define(z.object({}), { fields: { '/a': {} } }))).toEqual([
      'fields: the payload has no field /a.',
    ]);
  });
});

describe('a copy of Zod that keeps metadata to itself', () => {
  // as in Zod 4.0: .meta() reads a registry of that copy, and schemas have no toJSONSchema of their own
  const foreign = () => {
    const field = z.string();
    const bare = z.object({ name: field });
    Object.defineProperty(field, 'meta', { value: () => ({ 'x-tags': ['pii'] }) });
    Object.defineProperty(bare, 'toJSONSchema', { value: undefined });
    return bare;
  };

  it('is found out instead of losing classifications silently', () => {
    expect(problemsOf(() => define(foreign()))).toEqual([expect.stringContaining('x-tags would be lost')]);
  });

  it('is served by its own toJSONSchema when that is given', () => {
    const toJSONSchema = (schema: z.ZodType, params: Parameters<typeof z.toJSONSchema>[1]) =>
      z.toJSONSchema(schema, {
        ...params,
        override: (given) => {
          if (given.zodSchema._zod.def.type === 'string') given.jsonSchema['x-tags'] = ['pii'];
          params?.override?.(given);
        },
      });
    const made = define(foreign(), { toJSONSchema });
    expect(member(made, 'properties')).toEqual({ name: { type: 'string', 'x-tags': ['pii'] } });
  });
});
