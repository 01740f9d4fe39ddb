/**
 * Draws .github/compare.png, the README's picture of the console: a real server, the event of `herald init` with a new required
 * field, in Chromium. Run it after a change of that page: `npm run build && node scripts/compare-picture.mjs`.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { newFolder, startHerald } from './parts/serving.mjs';

const picture = fileURLToPath(new URL('../.github/compare.png', import.meta.url));
const main = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const widthPx = 1_100;
const heightPx = 900;

const cwd = mkdtempSync(join(tmpdir(), 'herald-picture-'));
const folder = newFolder();
const server = await startHerald(folder.args, {}, []);
const herald = (...args) =>
  execFileSync(process.execPath, [main, ...args], { cwd, env: { PATH: process.env.PATH, HERALD_URL: server.url } });
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: [
    '--no-sandbox',
    '--disable-gpu',
    '--disable-background-networking',
    '--disable-component-update',
    '--disable-sync',
  ],
});
try {
  herald('init', '--catalog', 'shop');
  herald('register', 'schemas');
  const document = JSON.parse(readFileSync(join(cwd, 'schemas/shop/order.placed.json'), 'utf8'));
  document.required.push('currency');
  document.properties.currency = { enum: ['EUR', 'USD'], description: 'Of the amount.' };
  const page = await browser.newPage({ viewport: { width: widthPx, height: heightPx } });
  await page.goto(`${server.url}/catalogs/shop/subjects/order.placed/candidate`);
  await page.fill('textarea', JSON.stringify(document, null, 2));
  await page.click('button:text-is("Check")');
  await page.waitForSelector('.banner.bad');
  await page.click('summary:has-text("Fix, checked")');
  await page.screenshot({ path: picture });
} finally {
  await browser.close();
  await server.stop();
  await folder.remove();
  rmSync(cwd, { recursive: true });
}
