/** A whole service on a PGlite folder in one process, killed and started again on the folder. Part of events-kill-bus.mjs. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { PGlite } from '@electric-sql/pglite';
import { createEvents } from '../../dist/events/index.js';
import { client, subject } from '../parts/events-service.mjs';

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

export async function onPglite({ kills, keys, everyMs, stream, url, bus }) {
  const folder = mkdtempSync(join(tmpdir(), 'herald-kill-'));
  const events = createEvents({ catalog: 'choice-sherpa', service: 'session', client: client(stream), bus });
  await events.ensure([subject]);
  const committed = new Map(keys.map((key) => [key, []]));
  const begun = new Set();
  const start = (run, mode) => {
    const script = new URL('events-whole.mjs', import.meta.url).pathname;
    const args = [script, mode, folder, stream, url, String(run), String(keys.length)];
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    child.stdin.on('error', () => {});
    const read = createInterface(child.stdout);
    const isUp = new Promise((resolve) => {
      read.on('line', (line) => {
        const [word, key, mark] = line.split(' ');
        if (word === 'begins') begun.add(mark);
        else if (word === 'committed') committed.get(key).push(mark);
        else resolve();
      });
    });
    return { child, isUp, over: once(child, 'exit') };
  };
  for (let kill = 0; kill < kills; kill += 1) {
    const { child, isUp, over } = start(kill, 'write');
    await Promise.race([isUp, over]);
    await pause(everyMs * (0.2 + Math.random()));
    child.kill('SIGKILL');
    await over;
  }
  const last = start(kills, 'drain');
  await Promise.race([last.over, pause(180_000)]);
  last.child.kill('SIGKILL');
  const db = await PGlite.create(folder);
  const { rows: effects } = await db.query(`select key, mark from "${stream}".effect order by id`);
  const { rows } = await db.query(`select count(*)::int as count from "${stream}".herald_parked`);
  await db.close();
  await events.close();
  rmSync(folder, { recursive: true, force: true });
  const sure = new Set([...committed.values()].flat());
  // begun and never confirmed: killed around the commit, which may have happened
  const inDoubt = new Set([...begun].filter((mark) => !sure.has(mark)));
  return { committed, inDoubt, effects, parked: rows[0].count, processes: 'the one process' };
}
