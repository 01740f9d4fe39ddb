/**
 * `node scripts/proof/provision.mjs [--catalog daarion] [--environment staging] [--nats PROGRAM] [--redis PROGRAM] [--target URL
 * [--management URL]]`: the command itself, from an empty folder, on an empty server, a second time, on one that has drifted, and a
 * second time again. Options may be given several times, one for each server. PROGRAM is run on a port of its own; what is at URL is
 * used as it is, so that nothing else should be there.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { brokerOf } from '../parts/brokers.mjs';
import { drifted } from '../parts/drift.mjs';
import { conclude, violationsFound } from '../parts/outcome.mjs';

const several = { type: 'string', multiple: true, default: [] };
const { values } = parseArgs({
  options: {
    catalog: { type: 'string', default: 'daarion' },
    environment: { type: 'string' },
    nats: several,
    redis: several,
    target: several,
    management: several,
  },
});
const main = new URL('../../dist/cli/main.js', import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), 'herald-provision-'));
cpSync(new URL(`../../schemas/${values.catalog}/`, import.meta.url), join(folder, values.catalog), { recursive: true });
const environment = values.environment === undefined ? [] : ['--environment', values.environment];
const violations = violationsFound();
const facts = {};

/** Exit code and what was printed; `--format json` is a value. */
function herald(at, verb, ...more) {
  const args = ['provision', verb, ...at, '--catalog', values.catalog, ...environment, '--format', 'json', ...more];
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], { cwd: folder, encoding: 'utf8' });
  return { exit: status, said: stdout === '' ? {} : JSON.parse(stdout), stderr };
}

function expected(law, holds, saw) {
  if (!holds) violations.add(law, saw);
}

function count(changes = []) {
  const classes = new Map();
  for (const one of changes) classes.set(one.class, (classes.get(one.class) ?? 0) + 1);
  return [...classes].map(([name, number]) => `${number} ${name}`).join(', ') || 'nothing';
}

async function proved(url, management) {
  const at = ['--target', url, ...(management === undefined ? [] : ['--management', management])];
  const empty = herald(at, 'plan');
  expected('the plan of an empty server creates', empty.exit === 1, empty);
  const began = performance.now();
  const first = herald(at, 'apply');
  const seconds = ((performance.now() - began) / 1_000).toFixed(1);
  expected('the first apply does all of it', first.exit === 0, first);
  const again = herald(at, 'plan');
  expected('the second plan is empty', again.exit === 0 && again.said.changes?.length === 0, again);
  const second = herald(at, 'apply');
  expected('the second apply does nothing', second.exit === 0 && second.said.outcomes?.length === 0, second);
  const drift = await drifted(url, management, first.said.outcomes ?? []);
  const differs = herald(at, 'plan');
  const keys = (differs.said.changes ?? []).map(({ class: grade, kind, name }) => `${grade} ${kind} ${name}`).sort();
  expected('what drifted is what the plan shows', String(keys) === String([...drift.changes].sort()), { keys, drift });
  const withheld = herald(at, 'apply');
  const isHeld = (withheld.said.outcomes ?? []).every(
    (one) => one.state === (one.class === 'risky' ? 'withheld' : 'done'),
  );
  expected('what is risky is withheld, and the rest is done', withheld.exit === 1 && isHeld, withheld);
  const mended = herald(at, 'apply', '--allow', 'risky');
  expected('what is risky is done when allowed', mended.exit === 0 && mended.said.outcomes?.length > 0, mended);
  const last = herald(at, 'plan');
  expected('the plan of what was mended is empty', last.exit === 0, last);
  expected('what others made is still there', await drift.isStrangerThere(), url);
  const server = empty.said.server ?? url;
  facts[server] =
    `empty: ${count(empty.said.changes)}; applied in ${seconds} s; second: ${count(again.said.changes)}; drifted: ${count(differs.said.changes)}; mended: ${count(last.said.changes)}`;
}

for (const kind of ['nats', 'redis'])
  for (const program of values[kind]) {
    const broker = await brokerOf(kind, { program });
    try {
      await proved(broker.url);
    } finally {
      await broker.end();
    }
  }
for (const [index, url] of values.target.entries()) await proved(url, values.management[index]);
rmSync(folder, { recursive: true, force: true });
conclude(`Provisioning ${values.catalog}`, facts, violations);
