/** A real `herald serve` for benchmarks: its own folder or database, started, measured from outside, stopped. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
import { policyRules } from '../../dist/policy/rules/index.js';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** Starts a process and answers it with the address it prints. */
export async function started(args, env = {}) {
  const child = spawn(process.execPath, args, {
    env: { ...process.env, DATABASE_URL: '', HERALD_URL: '', LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  const url = await new Promise((resolve, reject) => {
    const hear = (chunk) => {
      printed += chunk;
      const found = /listens on (\S+)/.exec(printed)?.[1];
      if (found) resolve(found);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('close', () => reject(new Error(printed)));
  });
  const ended = new Promise((resolve) => child.once('close', resolve));
  const stop = async () => {
    child.kill('SIGTERM');
    await ended;
  };
  return { url, pid: child.pid, stop };
}

/** On an embedded database in a new folder, removed with `stop`. */
export async function servedOnFolder(env = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'herald-bench-'));
  const server = await started([main, 'serve', '--port', '0', '--data', join(folder, 'data')], env);
  return {
    ...server,
    stop: async () => {
      await server.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A new database on the PostgreSQL at `url`; `drop` removes it. */
export async function newDatabase(url) {
  const name = `herald_bench_${randomUUID().slice(0, 8)}`;
  const run = async (statement) => {
    const client = postgres(url, { max: 1, onnotice: () => undefined });
    await client.unsafe(statement).finally(() => client.end());
  };
  await run(`create database "${name}"`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  return { url: own.href, drop: () => run(`drop database if exists "${name}" with (force)`) };
}

export function servedOn(database, args = [], env = {}) {
  return started([main, 'serve', '--port', '0', '--database', database, ...args], env);
}

/** Asks, and fails loudly where the answer is not one of `statuses`. */
export async function ask(url, method, path, body, statuses = [200, 201]) {
  const response = await fetch(`${url}${path}`, {
    method,
    ...(body !== undefined && { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
  });
  const text = await response.text();
  if (!statuses.includes(response.status)) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return JSON.parse(text || '{}');
}

/** A catalog whose rules ask for nothing beyond compatibility, so that a benchmark measures the registry and not a rule book. */
export async function putPlainCatalog(url, name = 'bench') {
  await ask(url, 'PUT', `/v1/catalogs/${name}`, {
    name,
    title: 'Of a benchmark',
    names: { segments: ['thing', 'fact'].map((segment) => ({ name: segment, style: 'kebab' })), major: 'none' },
    envelope: 'cloudevents-1.0',
    classification: { levels: ['open'] },
    rules: Object.fromEntries(policyRules.map(({ id }) => [id, 'off'])),
  });
}

/** Processor time of a process and its children, in milliseconds (Linux). */
export function processorTime(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
