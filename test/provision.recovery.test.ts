/**
 * The four recoveries of the fourth document (§13) on a real JetStream that was provisioned from the catalog: services that lost what they
 * knew read it again, each with its own permissions and nothing made by themselves.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEvents, memoryStore } from '../src/events/index.ts';
import type { JsonObject } from '../src/schema/json.ts';
import { pinnedClient } from './support/events.ts';
import { hasNatsServer } from './support/nats-server.ts';
import { type ProvisionedNats, provisionedNats } from './support/provisioned-nats.ts';

type AnyMap = Record<string, JsonObject>;

const dayMs = 86_400_000;
const start = Date.parse('2023-01-01T00:00:00Z');

describe.skipIf(!hasNatsServer())('recovery', () => {
  let world: ProvisionedNats;
  const closing: { close(): Promise<void> }[] = [];
  beforeAll(async () => {
    world = await provisionedNats('daarion', 'staging');
  }, 60_000);
  afterAll(async () => {
    await Promise.all(closing.map((bus) => bus.close()));
    await world.stop();
  });

  async function eventsOf(service: string, subjects: readonly string[]) {
    const bus = world.busOf(service);
    closing.push(bus);
    const envelope = { actor: { id: service, kind: 'service' } };
    const client = await pinnedClient('daarion', subjects);
    const { processed, keys } = memoryStore();
    const events = createEvents<AnyMap>({ catalog: 'daarion', service, client, bus, envelope });
    return { events, processed, keys };
  }

  it('RWA: a stream of three years from a start time on, each site in its order', async () => {
    const subject = 'rwa.inventory.updated';
    const producer = await eventsOf('rwa', [subject]);
    const sites = ['EU-KYIV-01', 'EU-LVIV-02'];
    const begun: Date[] = [];
    for (const year of [0, 1, 2]) {
      begun.push(new Date());
      const days = Array.from({ length: 365 }, (_, day) => year * 365 + day);
      for (const day of days) {
        const at = { tenant: 't_1', time: new Date(start + day * dayMs) };
        const reading = (site: string) => ({
          inventory_id: `inv_${site}`,
          domain: 'energy',
          site_id: site,
          value: day,
          delta: 1,
          unit: 'kwh',
        });
        await Promise.all(sites.map((site) => producer.events.publish(subject, reading(site), at)));
      }
      // the broker's clock, not the event's, is what a start time is held against
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    const read = async (from: Date | 'earliest') => {
      const { events, processed, keys } = await eventsOf('wallet', [subject]);
      const bySite = new Map<string, number[]>();
      const times: string[] = [];
      const { events: count } = await events
        .consumer('wallet', { processed, keys })
        .on(subject, ({ payload, event }) => {
          const { site_id: site, value } = payload as { readonly site_id: string; readonly value: number };
          bySite.set(site, [...(bySite.get(site) ?? []), value]);
          times.push(String((event as JsonObject).ts));
        })
        .replay({ from });
      return { count, bySite, times: times.sort() };
    };
    const days = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => from + index);
    const all = await read('earliest');
    expect([all.count, all.times[0], all.times.at(-1)]).toEqual([
      2 * 1_095,
      '2023-01-01T00:00:00.000Z',
      new Date(start + 1_094 * dayMs).toISOString(),
    ]);
    const since = await read(begun[1]!);
    expect(since.count).toBe(2 * 730);
    for (const site of sites) expect([site, since.bySite.get(site)]).toEqual([site, days(365, 1_095)]);
  }, 60_000);

  it('usage: counters are counted anew, an increment sent twice once', async () => {
    const subjects = ['usage.agent_run.increment', 'usage.llm.increment', 'usage.embassy.increment'];
    const { events } = await eventsOf('usage', subjects);
    const counted = new Map<string, number>();
    for (let index = 0; index < 300; index += 1) {
      const subject = subjects[index % 3]!;
      const payload = { team_id: `t_${index % 4}`, metric: subject, value: (index % 7) + 1 };
      const id = `usage-${index}`;
      await events.publish(subject, payload, { tenant: payload.team_id, id });
      if (index % 10 === 0) await events.publish(subject, payload, { tenant: payload.team_id, id });
      const key = `${payload.team_id} ${subject}`;
      counted.set(key, (counted.get(key) ?? 0) + payload.value);
    }
    const quota = await eventsOf('quota-service', subjects);
    const rebuilt = new Map<string, number>();
    const consumer = subjects.reduce(
      (group, subject) =>
        group.on(subject, ({ payload }) => {
          const { team_id: team, value } = payload as { readonly team_id: string; readonly value: number };
          rebuilt.set(`${team} ${subject}`, (rebuilt.get(`${team} ${subject}`) ?? 0) + value);
        }),
      quota.events.consumer('quota-service', quota),
    );
    await consumer.replay({ from: 'earliest' });
    expect(Object.fromEntries(rebuilt)).toEqual(Object.fromEntries(counted));
  }, 30_000);

  it('governance: the whole history, in the order in which it was made', async () => {
    const kinds = ['created', 'updated', 'failed'];
    const subjects = kinds.map((kind) => `governance.policy.${kind}`);
    const { events } = await eventsOf('governance-agent', subjects);
    const history: string[] = [];
    for (let index = 0; index < 60; index += 1) {
      const subject = subjects[index < 10 ? 0 : 1 + (index % 2)]!;
      const policy = `gov_${index % 10}`;
      const payload = { policy_id: policy, type: 'plan.entitlement.update', status: `step-${index}` };
      await events.publish(subject, payload, { tenant: 't_1' });
      history.push(`${subject} ${policy} step-${index}`);
    }
    const audit = await eventsOf('audit', subjects);
    const read: string[] = [];
    const consumer = subjects.reduce(
      (group, subject) =>
        group.on(subject, ({ payload }) => {
          const { policy_id: policy, status } = payload as { readonly policy_id: string; readonly status: string };
          read.push(`${subject} ${policy} ${status}`);
        }),
      audit.events.consumer('audit', audit),
    );
    await consumer.replay({ from: 'earliest' });
    expect(read).toEqual(history);
  }, 30_000);

  it('agent runs: statistics per agent are what the runs were', async () => {
    const subjects = ['agent.run.started', 'agent.run.completed'];
    const { events } = await eventsOf('agent-orchestrator', subjects);
    const expected = new Map<string, { runs: number; tokens: number }>();
    for (let index = 0; index < 100; index += 1) {
      const [run, agent] = [`ar_${index}`, `ag_${index % 5}`];
      const started = { agent_run_id: run, agent_id: agent, team_id: 't_1', model: 'm', tools: [], input_summary: '' };
      await events.publish('agent.run.started', started, { tenant: 't_1' });
      const finished = { agent_run_id: run, duration_ms: 10, tokens_used: index, cost_1t: 0.1, output_summary: '' };
      await events.publish('agent.run.completed', finished, { tenant: 't_1' });
      const before = expected.get(agent) ?? { runs: 0, tokens: 0 };
      expected.set(agent, { runs: before.runs + 1, tokens: before.tokens + index });
    }
    const analytics = await eventsOf('analytics', subjects);
    const agents = new Map<string, string>();
    const statistics = new Map<string, { runs: number; tokens: number }>();
    await analytics.events
      .consumer('analytics', analytics)
      .on('agent.run.started', (event) => {
        const payload = event.payload as JsonObject;
        agents.set(String(payload.agent_run_id), String(payload.agent_id));
      })
      .on('agent.run.completed', (event) => {
        const payload = event.payload as JsonObject;
        const agent = agents.get(String(payload.agent_run_id)) ?? 'unknown';
        const before = statistics.get(agent) ?? { runs: 0, tokens: 0 };
        statistics.set(agent, { runs: before.runs + 1, tokens: before.tokens + Number(payload.tokens_used) });
      })
      .replay({ from: 'earliest' });
    expect(Object.fromEntries(statistics)).toEqual(Object.fromEntries(expected));
  }, 30_000);
});
