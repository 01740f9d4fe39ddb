/** A PostgreSQL of one's own, to be killed and starved: made with initdb, on a free port, removed afterwards. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Where Debian keeps them; elsewhere they are on the path. */
function tool(name) {
  const root = '/usr/lib/postgresql';
  const newest = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a))[0] : undefined;
  return newest === undefined ? name : join(root, newest, 'bin', name);
}

/** PostgreSQL refuses to run as root. */
const asPostgres = process.getuid?.() === 0 ? ['runuser', '-u', 'postgres', '--'] : [];

function run(name, ...args) {
  const [command, ...rest] = [...asPostgres, tool(name), ...args];
  return execFileSync(command, rest, { stdio: ['ignore', 'ignore', 'pipe'], timeout: 300_000 });
}

const newFolder = () => mkdtempSync(join(tmpdir(), 'herald-cluster-'));

/** `log`: where its write-ahead log is, if not in the same place. */
export async function newCluster({ parent = newFolder(), log } = {}) {
  const data = join(parent, 'data');
  mkdirSync(data);
  const elsewhere = log === undefined ? [] : [log];
  if (asPostgres.length > 0) execFileSync('chown', ['-R', 'postgres', parent, ...elsewhere]);
  const settled = ['-U', 'postgres', '-A', 'trust', '-E', 'UTF8', '--no-sync', '--wal-segsize=1'];
  run('initdb', '-D', data, ...settled, ...elsewhere.flatMap((path) => ['-X', join(path, 'wal')]));
  const port = await freePort();
  const settings = [`-p ${port}`, `-k ${parent}`, '-c listen_addresses=127.0.0.1', '-c max_wal_size=16MB'];
  const cluster = {
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    data,
    start: () =>
      run('pg_ctl', '-D', data, '-w', '-t', '120', '-l', join(parent, 'log'), '-o', settings.join(' '), 'start'),
    /** As a power cut would, but for the machine's own cache: no checkpoint, no goodbye. */
    crash: () => run('pg_ctl', '-D', data, '-w', '-m', 'immediate', 'stop'),
    isRunning() {
      try {
        run('pg_ctl', '-D', data, 'status');
        return true;
      } catch {
        return false;
      }
    },
    remove() {
      if (cluster.isRunning()) cluster.crash();
      for (const path of [parent, ...elsewhere]) rmSync(path, { recursive: true, force: true });
    },
  };
  return cluster;
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
