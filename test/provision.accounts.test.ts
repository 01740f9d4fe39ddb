/** Accounts of one or several catalogs on a real nats-server: as tokens that an operator signs, and in one file of the server. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, credsAuthenticator, nkeys } from '@nats-io/transport-node';
import { afterAll, describe, expect, it } from 'vitest';
import { commands } from '../src/cli/commands/index.ts';
import { run } from '../src/cli/run.ts';
import { accountFile } from '../src/provision/nats/account-file.ts';
import { credentials } from '../src/provision/nats/operator-mode.ts';
import { testIo } from './support/io.ts';
import { mayPublish } from './support/nats-permissions.ts';
import { hasNatsServer, natsServer } from './support/nats-server.ts';

describe.skipIf(!hasNatsServer())('herald provision permissions --jwt', () => {
  const folder = mkdtempSync(join(tmpdir(), 'herald-jwt-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** A catalog with these events of the service orders; their consumer is billing. */
  function write(events: readonly string[], name = 'shop', at = name): void {
    rmSync(join(folder, at), { recursive: true, force: true });
    mkdirSync(join(folder, at));
    const catalog = {
      name,
      title: 'Shop',
      names: { segments: [{ name: 'domain', style: 'any' }], major: 'optional' },
      envelope: 'cloudevents-1.0',
      classification: { levels: ['public'] },
      domains: { order: { owner: 'orders' } },
      services: { orders: {}, billing: {}, mail: {} },
    };
    writeFileSync(join(folder, at, 'catalog.json'), JSON.stringify(catalog));
    for (const subject of events) {
      const contract = { producer: 'orders', consumers: [{ service: 'billing' }] };
      const document = { title: 'T', type: 'object', 'x-contract': contract };
      writeFileSync(join(folder, at, `${subject}.json`), JSON.stringify(document));
    }
  }

  async function permissions(now: number, ...more: readonly string[]) {
    const { io, said } = testIo({ cwd: folder, now: () => now });
    const exit = await run(['provision', 'permissions', '--target', 'nats', ...more], io, commands, '0');
    return { exit, ...said };
  }
  const made = (now: number, ...more: readonly string[]) =>
    permissions(now, '--catalog', 'shop', '--jwt', 'keys', ...more);

  const credsOf = (user: string, catalog = 'shop') =>
    readFileSync(join(folder, 'keys', 'users', catalog, `${user}.creds`));
  const as = (servers: string, creds: Uint8Array, user: string) =>
    connect({ servers, authenticator: credsAuthenticator(creds), inboxPrefix: `_INBOX.${user}`, reconnect: false });
  it('makes keys once and tokens when they change; what said more before is revoked', async () => {
    const now = Date.parse('2026-06-01T12:00:00Z');
    write(['order.placed', 'order.paid']);
    const first = await made(now);
    expect([first.exit, first.err]).toEqual([0, expect.stringContaining('4 users in keys/users')]);
    // seeds are nobody else's, and stand in no output
    const seeds = readdirSync(join(folder, 'keys', 'keys')).map((name) => join(folder, 'keys', 'keys', name));
    expect(seeds.map((path) => basename(path)).sort()).toEqual(['account-shop.nk', 'operator.nk', 'system.nk']);
    for (const path of [...seeds, join(folder, 'keys', 'users', 'shop', 'orders.creds')])
      expect(statSync(path).mode & 0o777).toBe(0o600);
    for (const path of seeds) expect(first.out).not.toContain(readFileSync(path, 'utf8').trim());
    expect((await made(now + 60_000)).out).toBe(first.out);

    const [before, mail] = [credsOf('orders'), credsOf('mail')];
    let server = await natsServer({ config: first.out });
    try {
      const orders = await as(server.url, before, 'orders');
      expect([await mayPublish(orders, 'order.placed'), await mayPublish(orders, 'order.paid')]).toEqual([true, true]);
      expect(await mayPublish(orders, 'wallet.sent')).toBe(false);
      await orders.close();
    } finally {
      await server.stop();
    }

    // within the same second, too
    write(['order.placed']);
    const second = await made(now);
    expect(second.exit).toBe(0);
    expect([credsOf('mail').equals(mail), credsOf('orders').equals(before)]).toEqual([true, false]);
    server = await natsServer({ config: second.out });
    try {
      await expect(as(server.url, before, 'orders')).rejects.toThrow(/authorization/i);
      const orders = await as(server.url, credsOf('orders'), 'orders');
      expect([await mayPublish(orders, 'order.placed'), await mayPublish(orders, 'order.paid')]).toEqual([true, false]);
      await Promise.all([orders.close(), (await as(server.url, mail, 'mail')).close()]);
    } finally {
      await server.stop();
    }
  }, 30_000);

  it('a user who keeps its seed to itself gets a token, and its earlier key is revoked', async () => {
    write(['order.placed']);
    const now = Date.parse('2026-06-02T12:00:00Z');
    await made(now);
    const before = credsOf('orders');
    const own = nkeys.createUser();
    writeFileSync(join(folder, 'public.json'), JSON.stringify({ orders: own.getPublicKey() }));
    const { out } = await made(now, '--keys', 'public.json');
    const jwt = readFileSync(join(folder, 'keys', 'users', 'shop', 'orders.jwt'), 'utf8').trim();
    const server = await natsServer({ config: out });
    try {
      await expect(as(server.url, before, 'orders')).rejects.toThrow(/authorization/i);
      const creds = credentials(jwt, new TextDecoder().decode(own.getSeed()));
      const orders = await as(server.url, new TextEncoder().encode(creds), 'orders');
      expect(await mayPublish(orders, 'order.placed')).toBe(true);
      await orders.close();
    } finally {
      await server.stop();
    }
  }, 30_000);

  describe('of several catalogs', () => {
    const both = ['--catalog', 'shop', '--catalog', 'city'];
    const now = Date.parse('2026-06-03T12:00:00Z');

    it('is one operator with an account for each, and none sees the other, though services have the same names', async () => {
      write(['order.placed']);
      write(['order.shipped'], 'city');
      const alone = await made(now);
      const { exit, out, err } = await permissions(now, ...both, '--jwt', 'keys');
      expect([exit, err]).toEqual([0, expect.stringContaining('8 users in keys/users')]);
      // who was there before has the account that it had
      const [, shop = ''] = alone.out.match(/^ {2}A\w+: \S+$/gm) ?? [];
      expect(out).toContain(shop);
      expect(out.match(/^ {2}A\w+: /gm)).toHaveLength(3);
      const server = await natsServer({ config: out });
      try {
        const connections = await Promise.all(
          ['shop', 'city'].map((catalog) => as(server.url, credsOf('orders', catalog), 'orders')),
        );
        const asked = ['order.placed', 'order.shipped'];
        for (const [index, nc] of connections.entries()) {
          const may = await Promise.all(asked.map((subject) => mayPublish(nc, subject)));
          expect(asked.filter((_, place) => may[place])).toEqual([asked[index]]);
        }
        await Promise.all(connections.map((nc) => nc.close()));
        // each account has streams of its own, provisioned by its own user
        for (const catalog of ['shop', 'city']) {
          const creds = join('keys', 'users', catalog, 'herald.creds');
          const { io, said } = testIo({ cwd: folder });
          const args = ['--target', server.url, '--credentials', creds, '--catalog', catalog];
          expect([await run(['provision', 'apply', ...args], io, commands, '0'), said.err]).toEqual([0, '']);
          const again = testIo({ cwd: folder });
          expect(await run(['provision', 'plan', ...args], again.io, commands, '0')).toBe(0);
        }
      } finally {
        await server.stop();
      }
    }, 30_000);

    it('one that is left out is named, since a server would refuse its users', async () => {
      write(['order.placed']);
      write(['order.shipped'], 'city');
      const whole = await permissions(now, ...both, '--jwt', 'keys');
      expect(whole.err).not.toContain('not in this configuration');
      const part = await made(now);
      expect([part.exit, part.err]).toEqual([0, expect.stringMatching(/^The accounts of city have keys there/m)]);
    });

    it('two that claim one account are refused, and nothing is written', async () => {
      write(['order.placed']);
      write(['order.shipped'], 'shop', 'other');
      const asked = ['--catalog', 'shop', '--catalog', 'other', '--jwt', 'fresh'];
      const { exit, out, err } = await permissions(now, ...asked);
      expect([exit, out]).toEqual([2, '']);
      expect(err).toMatch(/shop\/catalog.json.*other\/catalog.json|other\/catalog.json.*shop\/catalog.json/);
      expect(err).toContain('both define the catalog "shop"');
      expect(readdirSync(folder)).not.toContain('fresh');
      rmSync(join(folder, 'other'), { recursive: true });
    });

    it('in one file of the server are refused where they have users of one name', async () => {
      write(['order.placed']);
      write(['order.shipped'], 'city');
      const { exit, out, err } = await permissions(now, ...both);
      expect([exit, out]).toEqual([2, '']);
      expect(err).toMatch(/would be a user of the accounts (city and shop|shop and city).*--jwt/);
    });
  });

  it('a file that holds no such seed is named, and not shown', async () => {
    write(['order.placed']);
    writeFileSync(join(folder, 'keys', 'keys', 'operator.nk'), 'SUSECRET');
    const { exit, err } = await made(0);
    expect([exit, err]).toEqual([2, expect.stringContaining('keys/operator.nk holds no seed of a NATS operator')]);
    expect(err).not.toContain('SUSECRET');
  });
});

