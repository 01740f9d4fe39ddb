/** Runs every scenario of test/cases/cli: commands in a fresh folder, in process, with real files and real git. */
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { commands } from '../src/cli/commands/index.ts';
import { run } from '../src/cli/run.ts';
import { runGit } from './support/git.ts';
import { testIo } from './support/io.ts';
import { type TestRegistry, testRegistry } from './support/registry.ts';
import { mismatch, parseScenario, splitArguments } from './support/scenario.ts';

const repository = new URL('..', import.meta.url).pathname;
const cases = join(repository, 'test/cases/cli');
const scenarios = readdirSync(cases)
  .filter((name) => name.endsWith('.scenario'))
  .sort();
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

const gitEnv = {
  ...process.env,
  GIT_AUTHOR_NAME: 'a',
  GIT_AUTHOR_EMAIL: 'a@example.org',
  GIT_COMMITTER_NAME: 'a',
  GIT_COMMITTER_EMAIL: 'a@example.org',
  GIT_CONFIG_NOSYSTEM: '1',
};

describe('scenarios', () => {
  test.each(scenarios)(
    '%s',
    async (name) => {
      const folder = mkdtempSync(join(tmpdir(), 'herald-scenario-'));
      folders.push(folder);
      const world: World = { folder, today: '2026-06-01', env: new Map() };
      let last = { out: '', err: '', exit: -1 };
      for (const section of parseScenario(readFileSync(join(cases, name), 'utf8'))) {
        const at = `${name}:${section.line}`;
        if (section.kind === 'file') write(folder, section.argument, section.body);
        else if (section.kind === 'commit') commit(folder, section.argument);
        else if (section.kind === 'git') git(folder, splitArguments(section.argument));
        else if (section.kind === 'link') link(folder, section.argument);
        else if (section.kind === 'copy')
          cpSync(join(repository, section.argument), join(folder, section.argument), { recursive: true });
        else if (section.kind === 'remove') rmSync(join(folder, section.argument), { recursive: true });
        else if (section.kind === 'env') setVariable(world, section.argument);
        else if (section.kind === 'today') setToday(world, section.argument);
        else if (section.kind === 'run') {
          last = await runIn(world, splitArguments(section.argument));
          expect(
            mismatch(section.body, last.out),
            `${at} standard output; standard error was:\n${last.err}`,
          ).toBeUndefined();
        } else if (section.kind === 'stderr')
          expect(mismatch(section.body, last.err), `${at} standard error`).toBeUndefined();
        else expect(last.exit, `${at} exit code; it said:\n${last.out}${last.err}`).toBe(Number(section.argument));
      }
      await world.registry?.close();
    },
    180_000,
  );
});

interface World {
  readonly folder: string;
  readonly env: Map<string, string>;
  today: string;
  /** Made when something first asks for it. */
  registry?: TestRegistry;
}

function setToday(world: World, date: string): void {
  world.today = date;
  if (world.registry) world.registry.clock.time = Date.parse(`${date}T12:00:00Z`);
}

/** The scenario's own registry behind any URL but `http://nowhere`. */
async function reach(world: World, target: string, init?: RequestInit): Promise<Response> {
  const url = new URL(target);
  if (url.hostname === 'nowhere') throw new TypeError('fetch failed');
  if (!world.registry) {
    world.registry = await testRegistry();
    setToday(world, world.today);
  }
  return world.registry.app.request(url.pathname + url.search, init);
}

function write(folder: string, path: string, body: string): void {
  const target = join(folder, path);
  mkdirSync(dirname(target), { recursive: true });
  const copied = /^<<< (\S+)$/.exec(body);
  writeFileSync(target, copied ? readFileSync(join(repository, copied[1]!)) : `${body}\n`);
}

function commit(folder: string, message: string): void {
  git(folder, ['add', '-A']);
  git(folder, ['commit', '-q', '-m', message]);
}

function git(folder: string, args: readonly string[]): void {
  const run = (...given: string[]) => execFileSync('git', given, { cwd: folder, env: gitEnv, stdio: 'pipe' });
  run('init', '-q', '-b', 'main');
  run('-c', 'protocol.file.allow=always', ...args);
}

function link(folder: string, argument: string): void {
  const [path = '', target = ''] = argument.split(' -> ');
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  symlinkSync(target, join(folder, path));
}

function setVariable({ env }: World, argument: string): void {
  const [name = '', ...value] = argument.split('=');
  if (value.join('=') === '') env.delete(name);
  else env.set(name, value.join('='));
}

async function runIn(world: World, args: readonly string[]) {
  const { folder } = world;
  const { io, said } = testIo({
    cwd: folder,
    env: Object.fromEntries(world.env),
    fetch: (target, init) => reach(world, String(target), init),
    git: (gitArgs, input) => runGit(folder, gitEnv, gitArgs, input),
    now: () => Date.parse(`${world.today}T12:00:00Z`),
  });
  const exit = await run(args, io, commands, '0.0.0');
  return { ...said, exit };
}
