/** What the README tells people to put into their CI, run as their CI would run it: the steps' own shell, a repository, the built herald. */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';

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
}

const action: {
  readonly inputs: Record<string, { readonly default: string }>;
  readonly runs: { readonly steps: readonly Step[] };
} = parse(readFileSync(join(root, '.github/actions/herald-check/action.yml'), 'utf8'));

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

/** As the runner does: expressions are put into the step's environment, and GITHUB_ENV of one step is the environment of the next. */
function runAction(
  cwd: string,
  context: Readonly<Record<string, string>>,
  inputs: Readonly<Record<string, string>> = {},
) {
  const scratch = temporary();
  const summary = join(scratch, 'summary');
  let passed: Record<string, string> = {};
  let last = { status: 0 as number | null, stdout: '', stderr: '' };
  for (const { run, env } of action.runs.steps) {
    const file = join(scratch, 'env');
    writeFileSync(file, '');
    const filled = Object.entries(env).map(([name, text]) => [
      name,
      text.replace(/\$\{\{ (inputs|github)\.([\w.-]+) \}\}/g, (_, from, key) =>
        from === 'github' ? (context[key] ?? '') : (inputs[key] ?? action.inputs[key]?.default ?? ''),
      ),
    ]);
    last = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', run], {
      cwd,
      encoding: 'utf8',
      env: {
        PATH: `${stubs()}:${process.env.PATH}`,
        HOME: scratch,
        GITHUB_ENV: file,
        GITHUB_STEP_SUMMARY: summary,
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
    if (last.status !== 0) break;
  }
  return { ...last, summary: existsSync(summary) ? readFileSync(summary, 'utf8') : '' };
}

// whole processes, several for each test
vi.setConfig({ testTimeout: 60_000 });

describe('the GitHub Action', () => {
  it('fetches what a shallow checkout lacks, annotates the break and fails', () => {
    const work = pullRequest();
    const { status, stdout, stderr, summary } = runAction(work, { base_ref: 'main' }, { sarif: 'herald.sarif' });
    expect(stdout, stderr).toMatch(
      /^::error file=schemas\/order\.placed\.json,line=5,col=\d+,title=TYPE_NARROWED::\/amount/m,
    );
    expect(status).toBe(1);
    expect(summary).toMatch(/^### ❌/);
    expect(JSON.parse(readFileSync(join(work, 'herald.sarif'), 'utf8')).runs[0].results[0].ruleId).toBe(
      'TYPE_NARROWED',
    );
  });

  it('compares a push with the commit before it, and a first push with nothing', () => {
    const work = pullRequest();
    git(work, 'fetch', '-q', '--unshallow', 'origin');
    expect(runAction(work, { 'event.before': git(work, 'rev-parse', 'HEAD~1') }).status).toBe(1);
    expect(runAction(work, { 'event.before': '0'.repeat(40) }).status).toBe(0);
  });

  it('hands names on as they are: none is run as a command', () => {
    const work = pullRequest();
    // biome-ignore lint/suspicious/noTemplateCurlyInString: what a shell would run
    const { stderr, status } = runAction(work, { base_ref: 'main' }, { paths: '$(touch${IFS}pwned);x' });
    expect(existsSync(join(work, 'pwned'))).toBe(false);
    expect([status, stderr]).toEqual([2, expect.stringContaining('There is no file or folder')]);
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
