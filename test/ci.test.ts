/** What the README tells people to put into their CI, run as their CI would run it: the steps' own shell, a repository, the built herald. */
import { execFileSync, type SpawnOptions, spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { serveOnLoopback } from './support/chromium.ts';
import { expectStatus, testRegistry } from './support/registry.ts';

const root = new URL('..', import.meta.url).pathname;
const main = join(root, 'dist/cli/main.js');
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

interface Step {
  readonly name: string;
  readonly run: string;
  readonly env: Readonly<Record<string, string>>;
  readonly if?: string;
}

const actionFolder = join(root, '.github/actions/herald-check');
const action: {
  readonly inputs: Record<string, { readonly default: string }>;
  readonly runs: { readonly steps: readonly Step[] };
} = parse(readFileSync(join(actionFolder, 'action.yml'), 'utf8'));

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'herald-ci-'));
  folders.push(folder);
  return folder;
}

const identity = ['-c', 'user.name=a', '-c', 'user.email=a@example.org'];
const git = (cwd: string, ...args: string[]) =>
  execFileSync('git', [...identity, ...args], { cwd, stdio: 'pipe', encoding: 'utf8' }).trim();

const schema = (type: string) => JSON.stringify({ type: 'object', properties: { amount: { type } } }, null, 2);

function put(folder: string, type: string): void {
  mkdirSync(join(folder, 'schemas'), { recursive: true });
  writeFileSync(join(folder, 'schemas/order.placed.json'), schema(type));
}

/** The block of YAML in the README that has this in it. */
function inReadme(word: string): string {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  return [...readme.matchAll(/```yaml\n([\s\S]*?)```/g)].map(([, text]) => text!).find((text) => text.includes(word))!;
}

/** A pull request as a CI server checks it out: one commit deep, detached, and the target branch not fetched. */
function pullRequest(): string {
  const origin = temporary();
  git(origin, 'init', '-q', '-b', 'main');
  put(origin, 'number');
  git(origin, 'add', '-A');
  git(origin, 'commit', '-qm', 'first');
  git(origin, 'checkout', '-qb', 'change');
  put(origin, 'integer');
  git(origin, 'commit', '-qam', 'narrow');
  const clone = temporary();
  git(clone, 'clone', '-q', '--depth=1', '--branch=change', `file://${origin}`, 'work');
  const work = join(clone, 'work');
  git(work, 'checkout', '-q', '--detach');
  return work;
}

/** `npx --yes --package herald-registry@X herald …` runs this build. */
function stubs(): string {
  const bin = temporary();
  writeFileSync(
    join(bin, 'npx'),
    `#!/bin/sh\n[ "$1 $2 $4" = "--yes --package herald" ] || exit 64\nshift 4\nexec node ${main} "$@"\n`,
  );
  writeFileSync(join(bin, 'herald'), `#!/bin/sh\nexec node ${main} "$@"\n`);
  for (const name of ['npx', 'herald']) chmodSync(join(bin, name), 0o755);
  return bin;
}

/** Not in one piece with this process: what it runs asks servers of the test. */
function inShell(command: string, options: SpawnOptions) {
  return new Promise<{ status: number | null; stdout: string; stderr: string }>((resolve) => {
    const child = spawn('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', command], {
      ...options,
      stdio: 'pipe',
    });
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name]?.setEncoding('utf8').on('data', (text: string) => {
        said[name] += text;
      });
    child.on('close', (status) => resolve({ status, ...said }));
  });
}

