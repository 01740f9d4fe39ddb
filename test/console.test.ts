/** The console without a browser: every page, what it shows, what it refuses, and that text stays text. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pages } from '../src/console/pages/index.ts';
import { findCandidate } from '../src/registry/governance/candidates.ts';
import { type Browser, type TestConsole, testConsole } from './support/console.ts';
import { expectStatus, loadCatalog } from './support/registry.ts';
import { shop as plainShop } from './support/shop.ts';

let shop: TestConsole;
let browser: Browser;

const event = (change: object = {}, contract: object = {}) => ({
  title: 'Order placed',
  description: 'A customer placed an order.',
  'x-contract': {
    producer: 'order-service',
    consumers: [{ service: 'billing', reads: ['/amount'] }, 'mail'],
    classification: 'internal',
    retention: 'P90D',
    ...contract,
  },
  type: 'object',
  required: ['order_id', 'amount'],
  properties: {
    order_id: { type: 'string', format: 'uuid', description: 'The order.' },
    amount: { type: 'integer', minimum: 0, description: 'Total in cents.' },
    customer: {
      type: 'object',
      description: 'Who ordered.',
      properties: {
        email: {
          type: 'string',
          format: 'email',
          description: 'Where to write to.',
          'x-classification': 'internal',
          'x-tags': ['pii'],
        },
      },
    },
  },
  ...change,
});

const catalog = {
  ...plainShop,
  classification: {
    levels: ['public', 'internal', 'confidential'],
    tags: { pii: { description: 'Identifies a person.' } },
  },
  domains: { order: { owner: 'order-service', classification: 'internal' } },
  services: { 'order-service': { title: 'Orders' }, billing: {}, mail: {} },
};

const register = (subject: string, document: object) =>
  shop.ask('POST', `/v1/catalogs/shop/subjects/${subject}/versions`, {
    body: document as never,
    type: 'application/schema+json',
  });

beforeAll(async () => {
  shop = await testConsole();
  await loadCatalog(shop, 'daarion');
  await expectStatus(shop.ask('PUT', '/v1/catalogs/shop', { body: catalog }), 201);
  await expectStatus(register('order.placed', event()), 201);
  const more = event();
  await expectStatus(
    register(
      'order.placed',
      event({ properties: { ...more.properties, note: { type: 'string', description: 'Free text.' } } }),
    ),
    201,
  );
  await expectStatus(register('order.placed', event({ required: ['order_id', 'amount', 'note'] })), 409);
  browser = shop.browser();
});

afterAll(() => shop.close());

const breaking = () => JSON.stringify(event({ required: ['order_id', 'amount', 'customer'] }));

describe('pages', () => {
  const at = '/catalogs/shop/subjects/order.placed';
  it.each([
    ['/', ['Shop', 'registered', 'as version 2', 'REQUIRED_UNDECLARED_NAME']],
    ['/search?q=email', ['order.placed', '/customer/email']],
    ['/search?q=order+uuid', ['order.placed', '/order_id']],
    ['/search?q=nothing-like-it', ['Nothing is found']],
    ['/catalogs/shop', ['order.placed', 'v2', 'internal', 'pii']],
    ['/catalogs/shop?tag=pii&owner=order-service', ['order.placed']],
    ['/catalogs/shop?stage=retired', ['No event fits']],
    ['/catalogs/shop/rules', ['name-grammar', 'FULL_TRANSITIVE']],
    ['/catalogs/daarion/rules', ['Exceptions']],
    ['/catalogs/shop/matrix', ['billing', '✓']],
    ['/catalogs/shop/map', ['<svg', 'order.placed', 'billing']],
    ['/catalogs/shop/map?service=billing', ['order.placed', 'what it sends and receives']],
    ['/catalogs/shop/data?tag=pii', ['/customer/email', 'billing, mail']],
    [at, ['Total in cents.', 'email', 'v2', 'billing', '/amount', 'Version 2', 'herald pull']],
    [`${at}?version=1`, ['Version 1']],
    [
      `${at}/compare`,
      ['Permanent link', 'compare?from=1&amp;to=2', 'Version 1 → 2', 'PROPERTY_ADDED_OPTIONAL', 'compatible', '/note'],
    ],
    [`${at}/candidate`, ['What registering this schema would say', 'Total in cents.']],
    ['/try', ['Paste', 'payload'].slice(1)],
    ['/deprecations', ['announced', 'None.']],
    ['/proposals', ['Nothing was proposed']],
    ['/governance/waivers', ['No finding is permitted']],
    ['/governance/audit?outcome=refused', ['version.register', 'refused']],
    ['/governance/audit?actor=nobody', ['No row fits']],
    ['/governance/tokens', ['There is no API token']],
    ['/governance/webhooks', ['There is no webhook']],
  ])('%s shows what it is for', async (path, words) => {
    const seen = await browser.get(path);
    expect(seen.status, seen.text.slice(0, 2_000)).toBe(200);
    for (const word of words) expect(seen.text).toContain(word);
    expect(shop.bugs).toEqual([]);
  });

  it('are within 300 KB, also a catalog of forty subjects', async () => {
    for (const path of [
      '/catalogs/daarion',
      '/catalogs/daarion/matrix',
      '/catalogs/daarion/map',
      '/catalogs/daarion/data',
    ])
      expect((await browser.get(path)).text.length).toBeLessThan(300_000);
  });

  it('say what is missing and where to go', async () => {
    const missing = [
      ['/catalogs/none', 'All catalogs'],
      ['/catalogs/shop/subjects/no.such', 'search for a part of it'],
      [`${at}?version=99`, 'lists its versions'],
      ['/proposals/gone', 'may have been removed'],
      [`${at}/deprecation`, 'withdrawn'],
      ['/nowhere', 'There is no such page'],
    ] as const;
    for (const [path, words] of missing) {
      const seen = await browser.get(path);
      expect(seen.status).toBe(404);
      expect(seen.text).toContain(words);
      expect(seen.text, path).toContain(path === '/nowhere' ? 'Search' : 'aria-label="Console"');
    }
  });

  it('allow nothing but files of their own', async () => {
    const { headers } = await browser.get('/');
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("script-src 'self'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(headers.get('cache-control')).toBe('no-store');
    for (const [, file] of (await browser.get('/')).text.matchAll(/(?:href|src)="(\/assets\/[^"]+)"/g)) {
      const asset = await browser.get(file ?? '');
      expect(asset.status).toBe(200);
      expect(asset.headers.get('cache-control')).toContain('immutable');
    }
  });
});

describe('a candidate', () => {
  const at = '/catalogs/shop/subjects/order.placed/candidate';
  it('that breaks is shown with the event that proves it and the fix', async () => {
    const seen = await browser.send(at, { schema: breaking() });
    expect(seen.status).toBe(200);
    expect(seen.text).toContain('It would be refused');
    expect(seen.text).toContain('breaks stored events');
    expect(seen.text).toContain('REQUIRED_ADDED');
    expect(seen.text).toMatch(/class="line marked"/);
    expect(seen.text).toContain('Fix, checked');
    expect(seen.text).toMatch(/class="line gone"/);
    expect(seen.text).toContain('&quot;customer&quot; is missing');
  });

  it('shows each finding behind the line it is about, as a link to it', async () => {
    const seen = await browser.send(at, { schema: breaking() });
    const line =
      /<span class="line[^"]*">[^<]*<a class="note error" href="#(finding-[0-9a-f]{12})">REQUIRED_ADDED/.exec(
        seen.text,
      );
    expect(line?.[0]).toContain('&quot;required&quot;: [');
    expect(seen.text).toContain(`id="${line?.[1]}"`);
    expect(seen.text).toMatch(/<td><code>\/customer<\/code><\/td>.*REQUIRED_ADDED/);
  });

  it('that breaks hundreds of places is shown within 300 KB beside the form', async () => {
    const names = Array.from({ length: 300 }, (_, index) => `field_${index}`);
    const properties = Object.fromEntries(names.map((name) => [name, { type: 'string', description: 'A field.' }]));
    const schema = JSON.stringify(event({ required: names, properties }));
    const seen = await browser.send(at, { schema });
    expect(seen.text).toContain('more, without their proofs');
    expect(seen.text.length - schema.length).toBeLessThan(300_000);
  });

  it('that is no JSON stays in the form', async () => {
    const seen = await browser.send(at, { schema: '{"type": ' });
    expect(seen.status).toBe(200);
    expect(seen.text).toContain('{&quot;type&quot;: ');
    expect(seen.text).toContain('It would be refused');
  });

  it('and names who breaks on which field, and who does not read it', async () => {
    const at = '/v1/catalogs/shop/subjects/order.placed/consumers';
    await expectStatus(shop.ask('PUT', `${at}/search`, { body: { reads: ['/order_id'] } }), 200);
    await expectStatus(shop.ask('PUT', `${at}/ledger`, { body: { reads: ['/amount'], critical: true } }), 200);
    const text = event();
    const { properties } = text;
    const changed = { ...text, properties: { ...properties, amount: { type: 'string', description: 'Total.' } } };
    const seen = await browser.send('/try', {
      catalog: 'shop',
      kind: 'schema',
      subject: 'order.placed',
      text: JSON.stringify(changed),
    });
    expect(seen.text).toContain('Who breaks');
    expect(seen.text).toMatch(/ledger.*incompatible.*<code>\/amount <\/code>.*critical/s);
    expect(seen.text).toContain('; not read by search');
    for (const service of ['search', 'ledger']) await expectStatus(shop.ask('DELETE', `${at}/${service}`), 204);
  });
});

describe('a candidate that is kept', () => {
  const at = '/catalogs/shop/subjects/order.placed/candidate';
  const keep = (schema: string) => browser.send(at, { schema, keep: 'yes' });

  it('has a link that shows it to another reader, the same for the same text', async () => {
    const kept = await keep(breaking());
    expect(kept.status).toBe(303);
    const link = kept.headers.get('location') ?? '';
    expect(link).toMatch(/^\/catalogs\/shop\/subjects\/order\.placed\/candidate\/[0-9a-f]{32}$/);
    const seen = await shop.browser().get(link);
    expect(seen.text).toContain('Kept by local on 2026-06-01');
    expect(seen.text).toContain('until 2026-08-30');
    expect(seen.text).toContain('It would be refused');
    expect(seen.text).toContain('REQUIRED_ADDED');
    expect((await keep(breaking())).headers.get('location')).toBe(link);
    expect((await keep(`${breaking()} `)).headers.get('location')).not.toBe(link);
  });

  it('holds whatever was pasted, text that is no JSON and NUL too', async () => {
    for (const text of ['{"type": \u0000', '<script>']) {
      const seen = await browser.get((await keep(text)).headers.get('location') ?? '');
      expect(seen.status).toBe(200);
      expect(seen.text).toContain('It would be refused');
      expect(seen.text).not.toContain('<script>\n');
    }
    expect(shop.bugs).toEqual([]);
  });

  it('is not stored by a check alone', async () => {
    const seen = await browser.send(at, { schema: '{"title":"only looked at"}' });
    expect(seen.status).toBe(200);
    expect(seen.headers.get('location')).toBeNull();
  });

  it('is gone after ninety days, and under another subject, on a page that says so', async () => {
    const link = (await keep(breaking())).headers.get('location') ?? '';
    const id = link.split('/').at(-1);
    const elsewhere = await browser.get(`/catalogs/daarion/subjects/order.placed/candidate/${id}`);
    expect(elsewhere.status).toBe(404);
    const asked = { catalog: 'shop', subject: 'order.placed', id: 'made-up' };
    await expect(findCandidate(shop.deps, asked)).rejects.toMatchObject({ code: 'CANDIDATE_NOT_FOUND' });
    const then = shop.clock.time;
    shop.clock.time += 90 * 86_400_000;
    expect((await browser.get(link)).status).toBe(200);
    shop.clock.time += 86_400_000;
    const gone = await browser.get(link);
    shop.clock.time = then;
    expect(gone.status).toBe(404);
    expect(gone.text).toContain('removed after 90 days');
    expect(gone.text).toContain('keep it anew');
  });

  it('that is too large stays in the form with the reason', async () => {
    const seen = await keep(`"${'a'.repeat(1_000_000)}"`);
    expect(seen.status).toBe(422);
    expect(seen.text).toContain('at most 1000000 bytes');
    expect(seen.text).toContain('a'.repeat(1_000_000));
  });
});

describe('trying', () => {
  const payload = { order_id: '5f1cbb0c-6a39-4d0c-8a0e-1f0a4f4f2c11', amount: 1 };
  const tried = (fields: Record<string, string>) =>
    browser.send('/try', { catalog: 'shop', kind: 'payload', ...fields });

  it('says of an event whether it is valid, and where it is not', async () => {
    expect((await tried({ subject: 'order.placed', text: JSON.stringify(payload) })).text).toContain(
      'The contract allows it',
    );
    const wrong = await tried({ subject: 'order.placed', text: JSON.stringify({ ...payload, amount: -1 }) });
    expect(wrong.text).toContain('/amount');
    expect(wrong.text).toContain('One place is');
  });

  it('says what is wrong with what was typed, and keeps it', async () => {
    expect((await tried({ subject: 'order.placed', text: '{"a":}' })).text).toContain('This is not JSON');
    expect((await tried({ subject: '', text: '{}' })).text).toContain('Say which subject');
    expect((await tried({ subject: 'no.such', text: '{"kept":1}' })).text).toContain('{&quot;kept&quot;:1}');
    expect((await tried({ catalog: '', subject: 'x', text: '{}' })).text).toContain('Choose a catalog');
  });

  it('says of a schema what registering would', async () => {
    const seen = await tried({ kind: 'schema', subject: 'order.placed', text: breaking() });
    expect(seen.text).toContain('It would be refused');
  });
});

describe('the audit log', () => {
  it('is verified when a steward asks', async () => {
    const seen = await browser.send('/governance/audit', {});
    expect(seen.text).toContain('The chain is whole');
  });
});

describe('behind a proxy that serves it below a path', () => {
  it('every link, form and cookie stays below it', async () => {
    const below = await testConsole({ addressOf: () => ({ base: '/herald', origin: 'https://registry.example' }) });
    await loadCatalog(below, 'message-patterns');
    for (const path of [
      '/',
      '/catalogs/message-patterns',
      '/catalogs/message-patterns/map',
      '/try',
      '/governance/audit',
      '/sign-in',
    ]) {
      const { text } = await below.browser().get(path);
      const links = [...text.matchAll(/(?:href|src|action|hx-get)="([^"]*)"/g)].map(([, to = '']) => to);
      expect(links.length).toBeGreaterThan(3);
      expect(links.filter((to) => !/^(\/herald\/|\/herald$|#|data:)/.test(to))).toEqual([]);
    }
    const { headers } = await below.browser().get('/');
    expect(headers.getSetCookie()[0]).toMatch(/Path=\/herald;.*Secure/i);
    await below.close();
  });
});

describe('forms', () => {
  it('from another page are refused, and so are those without their token', async () => {
    await browser.get('/try');
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const foreign = await shop.pages.request('http://console.example/try', {
      method: 'POST',
      headers: { cookie, origin: 'http://evil.example', 'content-type': 'application/x-www-form-urlencoded' },
      body: 'text=1',
    });
    expect(foreign.status).toBe(403);
    const silent = await shop.pages.request('http://console.example/try', {
      method: 'POST',
      headers: { cookie, 'content-type': 'application/x-www-form-urlencoded' },
      body: 'text=1',
    });
    expect(silent.status).toBe(403);
    expect(await silent.text()).not.toContain('Send what you typed');
  });

  it('from a page of ours that is too old keep what was typed, and do nothing', async () => {
    const stale = await browser.send(
      '/search',
      { reason: 'typed <b>long</b> ago' },
      '/catalogs/shop/subjects/order.placed/deprecation/new',
    );
    expect(stale.status).toBe(403);
    expect(stale.text).toContain('Nothing was done');
    expect(stale.text).toContain('typed &lt;b&gt;long&lt;/b&gt; ago');
    expect(stale.text).toContain('action="/catalogs/shop/subjects/order.placed/deprecation/new"');
  });

  it('are tied to a visitor who is known for a day after each visit', async () => {
    const { headers } = await browser.get('/');
    expect(headers.getSetCookie().find((cookie) => cookie.startsWith('herald_visitor'))).toContain('Max-Age=86400');
  });
});

describe('a proposal', () => {
  const propose = (reason: string) =>
    shop.ask('POST', '/v1/proposals', {
      body: { catalog: 'shop', subject: 'order.placed', text: breaking(), reason, link: 'https://git.example/pr/7' },
    });

  it('is shown to a steward with whom it breaks, approved, and lets this document in and no other', async () => {
    const made = await expectStatus(propose('every order has a customer now'), 200);
    expect(made.json.state).toBe('open');
    const page = String(made.json.page);
    const seen = await browser.get(page);
    expect(seen.text).toContain('every order has a customer now');
    expect(seen.text).toContain('billing, mail');
    expect(seen.text).toContain('breaks stored events');

    const nothing = await browser.send(page, { decision: 'approve', reason: ' ', expires: '2026-08-01' });
    expect(nothing.text).toContain('Say why');
    const late = await browser.send(page, { decision: 'approve', reason: 'agreed', expires: '2020-01-01' });
    expect(late.status).toBe(409);
    expect(late.text).toContain('agreed');
    const done = await browser.send(page, {
      decision: 'approve',
      reason: 'agreed with billing',
      expires: '2026-08-01',
    });
    expect(done.status).toBe(303);
    expect((await browser.get(page)).text).toContain('approved by local');
    expect((await propose('again')).json.state).toBe('approved');

    const other = JSON.parse(breaking());
    other.description = 'Another change with the same break.';
    expect((await register('order.placed', other)).status).toBe(409);
    expect((await register('order.placed', JSON.parse(breaking()))).status).toBe(201);
  });

  it('that was rejected says who said no', async () => {
    const text = JSON.stringify(event({ required: ['order_id', 'amount', 'customer', 'note'] }));
    const ask = () =>
      shop.ask('POST', '/v1/proposals', {
        body: { catalog: 'shop', subject: 'order.placed', text, reason: 'why not' },
      });
    const { json } = await expectStatus(ask(), 200);
    await browser.send(String(json.page), { decision: 'reject', reason: 'mail is not ready', expires: '2026-08-01' });
    const again = await ask();
    expect(again.json).toMatchObject({ state: 'rejected', decidedBy: 'local', decision: 'mail is not ready' });
    expect(
      (
        await shop.ask('POST', `/v1/proposals/${json.id}/decision`, {
          body: { approve: true, reason: 'x', expires: '2026-08-01' },
        })
      ).code,
    ).toBe('PROPOSAL_INVALID');
  });

  it('of what breaks nobody is refused, and so is one nobody could register', async () => {
    const ask = (text: string) =>
      shop.ask('POST', '/v1/proposals', { body: { catalog: 'shop', subject: 'order.placed', text, reason: 'x' } });
    expect((await ask('{"type":')).code).toBe('PROPOSAL_INVALID');
    expect((await shop.ask('GET', '/v1/proposals/none')).code).toBe('PROPOSAL_NOT_FOUND');
    expect((await shop.ask('GET', '/v1/proposals?state=rejected')).json.items).toHaveLength(1);
  });
});

describe('search over HTTP', () => {
  it('finds fields, types and tags, and refuses too many words', async () => {
    const { json } = await shop.ask('GET', '/v1/search?q=email');
    expect(json.items).toContainEqual(expect.objectContaining({ fields: ['/customer/email'] }));
    expect((await shop.ask('GET', `/v1/search?q=${'a%20'.repeat(9)}`)).code).toBe('PARAMETER_INVALID');
  });
});

describe('text of strangers', () => {
  const markup = '<script>alert(1)</script>"><img src=x onerror=alert(2)> \u202egnp.exe';
  it('stays text in names, titles, descriptions, examples and witnesses', async () => {
    const hostile = event({
      title: markup,
      description: markup.repeat(100).slice(0, 10_000),
      examples: [{ order_id: markup, amount: 1 }],
      properties: { [markup]: { type: 'string', enum: [markup], description: markup } },
      required: [markup],
    });
    await expectStatus(register('order.marked', hostile), 201);
    await register('order.marked', { ...hostile, required: [] });
    for (const path of [
      '/',
      '/search?q=script',
      '/catalogs/shop',
      '/catalogs/shop/subjects/order.marked',
      '/catalogs/shop/data',
      '/catalogs/shop/map',
    ]) {
      const { text, status } = await browser.get(path);
      expect(status).toBe(200);
      expect(text).not.toContain('<script>alert');
      expect(text).not.toContain('<img');
    }
    const tried = await browser.send('/catalogs/shop/subjects/order.marked/candidate', {
      schema: JSON.stringify({ ...hostile, properties: { [markup]: { type: 'integer', description: markup } } }),
    });
    expect(tried.text).not.toContain('<img');
    expect(tried.text).toContain('&lt;img');
    for (const [, line] of tried.text.matchAll(/<span class="line[^"]*">([^<]*)/g))
      expect(line).not.toContain('\u202e');
    expect(tried.text).toContain('\\u202egnp.exe');
  });
});

it('every page has a path of its own and a test that opens it', () => {
  expect(new Set(pages.map(({ method, path }) => `${method} ${path}`)).size).toBe(pages.length);
});
