/** Who may publish and receive what: asked over HTTP, exported to brokers, and held to by a real nats-server where there is one. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../src/schema/json.ts';
import { expectStatus, loadCatalog, readSchema, type TestRegistry, testRegistry } from './support/registry.ts';

let registry: TestRegistry;
beforeAll(async () => {
  registry = await testRegistry();
  await loadCatalog(registry, 'daarion');
  await loadCatalog(registry, 'eventing-model', (subject) => subject === 'chat.message.created');
}, 300_000);
afterAll(() => registry.close());

async function ask(service: string, action: string, subject: string, catalog?: string) {
  const query = new URLSearchParams({ service, action, subject, ...(catalog !== undefined && { catalog }) });
  const { json } = await expectStatus(registry.ask('GET', `/v1/access?${query}`), 200);
  return [json.allowed, ...(json.because as string[])];
}

describe('access', () => {
  /** The document's §12, and what follows from its §10. */
  it.each<[string, string, string, boolean, string]>([
    ['agent-orchestrator', 'publish', 'agent.run.started', true, 'agent-orchestrator is the producer.'],
    ['agent-orchestrator', 'subscribe', 'usage.agent_run.increment', true, '"usage.agent_run.*" permits'],
    ['agent-orchestrator', 'subscribe', 'wallet.tx.sent', false, '"wallet.>" is denied to agent-orchestrator.'],
    ['agent-orchestrator', 'publish', 'usage.agent_run.increment', false, 'may publish agent.run.* only'],
    ['embassy', 'publish', 'embassy.energy.update', true, 'embassy is the producer.'],
    ['embassy', 'publish', 'wallet.tx.sent', false, '"wallet.>" is denied to embassy.'],
    ['wallet', 'publish', 'payout.generated', false, 'The producer of "payout.generated" is payout.'],
    ['usage', 'subscribe', 'wallet.tx.sent', true, 'usage is a declared consumer.'],
    ['dashboard', 'subscribe', 'wallet.tx.sent', false, 'dashboard is no declared consumer of "wallet.tx.sent".'],
    ['nobody', 'subscribe', 'wallet.tx.sent', false, 'knows no service "nobody"'],
    ["x'; drop table subjects; --", 'publish', 'wallet.tx.sent', false, 'knows no service'],
  ])('of %s to %s %s is %s', async (service, action, subject, allowed, because) => {
    const [answer, ...reasons] = await ask(service, action, subject);
    expect([answer, reasons.join('\n')]).toEqual([allowed, expect.stringContaining(because)]);
  });

  it('names every reason against it at once', async () => {
    expect(await ask('embassy', 'publish', 'wallet.tx.sent')).toEqual([
      false,
      '"wallet.>" is denied to embassy.',
      'embassy may publish embassy.> only.',
      'The producer of "wallet.tx.sent" is wallet.',
    ]);
  });

  it('wants a catalog where several have the subject, and says which', async () => {
    const at = '/v1/access?service=chat&action=publish&subject=chat.message.created';
    const unclear = await registry.ask('GET', at);
    expect([unclear.code, unclear.text]).toEqual([
      'PARAMETER_INVALID',
      expect.stringContaining('daarion, eventing-model'),
    ]);
    expect(await ask('chat', 'publish', 'chat.message.created', 'daarion')).toEqual([
      true,
      'chat is the producer.',
      'chat owns the domain.',
    ]);
    expect((await registry.ask('GET', at.replace('message.created', 'nothing'))).code).toBe('SUBJECT_NOT_FOUND');
    expect((await registry.ask('GET', `${at}&catalog=nowhere`)).code).toBe('CATALOG_NOT_FOUND');
    expect((await ask('chat', 'publish', 'chat.nothing', 'daarion'))[0]).toBe(false);
  });

  it('follows clearance: of what is declared, and of what becomes more sensitive later', async () => {
    const rules = readSchema('daarion', 'catalog.json');
    const services = rules.services as JsonObject;
    const cleared = {
      ...rules,
      services: { ...services, dashboard: { title: 'dashboard', clearance: 'internal' } },
    };
    await expectStatus(registry.ask('PUT', '/v1/catalogs/daarion', { body: cleared }), 200);
    const consumer = (subject: string) => `/v1/catalogs/daarion/subjects/${subject}/consumers/dashboard`;
    const refused = await registry.ask('PUT', consumer('wallet.tx.sent'), { body: {} });
    expect([refused.code, refused.text]).toEqual(['FORBIDDEN', expect.stringContaining('cleared up to')]);
    await expectStatus(registry.ask('PUT', consumer('project.created'), { body: {} }), 200);
    expect(await ask('dashboard', 'subscribe', 'project.created')).toEqual([true, 'dashboard is a declared consumer.']);

    const project = readSchema('daarion', 'project.created.json');
    const contract = project['x-contract'] as JsonObject;
    const versions = '/v1/catalogs/daarion/subjects/project.created/versions';
    const stated = {
      ...project,
      'x-contract': { ...contract, classification: 'restricted', consumers: ['dashboard'] },
    };
    const above = await registry.ask('POST', versions, { body: stated });
    expect([above.code, above.text]).toEqual(['POLICY_REFUSED', expect.stringContaining('consumers-cleared')]);
    // whoever declared itself is held to its clearance too, until it withdraws that
    const raised = { ...stated, 'x-contract': { ...contract, classification: 'restricted', consumers: [] } };
    const declared = await registry.ask('POST', versions, { body: raised });
    expect([declared.code, declared.text]).toEqual([
      'POLICY_REFUSED',
      expect.stringContaining('declared that it consumes'),
    ]);
    await expectStatus(registry.ask('DELETE', consumer('project.created')), 204);
    await expectStatus(registry.ask('POST', versions, { body: raised }), 201);
    expect(await ask('dashboard', 'subscribe', 'project.created')).toContain(
      'dashboard is cleared up to internal; "project.created" is restricted.',
    );
  });
});

