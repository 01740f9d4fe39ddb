/** Signing in to the console: with tokens, with a real OpenID Connect provider, what ends a session, and what is kept when it does. */

import { createHash } from 'node:crypto';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openProvider } from '../src/console/provider.ts';
import { createSeal } from '../src/console/seal.ts';
import type { ConsoleIdentity, Gatekeeper } from '../src/console/visitor.ts';
import { authenticator } from '../src/http/auth.ts';
import { identityOfClaims, usualClaims } from '../src/http/jwt.ts';
import { type Browser, callerOf, site, type TestConsole, testConsole } from './support/console.ts';
import { noon } from './support/registry.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const clock = { time: noon };
const ticking = { now: () => clock.time };
const row = (name: string, role: 'reader' | 'steward' | 'admin') => ({
  name,
  sha256: sha256(`${name}-secret`),
  role,
  services: [],
  subjects: [],
});
const tokens = [
  row('ria', 'reader'),
  row('stella', 'steward'),
  { ...row('old', 'admin'), expires: '2026-01-01T00:00:00Z' },
];

function gatekeeper(): Gatekeeper {
  const authenticate = authenticator({ tokens }, ticking);
  return {
    required: true,
    authenticate: async (authorization) => (await authenticate(authorization)) as ConsoleIdentity,
    callerOf,
    identityOf: (claims) => {
      const identity = identityOfClaims(claims, usualClaims);
      return identity && identity.roles.length > 0 ? (identity as ConsoleIdentity) : undefined;
    },
  };
}

const signInAs = (browser: Browser, name: string, then = '/') =>
  browser.send(`/sign-in?then=${encodeURIComponent(then)}`, { token: `${name}-secret`, then }, '/sign-in');

let shop: TestConsole;

beforeAll(async () => {
  shop = await testConsole({ gatekeeper: gatekeeper(), seal: createSeal(new Uint8Array(32).fill(1), ticking) });
});
afterAll(() => shop.close());

describe('with a token', () => {
  it('one gets in, to where one wanted to go, and out again', async () => {
    const browser = shop.browser();
    const first = await browser.get('/governance/waivers');
    expect(first.text).toContain('API token');
    expect(first.text).not.toContain('Audit log');
    const entered = await signInAs(browser, 'ria', '/governance/waivers');
    expect(entered.status).toBe(303);
    expect(entered.headers.get('location')).toBe('/governance/waivers');
    const [session = ''] = entered.headers.getSetCookie().filter((cookie) => cookie.startsWith('herald_session'));
    expect(session).toMatch(/HttpOnly/i);
    expect(session).toMatch(/SameSite=Lax/i);
    expect(session).not.toContain('ria-secret');
    expect((await browser.get('/')).text).toContain('Event schemas');
    await browser.send('/', {}, '/sign-out');
    expect((await browser.get('/')).text).toContain('API token');
  });

  it.each(['nobody', 'old'])('that is not good (%s), one does not', async (name) => {
    const browser = shop.browser();
    const refused = await signInAs(browser, name);
    expect(refused.status).toBe(401);
    expect(refused.text).toContain('opens nothing here');
    expect(browser.cookies.has('herald_session')).toBe(false);
  });

  it('one is led to no other site', async () => {
    for (const then of ['https://evil.example/', '//evil.example', '/\\evil.example', 'javascript:alert(1)']) {
      const entered = await signInAs(shop.browser(), 'ria', then);
      expect(entered.headers.get('location')).toMatch(/^\/(?!\/|\\)/);
      expect(entered.headers.get('location')).not.toContain('://');
    }
  });
});

describe('a role', () => {
  it('decides what is offered, and what is refused when it is asked for all the same', async () => {
    const reader = shop.browser();
    await signInAs(reader, 'ria');
    expect((await reader.get('/governance/waivers')).text).not.toContain('Audit log');
    const refused = await reader.get('/governance/audit');
    expect(refused.status).toBe(403);
    expect(refused.text).toContain('administrator');
    const steward = shop.browser();
    await signInAs(steward, 'stella');
    expect((await steward.get('/governance/audit')).status).toBe(200);
    expect((await steward.get('/governance/tokens')).status).toBe(403);
  });
});

describe('a session', () => {
  it('ends with its time; what was typed is kept and sent again only by the person', async () => {
    const browser = shop.browser();
    await signInAs(browser, 'ria', '/try');
    const token = /name="form-token" value="([^"]*)"/.exec((await browser.get('/try')).text)?.[1] ?? '';
    clock.time += 9 * 3_600_000;
    const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const late = await shop.pages.request(`${site}/try`, {
      method: 'POST',
      headers: { cookie, origin: site, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ 'form-token': token, text: '{"typed":"for an hour"}' }).toString(),
    });
    const page = await late.text();
    expect(page).toContain('Your session had ended');
    expect(page).toContain('{&quot;typed&quot;:&quot;for an hour&quot;}');
    const again = await browser.send('/sign-in', { token: 'ria-secret', then: '/try', 'kept.text': '{"typed":1}' });
    expect(again.text).toContain('Send what you typed');
    expect(again.text).toContain('{&quot;typed&quot;:1}');
    clock.time = noon;
  });

  it('is worth nothing in another browser, nor changed by a byte', async () => {
    const browser = shop.browser();
    await signInAs(browser, 'stella');
    const session = browser.cookies.get('herald_session') ?? '';
    const thief = shop.browser();
    await thief.get('/');
    thief.cookies.set('herald_session', session);
    expect((await thief.get('/governance/audit')).text).toContain('API token');
    browser.cookies.set('herald_session', `${session.slice(0, -2)}AA`);
    expect((await browser.get('/governance/audit')).text).toContain('API token');
  });
});

