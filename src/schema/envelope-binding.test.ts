import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Catalog, readCatalog } from './catalog.ts';
import type { Contract } from './contract.ts';
import { wrapEvent } from './envelope.ts';
import { bindingRejections, bindingsOf } from './envelope-binding.ts';
import type { Json, JsonObject } from './json.ts';

function seed(name: string): Catalog {
  const url = new URL(`../../schemas/${name}/catalog.json`, import.meta.url);
  const read = readCatalog(JSON.parse(readFileSync(url, 'utf8')));
  if (!read.ok) throw new Error(name);
  return read.catalog;
}

/** Rules that an event breaks which is right but for `more`. */
function broken(catalog: Catalog, subject: string, contract: Contract, more: JsonObject, payload: Json = {}) {
  const event = { ...(wrapEvent(catalog, subject, payload, contract) as JsonObject), ...more };
  return bindingRejections(bindingsOf(catalog, subject, contract), event).map(({ keyword }) => keyword);
}

const eventing = seed('eventing-model');
const chat: Contract = { producer: 'chat-service', classification: 'confidential' };
const political = seed('political-sphere');
const daarion = seed('daarion');
const patterns = seed('message-patterns');
const workflow = 'workflow.instance.started.v1';

describe('an envelope', () => {
  it.each([
    ['eventing-model', 'chat.message.created', chat],
    ['political-sphere', 'parliament.divisionRecorded.v1', { producer: 'parliamentary-core' }],
    ['daarion', 'agent.run.completed', {}],
    ['message-patterns', workflow, { producer: 'core-services' }],
    ['choice-sherpa', 'session.created', { producer: 'session', classification: 'internal' }],
  ] as const)('as its catalog fills it breaks no rule: %s', (name, subject, contract) => {
    expect(broken(seed(name), subject, contract, {}, { team_id: 't_1', tenantId: 'x' })).toEqual([]);
  });

  it.each([
    ['a foreign producer', eventing, 'chat.message.created', chat, { producer: 'sales-service' }, 'envelope-producer'],
    [
      'a foreign source',
      patterns,
      workflow,
      { producer: 'core-services' },
      { source: 'analytics' },
      'envelope-producer',
    ],
    [
      'a foreign emittedBy',
      political,
      'vote.cast',
      { producer: 'parliamentary-core' },
      { emittedBy: 'media' },
      'envelope-producer',
    ],
    ['another level', eventing, 'chat.message.created', chat, { classification: 'public' }, 'envelope-classification'],
    [
      'the domain’s level too',
      { ...eventing, domains: { chat: { owner: 'chat-service', classification: 'restricted' } } },
      'chat.message.created',
      { producer: 'chat-service' },
      { classification: 'public' },
      'envelope-classification',
    ],
    ['a domain beside the type', daarion, 'agent.run.completed', {}, { domain: 'chat' }, 'envelope-domain'],
    ['another line', daarion, 'agent.run.completed', {}, { version: 2 }, 'envelope-version'],
    ['another line in words', political, 'vote.cast', {}, { schemaVersion: '7.3.0' }, 'envelope-version'],
    ['no line at all', political, 'vote.cast', {}, { schemaVersion: 'banana' }, 'envelope-version'],
    [
      'another spelling of the type',
      daarion,
      'agent.run.completed',
      {},
      { type: 'agent.run.completed.v1' },
      'envelope-type',
    ],
  ] as const)('that carries %s breaks one rule', (_, catalog, subject, contract, more, rule) => {
    expect(broken(catalog, subject, contract, more)).toEqual([rule]);
  });

  it('accepts every spelling of its own line', () => {
    for (const schemaVersion of ['1', 'v1', '1.2', '1.2.3'])
      expect(broken(political, 'vote.cast', {}, { schemaVersion })).toEqual([]);
    expect(broken(political, 'parliament.divisionRecorded.v12', {}, { schemaVersion: '12.0.0' })).toEqual([]);
  });

  it('of one tenant cannot hold a payload of another', () => {
    const meta = { team_id: 't_1', trace_id: 'a', span_id: 'b' };
    expect(broken(daarion, 'agent.run.started', {}, { meta }, { team_id: 't_2' })).toEqual(['envelope-tenant']);
    expect(broken(daarion, 'agent.run.started', {}, { meta }, { team_id: 't_1' })).toEqual([]);
    expect(broken(daarion, 'agent.run.started', {}, { meta }, { other: 't_2' })).toEqual([]);
  });

  it('whose source is a URI may say it as it likes, but not in the name of another service', () => {
    const shop: Catalog = {
      ...eventing,
      envelope: 'cloudevents-1.0',
      services: { orders: {}, 'billing.eu': {} },
      domains: { order: { owner: 'orders' } },
    };
    const sent = (source: string) => broken(shop, 'order.thing.placed', { producer: 'orders' }, { source });
    expect(sent('/services/orders')).toEqual([]);
    expect(sent('https://shop.example/checkout')).toEqual([]);
    expect(sent('/services/billing.eu')).toEqual(['envelope-producer']);
    expect(sent('urn:service:billing.eu')).toEqual(['envelope-producer']);
    expect(sent('/services/billingxeu')).toEqual([]);
  });

  it('is refused by rule and place, never by the value that stands there', () => {
    const event = { ...(wrapEvent(eventing, 'chat.message.created', {}, chat) as JsonObject), producer: 'canary-77' };
    const rejections = bindingRejections(bindingsOf(eventing, 'chat.message.created', chat), event);
    expect(rejections).toEqual([
      {
        instancePointer: '/producer',
        schemaPointer: '',
        keyword: 'envelope-producer',
        params: { expected: 'chat-service' },
      },
    ]);
  });
});