const hasNats = spawnSync('nats-server', ['-v']).status === 0;

describe('the export', () => {
  const exported = async (format: string) =>
    (await expectStatus(registry.ask('GET', `/v1/catalogs/daarion/access?format=${format}`), 200)).text;

  it('says of a service and every subject what a question says', async () => {
    const { json } = await registry.ask('GET', '/v1/catalogs/daarion/access');
    const services = json.services as { service: string; publish: string[]; subscribe: string[] }[];
    const subjects = (await registry.deps.store.currentDocuments('daarion')).map(({ subject }) => subject);
    for (const { service, publish, subscribe } of services.filter(({ service }) => service === 'usage'))
      for (const subject of subjects) {
        expect([service, subject, (await ask(service, 'publish', subject, 'daarion'))[0]]).toEqual([
          service,
          subject,
          publish.includes(subject),
        ]);
        expect((await ask(service, 'subscribe', subject, 'daarion'))[0]).toBe(subscribe.includes(subject));
      }
  }, 300_000);

  it('as Kafka commands is a script that a shell reads, whatever services are called', async () => {
    const rules = readSchema('daarion', 'catalog.json');
    const odd = `it's "$(touch /tmp/herald-pwned)"`;
    const services = { ...(rules.services as JsonObject), [odd]: { title: 'Odd', subscribe: ['agent.run.*'] } };
    await expectStatus(registry.ask('PUT', '/v1/catalogs/daarion', { body: { ...rules, services } }), 200);
    const script = await exported('kafka');
    const run = spawnSync('sh', ['-s'], {
      input: `kafka_acls() { for part in "$@"; do printf '%s|' "$part"; done; echo; }\n${script.replaceAll('kafka-acls.sh', 'kafka_acls')}`,
      env: { KAFKA_BOOTSTRAP: 'broker:9092', PATH: process.env.PATH },
      encoding: 'utf8',
    });
    expect(run.stderr).toBe('');
    const lines = run.stdout.split('\n');
    const start = '--bootstrap-server|broker:9092|--add|';
    expect(lines).toContain(
      `${start}--allow-principal|User:agent-orchestrator|--operation|Write|--operation|Describe|--topic|agent.run.started|`,
    );
    expect(lines).toContain(`${start}--deny-principal|User:embassy|--operation|All|--topic|wallet.tx.sent|`);
    expect(lines).toContain(`${start}--allow-principal|User:${odd}|--operation|Read|--group|${odd}|`);
    expect(lines.filter((line) => line.includes('User:dashboard') && line.includes('Write'))).toEqual([]);
    expect(spawnSync('ls', ['/tmp/herald-pwned']).status).not.toBe(0);
    await expectStatus(registry.ask('PUT', '/v1/catalogs/daarion', { body: rules }), 200);
  });

  it('gives a shared topic only to who may have all that travels there', async () => {
    const rules = readSchema('daarion', 'catalog.json');
    const shared = {
      ...rules,
      transports: { kafka: { topic: 'events.{domain}' }, nats: { subject: 'city.{subject}' } },
    };
    await expectStatus(registry.ask('PUT', '/v1/catalogs/daarion', { body: shared }), 200);
    const kafka = await exported('kafka');
    expect(kafka).toContain("'User:agent-orchestrator' --operation Write --operation Describe --topic 'events.agent'");
    expect(kafka).toContain('# withheld: publish events.rag, where');
    const nats = await exported('nats');
    expect(nats).toContain('"city.agent.run.started"');
    expect(nats).toContain('deny: ["city.wallet.>"]');
    for (const bad of ['events', 'events {domain}', 'a;{subject}', '{name}'])
      expect(
        (
          await registry.ask('PUT', '/v1/catalogs/daarion', {
            body: { ...rules, transports: { kafka: { topic: bad } } },
          })
        ).code,
      ).toBe('CATALOG_INVALID');
    await expectStatus(registry.ask('PUT', '/v1/catalogs/daarion', { body: rules }), 200);
  });

  describe.skipIf(!hasNats)('to a real nats-server', () => {
    const folder = mkdtempSync(join(tmpdir(), 'herald-nats-'));
    let server: ChildProcess | undefined;
    afterAll(() => {
      server?.kill();
      rmSync(folder, { recursive: true, force: true });
    });

    async function configured(): Promise<{ path: string; env: Record<string, string> }> {
      const text = await exported('nats');
      const path = join(folder, 'daarion.conf');
      writeFileSync(path, text);
      const variables = [...text.matchAll(/\$(NATS_PASSWORD_\w+)/g)].map(([, name]) => [name, `secret-of-${name}`]);
      return { path, env: { PATH: process.env.PATH ?? '', ...Object.fromEntries(variables) } };
    }

    it('is a configuration it accepts, and refuses without the passwords', async () => {
      const { path, env } = await configured();
      const checked = spawnSync('nats-server', ['-t', '-c', path], { env, encoding: 'utf8' });
      expect([checked.status, checked.stderr]).toEqual([0, expect.stringContaining('is valid')]);
      const bare = spawnSync('nats-server', ['-t', '-c', path], { env: { PATH: env.PATH ?? '' }, encoding: 'utf8' });
      expect(bare.status).not.toBe(0);
    });

    it('lets services publish and subscribe as they may, and not otherwise', async () => {
      const { path, env } = await configured();
      const port = await freePort();
      server = spawn('nats-server', ['-a', '127.0.0.1', '-p', String(port), '-c', path], { env, stdio: 'ignore' });
      const embassy = await natsClient(port, 'embassy', env);
      const usage = await natsClient(port, 'usage', env);
      const dashboard = await natsClient(port, 'dashboard', env);
      expect(await usage.say('SUB embassy.energy.update 1')).not.toContain('-ERR');
      expect(await embassy.say('PUB embassy.energy.update 2\r\nhi')).not.toContain('-ERR');
      expect(await usage.say()).toContain('MSG embassy.energy.update 1 2\r\nhi');
      expect(await embassy.say('PUB wallet.tx.sent 2\r\nhi')).toMatch(/Permissions Violation for Publish/i);
      expect(await embassy.say('SUB wallet.> 2')).toMatch(/Permissions Violation for Subscription/i);
      expect(await dashboard.say('PUB dashboard.made.up 2\r\nhi')).toMatch(/Permissions Violation for Publish/i);
      expect(await dashboard.say('SUB > 3')).toMatch(/Permissions Violation for Subscription/i);
      for (const client of [embassy, usage, dashboard]) client.close();
    }, 60_000);
  });
});

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