describe('with a provider', () => {
  let provider: { readonly issuer: string; readonly close: () => void };
  let withProvider: TestConsole;

  beforeAll(async () => {
    provider = await openIdProvider();
    withProvider = await testConsole({
      gatekeeper: gatekeeper(),
      seal: createSeal(new Uint8Array(32).fill(2), ticking),
      provider: openProvider({
        issuer: provider.issuer,
        clientId: 'herald',
        clientSecret: 'herald-secret-of-32-characters!!',
        scope: 'profile',
        insecure: true,
      }),
    });
  });
  afterAll(async () => {
    provider.close();
    await withProvider.close();
  });

  /** Follows the provider's redirects and forms as a browser would, until it is sent back to the console. */
  async function confirm(at: string, login: string): Promise<string> {
    const jar = new Map<string, string>();
    const ask = async (url: string, body?: URLSearchParams) => {
      const response = await fetch(url, {
        redirect: 'manual',
        headers: { cookie: [...jar].map(([name, value]) => `${name}=${value}`).join('; ') },
        ...(body && { method: 'POST', body }),
      });
      for (const set of response.headers.getSetCookie()) {
        const [name = '', value = ''] = (set.split(';')[0] ?? '').split(/=(.*)/s);
        jar.set(name, value);
      }
      return response;
    };
    let url = at;
    for (let hop = 0; hop < 12; hop += 1) {
      if (url.startsWith(site)) return url.slice(site.length);
      const response = await ask(url);
      const location = response.headers.get('location');
      if (location !== null) {
        url = new URL(location, url).href;
        continue;
      }
      const page = await response.text();
      const action = /<form[^>]*action="([^"]+)"/.exec(page)?.[1] ?? '';
      const prompt = /name="prompt" value="(\w+)"/.exec(page)?.[1];
      const fields = { ...(prompt && { prompt }), ...(prompt === 'login' && { login, password: 'x' }) };
      const answered = await ask(new URL(action, url).href, new URLSearchParams(fields));
      url = new URL(answered.headers.get('location') ?? '', url).href;
    }
    throw new Error(`the provider never sent the browser back: ${url}`);
  }

  it('one signs in with the role that the claim gives', async () => {
    const browser = withProvider.browser();
    expect((await browser.get('/')).text).toContain('Sign in with your organisation');
    const begun = await browser.get('/sign-in/provider?then=/governance/audit');
    expect(begun.status).toBe(303);
    const back = await confirm(begun.headers.get('location') ?? '', 'stella');
    const entered = await browser.get(back);
    expect(entered.headers.get('location')).toBe('/governance/audit');
    expect((await browser.get('/governance/audit')).text).toContain('stella');
  });

  it('one without a role sees so, and a made-up answer is refused', async () => {
    const stranger = withProvider.browser();
    const begun = await stranger.get('/sign-in/provider');
    const entered = await stranger.get(await confirm(begun.headers.get('location') ?? '', 'stranger'));
    expect(entered.status).toBe(403);
    expect(entered.text).toContain('no role');
    const forger = withProvider.browser();
    expect((await forger.get('/sign-in/callback?code=made-up&state=x')).status).toBe(401);
    await forger.get('/sign-in/provider');
    const forged = await forger.get('/sign-in/callback?code=made-up&state=made-up');
    expect(forged.status).toBe(401);
    expect(forged.text).toContain('did not confirm');
    expect(forger.cookies.has('herald_session')).toBe(false);
  });

  it('that does not answer is a fault of its own, and tokens go on working', async () => {
    const lonely = await testConsole({
      gatekeeper: gatekeeper(),
      seal: createSeal(new Uint8Array(32).fill(3), ticking),
      provider: openProvider({ issuer: 'http://127.0.0.1:9', clientId: 'herald', scope: '', insecure: true }),
    });
    const browser = lonely.browser();
    const refused = await browser.get('/sign-in/provider');
    expect(refused.status).toBe(503);
    expect(refused.text).toContain('provider cannot be reached');
    expect((await signInAs(browser, 'ria')).status).toBe(303);
    await lonely.close();
  });
});

/** The well-known test provider, on loopback: everybody who gives a name is let in, and "stella" is a steward. */
async function openIdProvider() {
  const { createServer } = await import('node:http');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: 'herald',
        client_secret: 'herald-secret-of-32-characters!!',
        redirect_uris: [`${site}/sign-in/callback`],
        grant_types: ['authorization_code'],
        response_types: ['code'],
        token_endpoint_auth_method: 'client_secret_post',
        application_type: 'web',
      },
    ],
    claims: { openid: ['sub'], profile: ['roles'] },
    conformIdTokenClaims: false,
    features: { devInteractions: { enabled: true } },
    pkce: { required: () => true },
    cookies: { keys: ['test'] },
    findAccount: async (_: unknown, id: string) => ({
      accountId: id,
      claims: async () => ({ sub: id, roles: id === 'stella' ? ['steward'] : [] }),
    }),
  });
  server.on('request', provider.callback());
  return { issuer, close: () => server.close() };
}
