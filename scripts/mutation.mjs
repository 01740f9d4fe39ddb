/**
 * Breaks each theory of the engine on purpose, in a copy, and runs the verdict tests: every mutation has to make one fail.
 * `npm run mutation` (some minutes), or with names of mutations as arguments. Exit 1 where one survives or no longer applies.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { mutations } from './mutations.mjs';

const root = new URL('..', import.meta.url).pathname;
const asked = process.argv.slice(2);
const chosen =
  asked.length === 0 ? mutations : mutations.filter(({ name }) => asked.some((each) => name.includes(each)));

const copy = mkdtempSync(join(tmpdir(), 'herald-mutation-'));
for (const each of ['src', 'test', 'package.json', 'tsconfig.json'])
  cpSync(join(root, each), join(copy, each), { recursive: true });
symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));

const rows = chosen.map((mutation) => {
  const row = { ...mutation, ...outcome(mutation) };
  const said = row.by ? `${row.result}: ${row.by}` : row.result;
  console.log(`${row.theory.padEnd(13)} ${row.name.padEnd(58)} ${said}`);
  return row;
});
rmSync(copy, { recursive: true });

const lived = rows.filter(({ result }) => result !== 'killed').length;
console.log(`\n${rows.length - lived} of ${rows.length} mutations make a test fail`);
process.exit(lived === 0 ? 0 : 1);

function outcome({ file, from, to, tests = ['test/compat.golden.test.ts', 'test/compat.property.test.ts'] }) {
  const path = join(copy, file);
  const text = readFileSync(path, 'utf8');
  if (text.split(from).length !== 2) return { result: 'does not apply' };
  writeFileSync(
    path,
    text.replace(from, () => to),
  );
  for (const each of tests) {
    const args = ['vitest', 'run', '--config', 'test/vitest.config.ts', '--bail', '1', '--reporter', 'json', each];
    const { stdout, status } = spawnSync('npx', args, {
      cwd: copy,
      encoding: 'utf8',
      maxBuffer: 1e9,
      timeout: 300_000,
    });
    if (status === 0) continue;
    writeFileSync(path, text);
    return { result: 'killed', by: firstFailure(stdout) };
  }
  writeFileSync(path, text);
  return { result: 'LIVES' };
}

/** The name of the first test that failed; without a report the run itself broke off, or did not end. */
function firstFailure(report) {
  const begin = (report ?? '').indexOf('{"numTotal');
  if (begin < 0) return 'the run did not end';
  const { testResults } = JSON.parse(report.slice(begin));
  const failed = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .find(({ status }) => status === 'failed');
  return failed?.fullName.slice(0, 90) ?? 'the run broke off';
}