/** As the runner does: expressions are put into the step's environment, and GITHUB_ENV of one step is the environment of the next. */
async function runAction(
  cwd: string,
  context: Readonly<Record<string, string>>,
  inputs: Readonly<Record<string, string>> = {},
  runner: Readonly<Record<string, string>> = {},
) {
  const known: Readonly<Record<string, string>> = { action_path: actionFolder, ...context };
  const scratch = temporary();
  const summary = join(scratch, 'summary');
  let passed: Record<string, string> = {};
  const last = { status: 0 as number | null, stdout: '', stderr: '' };
  for (const { run, env, if: condition } of action.runs.steps) {
    // the one condition there is: whether or not a step failed, where there is a token and a pull request
    if (condition !== undefined && !(inputs.token && context['event.pull_request.number'])) continue;
    if (condition === undefined && last.status !== 0) continue;
    const file = join(scratch, 'env');
    writeFileSync(file, '');
    const filled = Object.entries(env).map(([name, text]) => [
      name,
      text.replace(/\$\{\{ (inputs|github)\.([\w.-]+) \}\}/g, (_, from, key) =>
        from === 'github' ? (known[key] ?? '') : (inputs[key] ?? action.inputs[key]?.default ?? ''),
      ),
    ]);
    const ran = await inShell(run, {
      cwd,
      env: {
        PATH: `${stubs()}:${process.env.PATH}`,
        HOME: scratch,
        GITHUB_ENV: file,
        GITHUB_STEP_SUMMARY: summary,
        ...runner,
        ...passed,
        ...Object.fromEntries(filled),
      },
    });
    passed = {
      ...passed,
      ...Object.fromEntries(
        readFileSync(file, 'utf8')
          .split('\n')
          .filter(Boolean)
          .map((line) => line.split('=') as [string, string]),
      ),
    };
    last.stdout += ran.stdout;
    last.stderr += ran.stderr;
    last.status ||= ran.status;
  }
  return { ...last, summary: existsSync(summary) ? readFileSync(summary, 'utf8') : '' };
}

/** The part of GitHub's interface that comments use; the token is a workflow's, which belongs to no user. */
async function fakeGitHub() {
  const comments: { id: number; body: string; user: { type: string; login: string } }[] = [];
  const authorized = new Set<string | null>();
  const state = { comments, authorized, refuses: false };
  const server = await serveOnLoopback(async (request) => {
    authorized.add(request.headers.get('authorization'));
    const { pathname, searchParams } = new URL(request.url);
    if (state.refuses || pathname === '/user') return Response.json({}, { status: 403 });
    if (request.method === 'GET' && pathname === '/repos/acme/shop/issues/7/comments') {
      const from = (Number(searchParams.get('page')) - 1) * Number(searchParams.get('per_page'));
      return Response.json(comments.slice(from, from + Number(searchParams.get('per_page'))));
    }
    const { body } = (await request.json()) as { body: string };
    if (request.method === 'POST' && pathname === '/repos/acme/shop/issues/7/comments') {
      comments.push({ id: 1_000 + comments.length, body, user: { type: 'Bot', login: 'github-actions[bot]' } });
      return Response.json({}, { status: 201 });
    }
    const known = comments.find(({ id }) => pathname === `/repos/acme/shop/issues/comments/${id}`);
    if (request.method !== 'PATCH' || !known) return Response.json({}, { status: 404 });
    known.body = body;
    return Response.json({});
  });
  return Object.assign(state, {
    env: { GITHUB_API_URL: server.url, GITHUB_REPOSITORY: 'acme/shop' },
    close: server.close,
  });
}

// whole processes, several for each test
vi.setConfig({ testTimeout: 60_000 });

