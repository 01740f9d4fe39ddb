/**
 * The snippets of .github/docs/operations.md, run as far as the machine can: the unit by systemd-analyze, the proxy by nginx, the
 * alerts by promtool, each where it is installed; the health check against a server; settings and metrics against those there are.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { commands } from '../src/cli/commands/index.ts';
import { readConfig } from '../src/config.ts';
import { hasPromtool, promtool } from './support/prometheus.ts';
import { testRegistry } from './support/registry.ts';

const page = readFileSync(new URL('../.github/docs/operations.md', import.meta.url), 'utf8');
const folder = mkdtempSync(join(tmpdir(), 'herald-operations-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function snippet(language: string): string {
  const text = new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\``, 'm').exec(page)?.[1];
  if (text === undefined) throw new Error(`operations.md has no snippet of ${language}`);
  return text;
}

function written(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

function ran(command: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: 'utf8', timeout: 20_000 });
  return { status, said: `${stdout}${stderr}` };
}

const has = (command: string, ...args: readonly string[]) => spawnSync(command, args).error === undefined;

describe('the systemd unit', () => {
  it.skipIf(!has('systemd-analyze', '--version'))('is one that systemd takes', () => {
    // the command is not installed here
    const unit = (text: string) => written('herald.service', text.replace('/usr/bin/herald', process.execPath));
    expect(ran('systemd-analyze', 'verify', '--man=no', unit(snippet('ini')))).toEqual({ status: 0, said: '' });
    const broken = snippet('ini').replace('DynamicUser=yes', 'DynamicUsr=yes');
    expect(ran('systemd-analyze', 'verify', '--man=no', unit(broken)).said).toContain('DynamicUsr');
  });
});

describe('the reverse proxy', () => {
  it.skipIf(!has('nginx', '-v') || !has('openssl', 'version'))('is one that nginx takes', () => {
    const [key, certificate] = [join(folder, 'registry.key'), join(folder, 'registry.pem')];
    const made = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=registry.example'];
    ran('openssl', ...made, '-keyout', key, '-out', certificate);
    // where a packaged nginx writes may not be there
    const places = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map((name) => `${name}_temp_path ${folder}/${name};`)
      .join('\n');
    const config = (server: string) =>
      written(
        'nginx.conf',
        `pid ${folder}/nginx.pid;\nerror_log stderr;\nevents {}\nhttp {\naccess_log off;\n${places}\n${server
          .replace('/etc/ssl/registry.pem', certificate)
          .replace('/etc/ssl/registry.key', key)}\n}\n`,
      );
    const taken = ran('nginx', '-t', '-q', '-p', folder, '-c', config(snippet('nginx')));
    expect([taken.status, taken.said]).toEqual([0, expect.any(String)]);
    const broken = snippet('nginx').replace('proxy_pass', 'proxy_past');
    expect(ran('nginx', '-t', '-q', '-p', folder, '-c', config(broken)).said).toContain('proxy_past');
  });
});

describe('the container', () => {
  const lines = snippet('dockerfile').trimEnd().split('\n');

  it('is made of instructions', () => {
    const instructions = lines.map((line) => line.split(' ')[0]);
    expect(instructions).toEqual(['FROM', 'RUN', 'USER', 'ENV', 'VOLUME', 'EXPOSE', 'HEALTHCHECK', 'ENTRYPOINT']);
    const entry = JSON.parse(lines.at(-1)!.slice('ENTRYPOINT '.length));
    expect([entry[0], commands.some(({ name }) => name === entry[1])]).toEqual(['herald', true]);
  });

  it('runs on a Node that the package supports', () => {
    const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
    expect(engines.node).toContain(/^FROM node:(\d+)/.exec(lines[0]!)?.[1]);
  });

  it('is healthy while the server answers, and is not where none does', async () => {
    const server = createServer((_, response) => response.end('{}'));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    const check = /^HEALTHCHECK CMD node -e "(.*)"$/m.exec(snippet('dockerfile'))?.[1]?.replace('8080', String(port));
    const { spawn } = await import('node:child_process');
    const exit = () =>
      new Promise((resolve) => spawn(process.execPath, ['-e', check!], { stdio: 'ignore' }).on('exit', resolve));
    expect(await exit()).toBe(0);
    await new Promise((resolve) => server.close(resolve));
    expect(await exit()).toBe(1);
  });

  it('sets what there is to set, as everything the page names', () => {
    const named = new Set(page.match(/\b(?:HERALD_[A-Z_]*[A-Z]|DATABASE_URL|LOG_FORMAT|LOG_LEVEL)\b/g));
    const unknown = [...named].filter((name) => {
      const reading = readConfig({ [name]: 'x' });
      return !reading.ok && reading.problems.some(({ message }) => message.includes('no setting'));
    });
    // a family of names
    expect(unknown).toEqual([]);
    const misspelt = readConfig({ HERALD_DATTA: 'x' });
    expect(!misspelt.ok && misspelt.problems.map(({ message }) => message).join()).toContain('no setting');
  });
});

describe('the alerts', () => {
  const rows = [...page.matchAll(/^\| `([^`|]*herald_[^`]+)`/gm)].map(([, expression]) => expression!);

  it('ask for metrics that there are', async () => {
    expect(rows).toHaveLength(6);
    const registry = await testRegistry();
    const { text } = await registry.ask('GET', '/metrics');
    await registry.close();
    const families = new Set([...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));
    const asked = rows.flatMap((row) => row.match(/herald_[a-z_]+/g) ?? []);
    const missing = asked.filter((name) => !families.has(name.replace(/_(count|bucket|sum)$/, '')));
    expect(missing).toEqual([]);
  });

  it.skipIf(!hasPromtool())('are expressions that Prometheus takes', () => {
    const alerts = rows
      .filter((row) => /[<>=(]/.test(row))
      .map((row, at) => `      - alert: A${at}\n        expr: ${JSON.stringify(row)}\n`);
    const rules = `groups:\n  - name: herald\n    rules:\n${alerts.join('')}`;
    expect(ran(promtool, 'check', 'rules', written('rules.yaml', rules))).toMatchObject({ status: 0 });
    const broken = rules.replace('histogram_quantile(', 'histogram_quantil(');
    expect(ran(promtool, 'check', 'rules', written('broken.yaml', broken)).status).not.toBe(0);
  });
});
