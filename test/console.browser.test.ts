/** The console in a real Chromium: stories clicked through, every page in both themes with axe, narrow and wide, with and without JavaScript. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumMissing, openChromium, openPage, serveOnLoopback, type Trouble } from './support/chromium.ts';
import { type TestConsole, testConsole } from './support/console.ts';
import { expectStatus, loadCatalog, readSchema } from './support/registry.ts';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const subject = '/catalogs/choice-sherpa/subjects/session.created';
const versions = '/v1/catalogs/choice-sherpa/subjects/session.created/versions';

if (chromiumMissing && process.env.TEST_REQUIRES_CHROMIUM)
  throw new Error('Chromium is not installed, and TEST_REQUIRES_CHROMIUM is set.');

describe.skipIf(chromiumMissing)('in Chromium (skipped where it is not installed)', () => {
  let shop: TestConsole;
  let server: Awaited<ReturnType<typeof serveOnLoopback>>;
  let browser: Browser;
  let proposal = '';

  beforeAll(async () => {
    let url = '';
    shop = await testConsole({ addressOf: () => ({ base: '', origin: url }) });
    await loadCatalog(shop, 'choice-sherpa');
    const schema = readSchema('choice-sherpa', 'session.created.json');
    const properties = { ...(schema.properties as object), note: { type: 'string', description: 'Free text.' } };
    await expectStatus(
      shop.ask('POST', versions, { body: { ...schema, properties } as never, type: 'application/schema+json' }),
      201,
    );
    const text = JSON.stringify({ ...schema, properties, required: [...(schema.required as string[]), 'note'] });
    const made = await shop.ask('POST', '/v1/proposals', {
      body: { catalog: 'choice-sherpa', subject: 'session.created', text, reason: 'every session has a note' },
    });
    proposal = String(made.json.page);
    await expectStatus(
      shop.ask('PUT', '/v1/catalogs/choice-sherpa/subjects/session.renamed/deprecation', {
        body: {
          successor: 'session.archived',
          sunset: '2026-12-31',
          reason: 'one event for both',
          migration: 'read the other',
        },
      }),
      200,
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

  const pages = () => [
    '/',
    '/search?q=user_id',
    '/catalogs/choice-sherpa',
    '/catalogs/choice-sherpa/rules',
    '/catalogs/choice-sherpa/matrix',
    '/catalogs/choice-sherpa/map',
    '/catalogs/choice-sherpa/data',
    subject,
    `${subject}/compare`,
    `${subject}/candidate`,
    `${subject}/deprecation/new`,
    '/catalogs/choice-sherpa/subjects/session.renamed/deprecation',
    '/deprecations',
    '/try',
    '/proposals',
    proposal,
    '/governance/waivers',
    '/governance/audit',
    '/governance/tokens',
    '/governance/webhooks',
    '/sign-in',
    '/nowhere',
  ];

  async function quiet(page: Page, trouble: Trouble, path: string) {
    await page.goto(`${server.url}${path}`);
    expect(trouble.foreign).toEqual([]);
    expect(trouble.errors.filter((text) => !(path === '/nowhere' && text.includes('404')))).toEqual([]);
  }

  it.each(['light', 'dark'] as const)(
    'axe finds nothing on any page, in the %s theme',
    async (colorScheme) => {
      const { page, trouble } = await openPage(browser, server.url, { colorScheme, bypassCSP: true });
      const found: string[] = [];
      for (const path of pages()) {
        await quiet(page, trouble, path);
        await page.evaluate(axe);
        const results = await page.evaluate(
          'axe.run(document, { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"] })',
        );
        const { violations } = results as {
          readonly violations: readonly { readonly id: string; readonly nodes: readonly { readonly html: string }[] }[];
        };
        for (const { id, nodes } of violations) found.push(`${path}: ${id} ${nodes[0]?.html}`);
      }
      expect(found).toEqual([]);
    },
    240_000,
  );

  it.each([360, 1_920])(
    'no page is wider than a screen of %s px',
    async (width) => {
      const { page, trouble } = await openPage(browser, server.url, { viewport: { width, height: 800 } });
      for (const path of pages()) {
        await quiet(page, trouble, path);
        expect([path, await page.evaluate('document.documentElement.scrollWidth')]).toEqual([path, width]);
      }
    },
    240_000,
  );

  it('a producer looks for a field, reads the event, tries a change and sees the event that it breaks', async () => {
    const { page, trouble } = await openPage(browser, server.url);
    await page.goto(server.url);
    await page.fill('input[type=search]', 'user_id');
    await page.waitForSelector('#results table');
    await page.click('#results a:text-is("session.created")');
    await page.waitForSelector('h1:text-is("session.created")');
    await page.click('a:text-is("Try a change")');
    const schema = JSON.parse(await page.inputValue('textarea'));
    schema.required.push('note');
    await page.fill('textarea', JSON.stringify(schema));
    await page.click('button:text-is("Check")');
    await page.waitForSelector('.banner.bad');
    expect(await page.textContent('pre .marked')).toContain('"note" is missing');
    await page.click('summary:has-text("Fix, checked")');
    expect(await page.isVisible('pre .gone')).toBe(true);
    expect(trouble).toEqual({ errors: [], foreign: [] });
  }, 60_000);

  it('a consumer follows the map from a service to an event and compares its versions', async () => {
    const { page } = await openPage(browser, server.url);
    await page.goto(`${server.url}/catalogs/choice-sherpa/map`);
    await page.click('svg a[aria-label="service websocket"]');
    await page.waitForSelector('text=what it sends and receives');
    await page.click('svg a[aria-label="event session.created"]');
    await page.click('a:text-is("what changed")');
    await page.waitForSelector('h1:has-text("Version 1 → 2")');
    expect(await page.textContent('main')).toContain('PROPERTY_ADDED_OPTIONAL');
  }, 60_000);

  it.each([true, false])(
    'a steward rejects a break that is meant, with the reason kept (JavaScript %s)',
    async (javaScriptEnabled) => {
      const { page } = await openPage(browser, server.url, { javaScriptEnabled });
      await page.goto(`${server.url}/proposals`);
      await page.click('main table a');
      if (javaScriptEnabled) {
        expect(await page.textContent('main')).toContain('dashboard');
        await page.fill('textarea[name=reason]', 'the dashboard is not ready');
        await page.click('button:text-is("Reject")');
      }
      await page.waitForSelector('text=rejected by local');
      expect(await page.textContent('main')).toContain('the dashboard is not ready');
    },
    60_000,
  );

  it('a steward forces a step of a deprecation with a reason, and sees it in the time line', async () => {
    const { page } = await openPage(browser, server.url);
    await page.goto(`${server.url}/deprecations`);
    await page.click('.board a:text-is("session.renamed")');
    await page.click('button:text-is("Take the step")');
    await page.waitForSelector('.banner.bad');
    await page.fill('textarea[name=reason]', 'agreed in the meeting');
    await page.check('input[name=force]');
    await page.click('button:text-is("Take the step")');
    await page.waitForSelector('.timeline :text("forced")');
    expect(await page.textContent('.timeline')).toContain('agreed in the meeting');
  }, 60_000);

  it('everything can be reached with the keyboard alone', async () => {
    const { page } = await openPage(browser, server.url);
    await page.goto(server.url);
    await page.keyboard.press('Tab');
    expect(await page.evaluate('document.activeElement.textContent')).toContain('Skip to the content');
    const seen = new Set<string>();
    for (let press = 0; press < 30; press += 1) {
      await page.keyboard.press('Tab');
      seen.add(String(await page.evaluate('document.activeElement.textContent || document.activeElement.name')));
    }
    for (const name of ['Herald', 'Deprecations', 'Proposals', 'Try it', 'Governance', 'q', 'Choice Sherpa'])
      expect(seen).toContain(name);
  }, 60_000);
});
