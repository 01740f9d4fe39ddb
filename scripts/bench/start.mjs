/** How long the command takes to start, beside an empty script: `npm run bench:start -- [--runs 20]`. Whole processes, in turn. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { machine, median, option, table } from '../parts/figures.mjs';

const runs = Number(option('runs', 20));
const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'herald-bench-'));
const empty = join(folder, 'empty.mjs');
writeFileSync(empty, '');

function took(args) {
  const began = performance.now();
  const { status } = spawnSync(process.execPath, args, { stdio: 'ignore', cwd: folder });
  if (status !== 0) throw new Error(`${args.join(' ')}: exit ${status}`);
  return performance.now() - began;
}

const commands = [['--help'], ['--version'], ['check', '--help']];
const rows = commands.map((args) => {
  took([main, ...args]);
  const pairs = Array.from({ length: runs }, () => [took([empty]), took([main, ...args])]);
  return [
    `herald ${args.join(' ')}`,
    median(pairs.map(([a]) => a)).toFixed(0),
    median(pairs.map(([, b]) => b)).toFixed(0),
    median(pairs.map(([a, b]) => b / a)).toFixed(2),
  ];
});
rmSync(folder, { recursive: true });
console.log(`Start of the command, ${runs} pairs. ${machine()}\n`);
console.log(table(['command', 'empty script ms', 'herald ms', 'ratio'], rows));
