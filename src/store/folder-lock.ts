/**
 * One process per data folder. The embedded database has no lock of its own: a second process opens the same files, commits,
 * and its rows silently vanish.
 *
 * A holder is a file `lock.<generation>` naming a process; the highest generation counts. It appears whole or not at all
 * (written beside, then linked), and a dead holder is followed by the next generation, so that of many who find it dead exactly
 * one links that name. A pid alone is no proof of life: in containers pid 1 always lives, hence the start time.
 */
import { randomUUID } from 'node:crypto';
import { link, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { Fault } from '../errors.ts';
import { makeFolder } from './folder.ts';

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** Ticks since boot at which the process started; '' where the system does not say. */
  readonly started: string;
  /** The machine's boot and the pid namespace: pids of two containers are not comparable. */
  readonly boot: string;
  readonly namespace: string;
}

export interface FolderLock {
  release(): Promise<void>;
}

const lockName = /^lock\.([1-9]\d{0,8})$/;

/** Holds `folder` for this process, or throws Fault DATA_FOLDER_IN_USE naming who does. */
export async function lockFolder(folder: string): Promise<FolderLock> {
  await makeFolder(folder);
  const self = await describe(process.pid);
  const draft = join(folder, `.lock-${process.pid}-${randomUUID()}`);
  await writeFile(draft, JSON.stringify(self), { mode: 0o600 });
  try {
    const held = await acquire(folder, draft, self);
    return { release: () => rm(join(folder, `lock.${held}`), { force: true }) };
  } finally {
    await rm(draft, { force: true });
  }
}

async function acquire(folder: string, draft: string, self: Holder): Promise<number> {
  for (;;) {
    const newest = (await generations(folder)).at(-1) ?? 0;
    if (newest > 0) await requireDead(folder, newest, self);
    const mine = newest + 1;
    if (!(await linked(draft, join(folder, `lock.${mine}`)))) continue;
    // Somebody may have gone further and cleared the name we took: then the higher one counts.
    const now = await generations(folder);
    if (now.at(-1) !== mine) {
      await rm(join(folder, `lock.${mine}`), { force: true });
      continue;
    }
    for (const old of now.slice(0, -1)) await rm(join(folder, `lock.${old}`), { force: true });
    return mine;
  }
}

async function generations(folder: string): Promise<readonly number[]> {
  const names = await readdir(folder);
  return names
    .flatMap((name) => lockName.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((a, b) => a - b);
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (isCode(error, 'EEXIST')) return false;
    throw error;
  }
}

async function requireDead(folder: string, generation: number, self: Holder): Promise<void> {
  const path = join(folder, `lock.${generation}`);
  const holder = await readHolder(path);
  if (holder === undefined || (await isDead(holder, self))) return;
  const elsewhere = holder.host !== self.host || holder.namespace !== self.namespace;
  throw new Fault(
    'DATA_FOLDER_IN_USE',
    { folder, pid: holder.pid, host: holder.host, lock: path },
    {
      message: elsewhere
        ? `The data folder is held by process ${holder.pid} on ${holder.host}. If that machine or container is gone, remove ${path}.`
        : `The data folder ${folder} is held by process ${holder.pid}. Stop that process, or choose another folder with --data or HERALD_DATA.`,
    },
  );
}

/** Undefined where the file is gone: released since it was listed. */
async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8')) as Holder;
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw error;
  }
}

/** Only what can be seen from here is called dead: another machine's or container's process never is. */
async function isDead(holder: Holder, self: Holder): Promise<boolean> {
  if (holder.host !== self.host) return false;
  if (holder.boot !== self.boot) return true;
  if (holder.namespace !== self.namespace) return false;
  if (!isRunning(holder.pid)) return true;
  return (await startTime(holder.pid)) !== holder.started;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return !isCode(error, 'ESRCH');
  }
}

async function describe(pid: number): Promise<Holder> {
  const boot = await readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(absent);
  const namespace = await readlink('/proc/self/ns/pid').catch(absent);
  return { pid, host: hostname(), started: await startTime(pid), boot: boot.trim(), namespace };
}

/** Field 22 of /proc/<pid>/stat; the second one, the name in parentheses, may hold anything. */
async function startTime(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(absent);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  // A zombie holds nothing any more.
  return fields[0] === 'Z' || fields[0] === 'X' ? 'ended' : (fields[19] ?? '');
}

/** Systems without /proc: the pid alone decides there. */
function absent(): string {
  return '';
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
