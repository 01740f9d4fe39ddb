/** Real `herald serve` processes for benches and for the tests that try to break one: started, asked over HTTP, killed, looked into. */
import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
import { policyRules } from '../../dist/policy/rules/index.js';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const patience = 600_000;
/** The embedded database is WebAssembly: compiled by the fast compiler alone it starts in half the processor time, and does the same. */
const quickStart = ['--liftoff-only'];

/** Answers at once; `ready` resolves with the address, or rejects with what the process said when it ended instead. */
export function spawnHerald(args, env = {}, flags = quickStart) {
  const child = spawn(process.execPath, [...flags, main, 'serve', '--port', '0', ...args], {
    env: { ...process.env, DATABASE_URL: '', HERALD_URL: '', LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let printed = '';
  const ended = new Promise((resolve) => child.once('close', (code, signal) => resolve({ code, signal })));
  const ready = new Promise((resolve, reject) => {
    const hear = (chunk) => {
      printed += chunk;
      const found = /listens on (\S+)/.exec(printed)?.[1];
      if (found) resolve(found);
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    void ended.then(() => reject(new Error(`the registry ended: ${printed}`)));
    setTimeout(() => reject(new Error(`the registry did not start in ${patience} ms: ${printed}`)), patience).unref();
  });
  ready.catch(() => undefined); // whoever kills it while it starts does not wait for it
  const end = async (signal) => {
    child.kill(signal); // nothing where it has ended already
    return ended;
  };
  return {
    pid: child.pid,
    ready,
    ended,
    printed: () => printed,
    kill: () => end('SIGKILL'),
    stop: () => end('SIGTERM'),
  };
}

/** `flags`: of Node. Who measures speed gives none, as `herald serve` runs. */
export async function startHerald(args, env, flags) {
  const herald = spawnHerald(args, env, flags);
  return { ...herald, url: await herald.ready };
}

/** Where a registry keeps its data: what `herald serve` is told, what `openStore` is told, and the way to remove it. */
export function newFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'herald-bench-'));
  const path = join(folder, 'data');
  return {
    args: ['--data', path],
    store: { kind: 'folder', path },
    remove: async () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A new database on the PostgreSQL at `url`. */
export async function newDatabase(url) {
  const name = `herald_proof_${randomUUID().slice(0, 8)}`;
  await statement(url, `create database "${name}"`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  return {
    args: ['--database', own.href],
    store: { kind: 'postgres', url: own.href, connections: 2 },
    remove: () => statement(url, `drop database if exists "${name}" with (force)`),
  };
}

export async function statement(url, text) {
  const client = postgres(url, { max: 1, onnotice: () => undefined });
  return client.unsafe(text).finally(() => client.end());
}

/** `{status, headers, body}`, whatever the status; `status` 0 where no answer came: nobody knows then whether it was done. */
export async function ask(url, method, path, body) {
  try {
    const response = await fetch(`${url}${path}`, {
      method,
      signal: AbortSignal.timeout(patience),
      ...(body !== undefined && { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  } catch (error) {
    return { status: 0, headers: new Headers(), body: undefined, error };
  }
}

/** Asks for what must succeed. */
export async function demand(url, method, path, body) {
  const answer = await ask(url, method, path, body);
  if (answer.status >= 200 && answer.status < 300) return answer;
  throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`, { cause: answer.error });
}

/** A catalog whose rules ask for compatibility and nothing else. */
export function plainCatalog(name, more = {}) {
  return {
    name,
    title: 'Of a test',
    names: { segments: ['thing', 'fact'].map((segment) => ({ name: segment, style: 'kebab' })), major: 'none' },
    envelope: 'cloudevents-1.0',
    classification: { levels: ['open'] },
    rules: Object.fromEntries(policyRules.map(({ id }) => [id, 'off'])),
    ...more,
  };
}

export const versionsAt = (catalog, subject) => `/v1/catalogs/${catalog}/subjects/${subject}/versions`;

/** 503 with a time to come back; or, on a machine with far too much to do, a check that was not begun in time. */
export function toldToRetry(status, headers, body) {
  if (status === 503) return headers.has('retry-after');
  return status === 409 && body?.error?.code === 'UNDECIDED' && body.error.details?.reason === 'time';
}

/** A catalog of that name whose rules measure the registry and not a rule book. */
export async function putPlainCatalog(url, name = 'bench') {
  await demand(url, 'PUT', `/v1/catalogs/${name}`, plainCatalog(name));
}

/** Processor time of one process so far, in milliseconds (Linux); its children are not in it. */
export function processorTime(pid) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}