interface NatsClient {
  /** Sends a line of the protocol, if any, and answers what came since the last time, until the server answered a ping. */
  say(line?: string): Promise<string>;
  close(): void;
}

async function natsClient(port: number, user: string, env: Record<string, string>): Promise<NatsClient> {
  const socket = await reached(port);
  let heard = '';
  socket.on('data', (chunk) => {
    heard += chunk;
  });
  const say = async (line?: string): Promise<string> => {
    socket.write(`${line === undefined ? '' : `${line}\r\n`}PING\r\n`);
    while (!heard.includes('PONG\r\n')) await new Promise((resolve) => setTimeout(resolve, 10));
    const said = heard;
    heard = '';
    return said;
  };
  const pass = env[`NATS_PASSWORD_${user.toUpperCase().replaceAll('-', '_')}`];
  const welcome = await say(`CONNECT ${JSON.stringify({ user, pass, verbose: false, pedantic: false })}`);
  if (welcome.includes('-ERR')) throw new Error(welcome);
  return { say, close: () => socket.destroy() };
}

async function reached(port: number, attempts = 100): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  const open = await new Promise<boolean>((resolve) => {
    socket.once('connect', () => resolve(true));
    socket.once('error', () => resolve(false));
  });
  if (open) return socket;
  if (attempts === 0) throw new Error('nats-server does not listen');
  await new Promise((resolve) => setTimeout(resolve, 100));
  return reached(port, attempts - 1);
}
