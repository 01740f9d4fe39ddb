/**
 * The alerts and the dashboard on a real Prometheus that scrapes a service at work: every panel's question is answered with data, each
 * choice of the dashboard has values, and every rule is evaluated.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import type { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sqlStore } from '../src/events/index.ts';
import { alertRules, alertsFile } from '../src/provision/alerts.ts';
import { dashboard } from '../src/provision/dashboard.ts';
import type { JsonObject } from '../src/schema/json.ts';
import { countedGroups } from './support/counted-groups.ts';
import { created, until } from './support/events.ts';
import { freePort } from './support/nats-server.ts';
import { hasPrometheus, prometheus } from './support/prometheus.ts';

interface Dashboard {
  readonly templating: { readonly list: readonly { name: string; type: string; query: string }[] };
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly datasource: { readonly uid: string };
    readonly targets: readonly { readonly refId: string; readonly expr: string; readonly legendFormat: string }[];
  }[];
}

describe.skipIf(!hasPrometheus())('Prometheus, which scrapes a service at work,', () => {
  const folder = mkdtempSync(join(tmpdir(), 'herald-prometheus-'));
  const made = JSON.parse(dashboard(['choice-sherpa'])) as Dashboard;
  let register: Registry;
  let scraped: Server;
  let child: ChildProcess;
  let api: string;
  let close: () => Promise<unknown>;

  beforeAll(async () => {
    close = await work();
    scraped = createServer(async (_, response) => response.end(await register.metrics()));
    await new Promise<void>((resolve) => scraped.listen(0, '127.0.0.1', resolve));
    const port = await freePort();
    api = `http://127.0.0.1:${port}/api/v1`;
    writeFileSync(join(folder, 'rules.yml'), alertsFile(['choice-sherpa']));
    const target = `127.0.0.1:${(scraped.address() as AddressInfo).port}`;
    writeFileSync(
      join(folder, 'prometheus.yml'),
      `global: { scrape_interval: 1s, evaluation_interval: 1s }
rule_files: [rules.yml]
scrape_configs: [{ job_name: shop, static_configs: [{ targets: ["${target}"] }] }]
`,
    );
    const args = [`--config.file=${join(folder, 'prometheus.yml')}`, `--storage.tsdb.path=${join(folder, 'data')}`];
    child = spawn(prometheus, [...args, `--web.listen-address=127.0.0.1:${port}`], { stdio: 'ignore' });
    await until('a scrape', async () => (await asked('query', { query: 'up == 1' })).length > 0, 30_000);
  }, 60_000);

  afterAll(async () => {
    await close?.();
    await new Promise<void>((resolve) => {
      child.once('exit', () => resolve());
      child.kill('SIGKILL');
    });
    scraped.close();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Two groups that read all that is published: one that handles it, one that never does. */
  async function work(): Promise<() => Promise<unknown>> {
    const db = await PGlite.create();
    const store = sqlStore(db, { schema: 'events' });
    await store.migrate();
    const groups = await countedGroups(store);
    const { producer, bus } = groups;
    register = groups.register;
    await producer.transaction((tx) => producer.add(tx, 'session.created', created('waiting')));
    const publishing = setInterval(() => {
      void producer.publish('session.created', created('s')).then(({ id }) => bus.redeliver(id));
    }, 200);
    return async () => {
      clearInterval(publishing);
      await groups.close();
      await db.close();
    };
  }

  async function asked(
    path: string,
    parameters: Readonly<Record<string, string>> = {},
  ): Promise<readonly JsonObject[]> {
    const answer = await fetch(`${api}/${path}?${new URLSearchParams(parameters)}`).catch(() => undefined);
    // it listens before it is ready, and says so in plain text
    if (answer === undefined || answer.status === 503) return [];
    const { data, error } = (await answer.json()) as {
      data?: { result?: JsonObject[] } | JsonObject[];
      error?: string;
    };
    if (error !== undefined) throw new Error(`${path} ${JSON.stringify(parameters)}: ${error}`);
    return Array.isArray(data) ? data : (data?.result ?? []);
  }

  /** As Grafana asks where everything is chosen. */
  const query = async (expr: string) =>
    (await asked('query', { query: expr.replaceAll(/\$(group|type)/g, '.*') })).map((row) => ({
      labels: row.metric as JsonObject,
      value: Number((row.value as readonly string[])[1]),
    }));

  it.each(made.panels.flatMap(({ title, targets }) => targets.map((target) => [title, target] as const)))(
    '%s has data',
    async (_, { expr, legendFormat }) => {
      await until('values', async () => (await query(expr)).some(({ value }) => Number.isFinite(value)), 30_000);
      // what the legend names is among the labels
      const [first] = await query(expr);
      for (const [, label = ''] of legendFormat.matchAll(/\{\{(\w+)\}\}/g)) expect(first?.labels).toHaveProperty(label);
    },
    40_000,
  );

  it('shows a group of whose attempts none succeeds as failing wholly', async () => {
    const { targets } = made.panels.find(({ title }) => title === 'Failed attempts')!;
    const failing = async () => (await query(targets[0]!.expr)).find(({ labels }) => labels.group === 'bad')?.value;
    await until('the share', async () => (await failing()) === 1, 30_000);
  }, 40_000);

  it('offers every group and type to choose from, those that only fail among them', async () => {
    const values = async (name: string) => {
      const stated = made.templating.list.find((one) => one.name === name)?.query ?? '';
      const [, match = '', label = ''] = /^label_values\((.*), (\w+)\)$/.exec(stated) ?? [];
      return asked(`label/${label}/values`, { 'match[]': match });
    };
    await until('both groups', async () => (await values('group')).length === 2, 30_000);
    expect(await values('group')).toEqual(['bad', 'good']);
    expect(await values('type')).toEqual(['session.created']);
  }, 40_000);

  it('every panel names a data source and choices that the dashboard has', () => {
    const names = made.templating.list.map(({ name }) => name);
    for (const { datasource, targets } of made.panels) {
      expect(names).toContain(datasource.uid.replace('$', ''));
      expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length);
      for (const { expr } of targets)
        for (const [, name = ''] of expr.matchAll(/\$(\w+)/g)) expect(names).toContain(name);
    }
    expect(new Set(made.panels.map(({ id }) => id)).size).toBe(made.panels.length);
  });

  it('evaluates every rule, and the group that fails is seen', async () => {
    const rules = async () => {
      const answer = (await (await fetch(`${api}/rules`)).json()) as {
        data: { groups: { rules: { name: string; health: string; state: string }[] }[] };
      };
      return answer.data.groups.flatMap((group) => group.rules);
    };
    await until('evaluation', async () => (await rules()).every(({ health }) => health === 'ok'), 30_000);
    expect((await rules()).map(({ name }) => name).sort()).toEqual(alertRules.map(({ alert }) => alert).sort());
    const state = async (name: string) => (await rules()).find((rule) => rule.name === name)?.state;
    await until('the failures', async () => (await state('DeliveryFailuresHigh')) === 'pending', 30_000);
    await until('what is set aside', async () => (await state('EventsParked')) === 'firing', 30_000);
  }, 60_000);
});
