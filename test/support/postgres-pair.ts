/** A PostgreSQL of a test's own and a standby of it, from the binaries of this machine. */
import { type SpawnSyncOptions, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { freePort } from './nats-server.ts';

const versions = '/usr/lib/postgresql';

/** The server refuses to run as root, so there it runs as the user that Debian makes for it. */
export function hasPostgres(): boolean {
  const isThere = binaries() !== undefined && (userInfo().uid !== 0 || run('id', ['postgres']).status === 0);
  if (!isThere && process.env.TEST_REQUIRES_DATABASE === '1')
    throw new Error(`no PostgreSQL can be started from ${versions}: the tests with a standby would be skipped`);
  return isThere;
}

function binaries(): string | undefined {
  if (!existsSync(versions)) return undefined;
  const newest = readdirSync(versions).sort((a, b) => Number(b) - Number(a))[0];
  return newest === undefined ? undefined : join(versions, newest, 'bin');
}

function run(command: string, args: readonly string[], options: SpawnSyncOptions = {}) {
  return spawnSync(command, args, { encoding: 'utf8', ...options });
}

export interface PostgresPair {
  readonly primary: string;
  readonly standby: string;
  /** As a power cut would. */
  killStandby(): void;
  startStandby(): void;
  end(): void;
}

export async function postgresPair(): Promise<PostgresPair> {
  const bin = binaries()!;
  const isRoot = userInfo().uid === 0;
  const asServer = (command: string, ...args: readonly string[]) => {
    const [first, ...rest] = isRoot ? ['runuser', '-u', 'postgres', '--', join(bin, command)] : [join(bin, command)];
    // what a server goes on writing must not keep its starter waiting
    const done = run(first!, [...rest, ...args], { cwd: tmpdir(), stdio: 'ignore' });
    if (done.status !== 0) throw new Error(`${command} ended with ${done.status}`);
  };
  const folder = mkdtempSync(join(tmpdir(), 'herald-pair-'));
  if (isRoot) run('chown', ['postgres', folder]);
  const ports = { primary: await freePort(), standby: await freePort() };
  const dataOf = (which: keyof typeof ports) => join(folder, which);
  const start = (which: keyof typeof ports) => {
    const options = `-p ${ports[which]} -c unix_socket_directories=${folder} -c listen_addresses=127.0.0.1 -c fsync=off`;
    asServer('pg_ctl', '-D', dataOf(which), '-w', '-l', join(folder, `${which}.log`), '-o', options, 'start');
  };
  const stop = (which: keyof typeof ports) => asServer('pg_ctl', '-D', dataOf(which), '-m', 'immediate', 'stop');
  asServer('initdb', '-D', dataOf('primary'), '-A', 'trust', '-U', 'postgres', '--no-sync');
  start('primary');
  const from = ['-h', '127.0.0.1', '-p', String(ports.primary), '-U', 'postgres'];
  asServer('pg_basebackup', '-D', dataOf('standby'), '-R', '-c', 'fast', '--no-sync', ...from);
  start('standby');
  const urlOf = (which: keyof typeof ports) => `postgres://postgres@127.0.0.1:${ports[which]}/postgres`;
  return {
    primary: urlOf('primary'),
    standby: urlOf('standby'),
    killStandby: () => stop('standby'),
    startStandby: () => start('standby'),
    end() {
      for (const which of ['standby', 'primary'] as const)
        if (existsSync(join(dataOf(which), 'postmaster.pid'))) stop(which);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