describe('the GitHub Action', () => {
  it('fetches what a shallow checkout lacks, annotates the break and fails', async () => {
    const work = pullRequest();
    const { status, stdout, stderr, summary } = await runAction(work, { base_ref: 'main' }, { sarif: 'herald.sarif' });
    expect(stdout, stderr).toMatch(
      /^::error file=schemas\/order\.placed\.json,line=5,col=\d+,title=TYPE_NARROWED::\/amount/m,
    );
    expect(status).toBe(1);
    expect(summary).toMatch(/^### ❌/);
    expect(JSON.parse(readFileSync(join(work, 'herald.sarif'), 'utf8')).runs[0].results[0].ruleId).toBe(
      'TYPE_NARROWED',
    );
  });

  it('says, where it is asked, what becomes of TypeScript, and a first push has nothing to compare with', async () => {
    const work = pullRequest();
    const types = { types: 'true' };
    const { status, summary } = await runAction(work, { base_ref: 'main' }, types);
    expect([status, summary]).toEqual([1, expect.stringContaining('TypeScript that compiled with the types of ')]);
    expect((await runAction(work, { base_ref: 'main' })).summary).not.toContain('TypeScript');
    expect((await runAction(work, { 'event.before': '0'.repeat(40) }, types)).status).toBe(0);
  });

  it('compares a push with the commit before it, and a first push with nothing', async () => {
    const work = pullRequest();
    git(work, 'fetch', '-q', '--unshallow', 'origin');
    expect((await runAction(work, { 'event.before': git(work, 'rev-parse', 'HEAD~1') })).status).toBe(1);
    expect((await runAction(work, { 'event.before': '0'.repeat(40) })).status).toBe(0);
  });

  it('hands names on as they are: none is run as a command', async () => {
    const work = pullRequest();
    // biome-ignore lint/suspicious/noTemplateCurlyInString: what a shell would run
    const { stderr, status } = await runAction(work, { base_ref: 'main' }, { paths: '$(touch${IFS}pwned);x' });
    expect(existsSync(join(work, 'pwned'))).toBe(false);
    expect([status, stderr]).toEqual([2, expect.stringContaining('There is no file or folder')]);
  });

  describe('with a token', () => {
    const inPullRequest = {
      base_ref: 'main',
      'event.pull_request.number': '7',
      'event.pull_request.html_url': 'https://git.example/pull/7',
    };
    const token = { token: 'secret-token' };

    it('leaves the report as one comment, updates it, and never that of a person', async () => {
      const github = await fakeGitHub();
      github.comments.push(
        ...Array.from({ length: 100 }, (_, index) => ({
          id: index + 1,
          body: 'a talk',
          user: { type: 'User', login: 'ann' },
        })),
      );
      const work = pullRequest();
      const first = await runAction(work, inPullRequest, token, github.env);
      expect([first.status, first.stderr]).toEqual([1, expect.any(String)]);
      expect(github.comments).toHaveLength(101);
      const { body } = github.comments[100]!;
      expect(body).toMatch(/^<!-- herald-check [0-9a-f]{12} -->\n### ❌/);
      expect(body).toContain('TYPE_NARROWED');

      // somebody repeats the mark above the report
      github.comments.unshift({ id: 999, body, user: { type: 'User', login: 'eve' } });
      put(work, 'number');
      expect((await runAction(work, inPullRequest, token, github.env)).status).toBe(0);
      expect(github.comments).toHaveLength(102);
      expect(github.comments[101]!.body).toMatch(/-->\n### ✅/);
      expect(github.comments[0]!.body).toBe(body);

      put(work, 'string');
      await runAction(work, inPullRequest, { ...token, paths: 'schemas/order.placed.json' }, github.env);
      expect(github.comments).toHaveLength(103);
      expect(github.authorized).toEqual(new Set(['Bearer secret-token']));
      await github.close();
    });

    it('says nothing where there is nothing to say, and only warns where it may not', async () => {
      const github = await fakeGitHub();
      const work = pullRequest();
      put(work, 'number');
      expect((await runAction(work, inPullRequest, token, github.env)).status).toBe(0);
      expect(github.comments).toEqual([]);
      put(work, 'integer');
      github.refuses = true;
      const { status, stdout } = await runAction(work, inPullRequest, token, github.env);
      expect(status).toBe(1);
      expect(stdout).toMatch(
        /^::warning title=herald::The report was not left as a comment: GET \S+ was answered with 403/m,
      );
      expect(stdout).not.toContain('secret-token');
      await github.close();
    });

    it('the comment carries the link to the proposal, and later who said no', async () => {
      const github = await fakeGitHub();
      const registry = await testRegistry();
      const server = await serveOnLoopback((request) => registry.app.fetch(request));
      const work = pullRequest();
      const segments = ['domain', 'fact'].map((name) => ({ name, style: 'snake' }));
      const catalog = {
        name: 'shop',
        title: 'Shop',
        names: { segments, major: 'optional' },
        envelope: 'cloudevents-1.0',
        classification: { levels: ['public', 'internal'] },
        domains: { order: { owner: 'orders', classification: 'internal', retention: 'P90D' } },
        services: { orders: {} },
      };
      const event = (type: string) => ({
        title: 'OrderPlaced',
        description: 'A customer placed an order.',
        'x-contract': { producer: 'orders', orderingKey: '/amount' },
        type: 'object',
        required: ['amount'],
        properties: { amount: { type, description: 'Total.' } },
      });
      const at = '/v1/catalogs/shop/subjects/order.placed/versions';
      await expectStatus(registry.ask('PUT', '/v1/catalogs/shop', { body: catalog }), 201);
      await expectStatus(registry.ask('POST', at, { body: event('number'), type: 'application/schema+json' }), 201);
      writeFileSync(join(work, 'schemas/catalog.json'), JSON.stringify(catalog));
      writeFileSync(join(work, 'schemas/order.placed.json'), JSON.stringify(event('integer')));
      const inputs = { ...token, registry: server.url, propose: 'every amount is whole' };
      const { status, stderr } = await runAction(work, inPullRequest, inputs, github.env);
      expect([status, stderr]).toEqual([1, expect.stringContaining('a steward decides at')]);
      const link = /\[The proposal\]\(<(http[^>]+)>\)/.exec(github.comments[0]?.body ?? '')?.[1] ?? '';
      expect(link.startsWith(`${server.url}/proposals/`)).toBe(true);
      const id = link.split('/').at(-1);
      expect((await registry.ask('GET', `/v1/proposals/${id}`)).json.link).toBe('https://git.example/pull/7');
      await registry.ask('POST', `/v1/proposals/${id}/decision`, {
        body: { approve: false, reason: 'not before May' },
      });
      await runAction(work, inPullRequest, inputs, github.env);
      expect(github.comments).toHaveLength(1);
      expect(github.comments[0]?.body).toContain('❌ order.placed: rejected by local');
      expect(github.comments[0]?.body).toContain('not before May');
      await server.close();
      await registry.close();
      await github.close();
    });
  });
});

describe('the pre-commit hook', () => {
  it('refuses a break before it is committed', () => {
    const [{ hooks }] = parse(inReadme('.pre-commit-config.yaml')) as [{ hooks: { entry: string; files: string }[] }];
    const [hook] = hooks;
    expect('schemas/order.placed.json').toMatch(new RegExp(hook!.files));
    const work = pullRequest();
    const hooked = () =>
      spawnSync('bash', ['-c', hook!.entry], {
        cwd: work,
        encoding: 'utf8',
        env: { ...process.env, PATH: `${stubs()}:${process.env.PATH}` },
      });
    expect(hooked().status).toBe(0);
    put(work, 'string');
    const { status, stdout } = hooked();
    expect([status, stdout]).toEqual([1, expect.stringContaining('TYPE_REPLACED')]);
  });
});

describe('the GitLab job', () => {
  it('is what the README shows, and writes a report although the job fails', () => {
    const { herald } = parse(inReadme('CI_MERGE_REQUEST')) as {
      herald: { script: string[]; variables: Record<string, string>; artifacts: { when: string } };
    };
    expect([herald.variables.GIT_DEPTH, herald.artifacts.when]).toEqual([0, 'always']);
    const work = pullRequest();
    git(work, 'fetch', '-q', '--unshallow', 'origin');
    const { status, stderr } = spawnSync('bash', ['-eo', 'pipefail', '-c', herald.script.join('\n')], {
      cwd: work,
      encoding: 'utf8',
      env: { ...process.env, PATH: `${stubs()}:${process.env.PATH}`, CI_MERGE_REQUEST_TARGET_BRANCH_NAME: 'main' },
    });
    expect([status, stderr]).toEqual([1, expect.any(String)]);
    expect(JSON.parse(readFileSync(join(work, 'herald.json'), 'utf8'))).toMatchObject([
      { check_name: 'TYPE_NARROWED', location: { path: 'schemas/order.placed.json', lines: { begin: 5 } } },
    ]);
  });
});
