/** What the commands that try to break a registry end with: where it ran, what was seen, what was violated, and the exit code. */
import { readFileSync } from 'node:fs';
import { cpus, loadavg, totalmem } from 'node:os';

export function machine() {
  const [cpu] = cpus();
  const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const gib = Math.round(totalmem() / 2 ** 30);
  const load = loadavg()[0].toFixed(1);
  return `${cpus().length} × ${cpu?.model.trim()}, ${gib} GiB, Node ${process.version}, Herald ${version}, load ${load}, ${new Date().toISOString().slice(0, 10)}`;
}

/** Violations with how often each was seen, the first few of a kind in words. */
export function violationsFound() {
  const kinds = new Map();
  process.on('uncaughtExceptionMonitor', () => tell(kinds));
  return {
    add(law, example) {
      const known = kinds.get(law) ?? { count: 0, examples: [] };
      known.count += 1;
      if (known.count === 1) console.log(`  first violation of "${law}": ${wording(example)}`);
      if (known.examples.length < 3) known.examples.push(example);
      kinds.set(law, known);
    },
    get count() {
      return [...kinds.values()].reduce((sum, { count }) => sum + count, 0);
    },
    kinds,
  };
}

const wording = (example) => (typeof example === 'string' ? example : JSON.stringify(example));

function tell(kinds) {
  for (const [law, { count, examples }] of kinds) {
    console.log(`  VIOLATED ${count} times: ${law}`);
    for (const example of examples) console.log(`    ${wording(example)}`);
  }
}

export function conclude(title, facts, violations) {
  console.log(`${title}: ${machine()}`);
  for (const [name, value] of Object.entries(facts)) console.log(`  ${name}: ${value}`);
  tell(violations.kinds);
  console.log(violations.count === 0 ? 'Holds.' : `Does not hold: ${violations.count} violations.`);
  process.exitCode = violations.count === 0 ? 0 : 1;
}
