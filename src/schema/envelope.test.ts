import { describe, expect, it } from 'vitest';
import { type Catalog, readCatalog } from './catalog.ts';
import { fieldAt, splitEvent, wireName, wrapEvent } from './envelope.ts';
import type { Json } from './json.ts';

function catalog(names: 'required' | 'optional' | 'none', envelope: Json): Catalog {
  const read = readCatalog({
    name: 'demo',
    title: 'Demo',
    names: {
      segments: [
        { name: 'entity', style: 'lower' },
        { name: 'action', style: 'lower' },
      ],
      major: names,
    },
    envelope,
    classification: { levels: ['public'] },
  });
  if (!read.ok) throw new Error(JSON.stringify(read.problems));
  return read.catalog;
}

const versioned: Json = {
  schema: {
    type: 'object',
    required: ['name', 'version', 'at', 'who', 'payload'],
    properties: {
      name: { type: 'string' },
      version: { type: 'integer' },
      area: { type: 'string' },
      at: { $ref: '#/$defs/instant' },
      who: {
        type: 'object',
        required: ['id'],
        properties: { id: { type: 'string', examples: ['u_1'] }, kind: { enum: ['user', 'agent'] } },
      },
      payload: {},
    },
    $defs: { instant: { type: 'string', format: 'date-time' } },
  },
  at: { type: '/name', version: '/version', domain: '/area', time: '/at', producer: '/who/id', payload: '/payload' },
};

const typed: Json = {
  schema: { type: 'object', properties: { kind: { type: 'string' }, data: {} } },
  at: { type: '/kind', payload: '/data' },
};

function subjectsOf(rules: Catalog, event: Json, transportName?: string): readonly string[] | string {
  const split = splitEvent(rules, event, transportName === undefined ? {} : { transportName });
  return split.ok ? split.event.subjects : `${split.problem.rule} ${split.problem.pointer}`;
}

describe('the subject of an event', () => {
  const optional = catalog('optional', versioned);

  it('is the bare name for line 1 and carries the version as its suffix from line 2 on', () => {
    expect(subjectsOf(optional, { name: 'cycle.closed', version: 1, payload: {} })).toEqual([
      'cycle.closed',
      'cycle.closed.v1',
    ]);
    expect(subjectsOf(optional, { name: 'cycle.closed', version: 2, payload: {} })).toEqual(['cycle.closed.v2']);
    expect(subjectsOf(optional, { name: 'cycle.closed', version: '3.1.0', payload: {} })).toEqual(['cycle.closed.v3']);
  });

  it('follows the suffix of the type where it has one', () => {
    const required = catalog('required', typed);
    expect(subjectsOf(required, { kind: 'cycle.closed.v2', data: {} })).toEqual(['cycle.closed.v2']);
    expect(subjectsOf(required, { kind: 'cycle.closed.v1', data: {} })).toEqual(['cycle.closed.v1', 'cycle.closed']);
    expect(subjectsOf(required, { kind: 'cycle.closed', data: {} })).toEqual(['cycle.closed.v1', 'cycle.closed']);
  });

  it('is what a contract says its wire name is, first of all', () => {
    const split = splitEvent(
      catalog('none', typed),
      { kind: 'CycleClosed', data: {} },
      { wireTypes: new Map([['CycleClosed', ['cycle.closed']]]) },
    );
    expect(split.ok && split.event.subjects).toEqual(['cycle.closed', 'CycleClosed']);
  });

  it('comes from the transport where the envelope has no type', () => {
    const untyped = catalog('none', { schema: { type: 'object' }, at: { payload: '/data' } });
    expect(subjectsOf(untyped, { data: {} }, 'cycle.closed')).toEqual(['cycle.closed']);
    expect(subjectsOf(untyped, { data: {} })).toBe('EVENT_UNROUTABLE ');
  });

  it('is unknown when type, version or payload are missing or no such thing', () => {
    expect(subjectsOf(optional, { version: 1, payload: {} })).toBe('EVENT_UNROUTABLE /name');
    expect(subjectsOf(optional, { name: 'not a name', version: 1, payload: {} })).toBe('EVENT_UNROUTABLE /name');
    expect(subjectsOf(optional, { name: 'cycle.closed', version: 'next', payload: {} })).toBe(
      'EVENT_UNROUTABLE /version',
    );
    expect(subjectsOf(optional, { name: 'cycle.closed', version: 1 })).toBe('EVENT_UNROUTABLE /payload');
    expect(subjectsOf(optional, 'cycle.closed')).toBe('EVENT_UNROUTABLE ');
  });
});

describe('an example event', () => {
  it('has what the envelope requires, the subject and the payload in their places', () => {
    expect(wrapEvent(catalog('optional', versioned), 'cycle.closed.v2', { a: 1 }, { producer: 'planner' })).toEqual({
      name: 'cycle.closed',
      version: 2,
      area: 'cycle',
      at: '2026-01-01T00:00:00Z',
      who: { id: 'planner' },
      payload: { a: 1 },
    });
  });

  it('splits back into its subject and payload', () => {
    for (const rules of [
      catalog('optional', versioned),
      catalog('required', typed),
      catalog('none', 'cloudevents-1.0'),
    ])
      for (const subject of ['cycle.closed.v1', 'cycle.closed.v7']) {
        const split = splitEvent(rules, wrapEvent(rules, subject, { deep: [1] }));
        expect(split.ok && split.event.subjects).toContain(subject);
        expect(split.ok && split.event.payload).toEqual({ deep: [1] });
      }
  });

  it('uses the wire name of the contract', () => {
    const rules = catalog('none', 'cloudevents-1.0');
    expect(wireName(rules, 'cycle.closed', { type: 'CycleClosed' })).toEqual({ type: 'CycleClosed', line: 1 });
    expect(wrapEvent(rules, 'cycle.closed', 1, { type: 'CycleClosed' })).toMatchObject({
      specversion: '1.0',
      type: 'CycleClosed',
      data: 1,
    });
  });
});

describe('a field of the envelope', () => {
  const { schema } = versioned as { schema: Record<string, Json> };

  it('is found through properties and local references, with whether every event has it', () => {
    expect(fieldAt(schema, '/at')).toMatchObject({ pointer: '/$defs/instant', required: true });
    expect(fieldAt(schema, '/who/id')).toMatchObject({ pointer: '/properties/who/properties/id', required: true });
    expect(fieldAt(schema, '/who/kind')).toMatchObject({ required: false });
    expect(fieldAt(schema, '/who/toString')).toBeUndefined();
  });

  it('is not found behind a reference that leads back to itself', () => {
    expect(fieldAt({ $ref: '#/$defs/a', $defs: { a: { $ref: '#' } } }, '/x')).toBeUndefined();
  });
});