describe.skipIf(!hasNatsServer())('accounts of several catalogs in one file', () => {
  const grant = (service: string, subject: string) => ({
    service,
    inbox: `_INBOX.${service}`,
    publish: [subject],
    subscribe: [`_INBOX.${service}.>`],
    deny: [],
    withheld: [],
  });
  const users = ['orders', 'tram', 'herald-shop', 'herald-city'];
  const passwords = users.map(
    (user) => [`NATS_PASSWORD_${user.toUpperCase().replace('-', '_')}`, `pw-${user}`] as const,
  );

  it('are users of their own account, each with a provisioner', async () => {
    const accounts = [
      { catalog: 'shop', grants: [grant('orders', 'order.placed')] },
      { catalog: 'city', grants: [grant('tram', 'tram.left')] },
    ];
    const server = await natsServer({ config: accountFile(accounts), env: Object.fromEntries(passwords) });
    try {
      for (const [user, own, foreign] of [
        ['orders', 'order.placed', 'tram.left'],
        ['tram', 'tram.left', 'order.placed'],
      ] as const) {
        const nc = await connect({ servers: server.url, user, pass: `pw-${user}`, inboxPrefix: `_INBOX.${user}` });
        expect([await mayPublish(nc, own), await mayPublish(nc, foreign)]).toEqual([true, false]);
        await nc.close();
      }
      for (const catalog of ['shop', 'city']) {
        const user = `herald-${catalog}`;
        const nc = await connect({ servers: server.url, user, pass: `pw-${user}` });
        const jsm = await jetstreamManager(nc);
        await jsm.streams.add({ name: 'OWN', subjects: [`${catalog}.>`] });
        expect((await jsm.getAccountInfo()).streams).toBe(1);
        await nc.close();
      }
    } finally {
      await server.stop();
    }
  });

  it('are known to the server by name alone, so that a name is in one of them', async () => {
    const users = (name: string) => `${name}: { users: [ { user: orders, password: pw } ] }`;
    await expect(natsServer({ config: `accounts: { ${users('A')}, ${users('B')} }` })).rejects.toThrow(
      /duplicate user/i,
    );
    const twice = ['shop', 'city'].map((catalog) => ({ catalog, grants: [grant('orders', 'order.placed')] }));
    expect(() => accountFile(twice)).toThrow(/orders would be a user of the accounts shop and city/);
  });
});
