/** Everything a change must pass, in the order that fails soonest: types, lint, tests, every script's --check, our own schemas. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

const root = new URL('..', import.meta.url).pathname;
const scripts = readdirSync(new URL('.', import.meta.url))
  .filter((name) => name.endsWith('.mjs') && name !== 'check.mjs')
  .filter((name) => readFileSync(new URL(name, import.meta.url), 'utf8').includes('--check'))
  .sort();

const steps = [
  ['npm', 'run', 'types'],
  ['npm', 'run', 'lint'],
  ['npm', 'test'],
  ...scripts.map((name) => ['node', `scripts/${name}`, '--check']),
  ['node', 'dist/cli/main.js', 'check', 'schemas'],
];

for (const [command, ...args] of steps) {
  console.log(`\n--- ${[command, ...args].join(' ')}`);
  const began = Date.now();
  const { status } = spawnSync(command, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) {
    console.error(`--- failed (${status}): ${[command, ...args].join(' ')}`);
    process.exit(1);
  }
  console.log(`--- ${((Date.now() - began) / 1000).toFixed(1)} s`);
}
console.log('\n--- all passed');
