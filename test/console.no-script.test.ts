/** The steward's, the producer's and the consumer's stories in a real Chromium with JavaScript off: every form of the console, sent once. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pages } from '../src/console/pages/index.ts';
import { createSeal } from '../src/console/seal.ts';
import type { ConsoleIdentity } from '../src/console/visitor.ts';
import { authenticator } from '../src/http/auth.ts';
import { sha256 } from '../src/schema/canonical.ts';
import { chromiumMissing, openChromium, openPage, serveOnLoopback } from './support/chromium.ts';
import { callerOf, openGatekeeper, type TestConsole, testConsole } from './support/console.ts';
import { expectStatus, noon } from './support/registry.ts';
import { shop as shopCatalog } from './support/shop.ts';

const event = (required: readonly string[], more: object = {}) => ({
  title: 'Order placed',
  description: 'A customer placed an order.',
  'x-contract': { producer: 'orders', consumers: ['billing'], orderingKey: '/order_id' },
  type: 'object',
  required,
  properties: {
    order_id: { type: 'string', description: 'The order.' },
    amount: { type: 'integer', description: 'Total.', 'x-tags': ['money'], 'x-classification': 'internal' },
    ...more,
  },
});
const breaking = (description: string) => JSON.stringify({ ...event(['order_id', 'amount']), description });
const at = '/catalogs/shop/subjects/order.placed';

const who = (name: string, role: 'reader' | 'publisher' | 'steward' | 'admin', services: readonly string[] = []) => ({
  name,
  sha256: sha256(`${name}-secret`),
  role,
  services: [...services],
  subjects: [],
});
const clock = { time: noon };

describe.skipIf(chromiumMissing)('without JavaScript, in Chromium (skipped where it is not installed)', () => {
  let shop: TestConsole;
  let server: Awaited<ReturnType<typeof serveOnLoopback>>;
  let browser: Browser;
  const sent = new Set<string>();

  beforeAll(async () => {
    let url = '';
    const tokens = [
      who('pia', 'publisher', ['orders', 'billing']),
      who('ria', 'reader'),
      who('stella', 'steward'),
      who('ada', 'admin'),
    ];
    const ticking = { now: () => clock.time };
    const authenticate = authenticator({ tokens }, ticking);
    shop = await testConsole({
      addressOf: () => ({ base: '', origin: url }),
      seal: createSeal(new Uint8Array(32).fill(5), ticking),
      gatekeeper: {
        ...openGatekeeper(),
        required: true,
        authenticate: async (authorization) => (await authenticate(authorization)) as ConsoleIdentity,
        callerOf,
      },
      onRequest: ({ page, status }) => void (status < 400 && sent.add(page)),
    });
    const catalog = {
      ...shopCatalog,
      classification: { ...shopCatalog.classification, tags: { money: { description: 'An amount of money.' } } },
    };
    await expectStatus(shop.ask('PUT', '/v1/catalogs/shop', { body: catalog }), 201);
    const register = (subject: string, body: object) =>
      expectStatus(
        shop.ask('POST', `/v1/catalogs/shop/subjects/${subject}/versions`, {
          body: body as never,
          type: 'application/schema+json',
        }),
        201,
      );
    const hook = { url: 'https://hooks.example/herald', subjects: [], types: [] };
    await expectStatus(shop.ask('POST', '/v1/webhooks', { body: hook }), 201);
    await register('order.placed', event(['order_id']));
    await register('order.placed', event(['order_id'], { note: { type: 'string', description: 'Free text.' } }));
    await register('order.placed.v2', event(['order_id', 'amount']));
    for (const reason of ['every order has an amount', 'amounts are always known'])
      await expectStatus(
        shop.ask('POST', '/v1/proposals', {
          body: { catalog: 'shop', subject: 'order.placed', text: breaking(reason), reason },
        }),
        200,
      );
    await parkDeliveries();
    await expectStatus(
      shop.ask('POST', '/v1/tokens', { body: { name: 'old-ci', role: 'reader', expires: '2026-07-01' } }),
      201,
    );
    server = await serveOnLoopback((request) => shop.pages.fetch(request));
    url = server.url;
    browser = await openChromium();
  });
  afterAll(async () => {
    await browser.close();
    await server.close();
    await shop.close();
  });

  /** As after the last attempt at a receiver that is down. */
  async function parkDeliveries() {
    const { store } = shop.deps;
    const now = new Date(noon).toISOString();
    await store.fanOut(now, 500);
    const slots = { free: 10, perWebhook: 10, busy: new Map<string, number>() };
    for (const { delivery } of await store.claim(now, now, now, slots))
      await store.settle({ ...delivery, state: 'parked', attempts: 8, lastError: 'HTTP 503' });
  }

  async function as(name: string, then: string): Promise<Page> {
    const { page } = await openPage(browser, server.url, { javaScriptEnabled: false });
    await page.goto(`${server.url}${then}`);
    await page.fill('input[name=token]', `${name}-secret`);
    await page.click('button:text-is("Sign in")');
    return page;
  }
  const press = (page: Page, text: string) => page.click(`main button:text-is("${text}")`);
  const main = (page: Page) => page.textContent('main');

  it('a producer searches, reads, compares, tries a change, leaves a link, and announces the successor', async () => {
    const page = await as('pia', '/');
    await page.fill('input[type=search]', 'amount');
    await page.press('input[type=search]', 'Enter');
    await page.click('#results a:text-is("order.placed")');
    await page.click('a:text-is("Compare versions")');
    await page.selectOption('select[name=from]', '2');
    await page.selectOption('select[name=to]', '1');
    await press(page, 'Compare');
    expect(await page.textContent('h1')).toContain('Version 2 → 1');

    await page.goto(`${server.url}${at}/candidate`);
    await page.fill('textarea[name=schema]', breaking('changed'));
    await press(page, 'Check');
    expect(await page.textContent('.banner.bad')).toContain('It would be refused');
    await press(page, 'Check and keep for a link');
    expect(new URL(page.url()).pathname).toMatch(/\/candidate\/[0-9a-f]{32}$/);
    expect(await main(page)).toContain('Kept by pia');

    await page.goto(`${server.url}/try`);
    await page.selectOption('select[name=catalog]', 'shop');
    await page.fill('input[name=subject]', 'order.placed');
    await page.fill('textarea[name=text]', '{"amount": 1}');
    await press(page, 'Try');
    expect(await page.textContent('.banner.bad')).toContain('One place is');
    expect(await page.inputValue('textarea[name=text]')).toBe('{"amount": 1}');

    await page.goto(`${server.url}${at}`);
    await page.click('a:text-is("Announce a deprecation")');
    await page.fill('input[name=successor]', 'order.placed.v9');
    await page.fill('textarea[name=reason]', 'every order has an amount');
    await page.fill('textarea[name=migration]', 'read the other event');
    await press(page, 'Announce');
    expect(await page.textContent('.banner.bad')).toContain('order.placed.v9');
    expect(await page.inputValue('textarea[name=migration]')).toBe('read the other event');
    await page.fill('input[name=successor]', 'order.placed.v2');
    await press(page, 'Announce');
    expect(await page.textContent('h1')).toContain('announced');
    await page.check('input[name=attest]');
    await press(page, 'Take the step');
    expect(await page.textContent('h1')).toContain('dual-writing');
    await page.click('main button[aria-label="Acknowledge for billing"]');
    expect(await main(page)).toContain('acknowledged');

    await page.click('button:text-is("Sign out")');
    expect(await main(page)).toContain('API token');
  }, 60_000);

  it('a consumer narrows the lists, walks the map, and is offered nothing it may not do', async () => {
    const page = await as('ria', '/catalogs/shop');
    await page.fill('main input[name=q]', 'v2');
    await page.selectOption('select[name=stage]', 'active');
    await press(page, 'Filter');
    expect(await page.locator('main tbody tr').count()).toBe(1);
    await page.click('a:text-is("Map")');
    await page.click('svg a[aria-label="service billing"]');
    expect(await main(page)).toContain('what it sends and receives');
    await page.click('a:text-is("Sensitive data")');
    await page.selectOption('select[name=tag]', 'money');
    await press(page, 'Filter');
    expect(await main(page)).toContain('/amount');
    await page.goto(`${server.url}${at}/deprecation`);
    expect(await page.locator('main form').count()).toBe(0);
    await page.goto(`${server.url}${at}`);
    expect(await page.locator('a:text-is("Announce a deprecation")').count()).toBe(0);
    await page.goto(`${server.url}/proposals`);
    await page.click('main table a');
    expect(await main(page)).toContain('A steward decides about it.');
    await page.goto(`${server.url}/governance/waivers`);
    expect(await page.locator('main form').count()).toBe(0);
  }, 60_000);

  it('a steward rejects, approves, forces, reads the log, and loses no text when the session ends', async () => {
    const page = await as('stella', '/proposals');
    await page.click('main tr:has-text("every order has an amount") a');
    await page.fill('textarea[name=reason]', 'billing is not ready');
    await press(page, 'Reject');
    expect(await main(page)).toContain('rejected by stella');

    await page.goto(`${server.url}/proposals`);
    await page.click('main tr:has-text("amounts are always known") a');
    await page.fill('textarea[name=reason]', 'agreed with billing');
    await page.fill('input[name=expires]', '2026-08-01');
    clock.time += 9 * 3_600_000;
    await press(page, 'Approve');
    expect(await main(page)).toContain('Your session had ended');
    await page.fill('input[name=token]', 'stella-secret');
    await press(page, 'Sign in');
    await press(page, 'Send what you typed');
    expect(await main(page)).toContain('approved by stella');
    expect(await main(page)).toContain('agreed with billing');
    clock.time = noon;

    await page.goto(`${server.url}${at}/deprecation`);
    await press(page, 'Take the step');
    expect(await page.locator('.banner.bad').count()).toBe(1);
    await page.fill('textarea[name=reason]', 'agreed in the meeting');
    await page.check('input[name=force]');
    await press(page, 'Take the step');
    expect(await page.textContent('.timeline')).toContain('agreed in the meeting');
    await page.selectOption('select[name=step]', 'postpone');
    await page.fill('input[name=sunset]', '2027-03-01');
    await page.fill('textarea[name=reason]', 'billing needs the winter');
    await page.check('input[name=force]');
    await press(page, 'Take the step');
    expect(await main(page)).toContain('2027-03-01');

    await page.goto(`${server.url}/governance/waivers`);
    const before = await page.locator('main tbody tr').count();
    await page.click('main button:text-is("Withdraw") >> nth=0');
    expect(await page.locator('main tbody tr').count()).toBe(before - 1);

    await page.goto(`${server.url}/governance/audit`);
    await press(page, 'Verify the chain');
    expect(await main(page)).toContain('The chain is whole');
    await page.fill('input[name=actor]', 'stella');
    await press(page, 'Filter');
    expect(await page.locator('main tbody tr').count()).toBeGreaterThan(3);
    expect(await page.locator('main tbody tr:has-text("stella")').count()).toBe(
      await page.locator('main tbody tr').count(),
    );
  }, 60_000);

  it('an administrator revokes a token and sends a parked delivery again', async () => {
    const page = await as('ada', '/governance/tokens');
    expect(await main(page)).toContain('old-ci');
    await press(page, 'Revoke');
    expect(await page.locator('main button:text-is("Revoke")').count()).toBe(0);
    await page.click('a:text-is("Webhooks")');
    await page.click('a:text-is("deliveries")');
    await page.selectOption('select[name=state]', 'delivered');
    await press(page, 'Filter');
    expect(await main(page)).toContain('No delivery is delivered.');
    await page.selectOption('select[name=state]', 'parked');
    await press(page, 'Filter');
    const parked = await page.locator('main tr:has-text("parked")').count();
    expect(parked).toBeGreaterThan(0);
    await page.click('main button:text-is("Send again") >> nth=0');
    expect(await page.locator('main tr:has-text("parked")').count()).toBe(parked - 1);
  }, 60_000);

  it('no form was left out', () => {
    const forms = pages.filter(({ method }) => method === 'post').map(({ id }) => id);
    expect(forms.filter((id) => !sent.has(id))).toEqual([]);
    expect([...sent]).toEqual(expect.arrayContaining(['console.signIn', 'console.signOut', 'console.search']));
    expect(shop.bugs).toEqual([]);
  });
});
