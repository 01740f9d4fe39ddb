#!/usr/bin/env node
/**
 * Whether migrations/ is what src/store/tables.ts says. `--check` regenerates them beside and fails on a difference, and on a
 * journal whose dates do not rise: drizzle's migrator skips a migration dated before the newest applied one without a word.
 * Without `--check` it generates what is missing; the first argument names it.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const kit = fileURLToPath(new URL('bin.cjs', import.meta.resolve('drizzle-kit')));

function generate(out, name) {
  const given = ['generate', '--dialect', 'postgresql', '--schema', './src/store/tables.ts', '--out', out];
  const run = spawnSync(process.execPath, [kit, ...given, '--name', name], { cwd: root, encoding: 'utf8' });
  const said = `${run.stdout}${run.stderr}`;
  if (run.status !== 0 || !/nothing to migrate|Your SQL migration file/.test(said)) throw new Error(said);
  return said;
}

function datesRise() {
  const { entries } = JSON.parse(readFileSync(join(root, 'migrations/meta/_journal.json'), 'utf8'));
  return entries.flatMap((entry, index) =>
    entry.idx === index && (index === 0 || entry.when > entries[index - 1].when)
      ? []
      : [`${entry.tag}: not dated after the migration before it`],
  );
}

function regenerated() {
  // Inside the project: drizzle-kit reads snapshots by a path relative to where it runs.
  const copy = mkdtempSync(join(root, 'node_modules', '.migrations-'));
  try {
    cpSync(join(root, 'migrations'), copy, { recursive: true });
    const before = new Set(readdirSync(copy));
    generate(relative(root, copy), 'difference');
    return readdirSync(copy)
      .filter((file) => !before.has(file))
      .map((file) => `src/store/tables.ts says more than migrations/ does:\n${readFileSync(join(copy, file), 'utf8')}`);
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

if (process.argv.includes('--check')) {
  const problems = [...datesRise(), ...regenerated()];
  for (const problem of problems) console.error(problem);
  if (problems.length === 0) console.log('migrations: as src/store/tables.ts says');
  process.exitCode = problems.length === 0 ? 0 : 1;
} else {
  console.log(generate('./migrations', process.argv[2] ?? 'change'));
}
