/**
 * Mixed load for a while, with what /metrics says of the process every few seconds:
 *   node scripts/proof/soak.mjs [--seconds 600] [--every 5] [--pause 20] [--slack 1] [--csv FILE] [--svg FILE]
 * Look-ups, validations, lists, checks and metrics all the time, registrations now and then; `--pause` is how many milliseconds
 * each of the callers waits between two requests. On a database of its own where DATABASE_URL is set, otherwise on a data folder.
 * Violations: an answer that is no success; memory, handles or event-loop delay that are not flat. Flat is what, after the first
 * third, climbs by no more than its row allows (`--slack` times that: a short run is all warm-up), or by no more than it goes up and
 * down anyway: four standard deviations beside the line, a little more than the height of a collector's saw. Of a heap that never
 * fell by a tenth in all that time nothing can be said: the collector has not been there.
 */
import { writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { conclude, violationsFound } from '../parts/outcome.mjs';
import { plot } from '../parts/plot.mjs';
import {
  ask,
  demand,
  newDatabase,
  newFolder,
  plainCatalog,
  startHerald,
  toldToRetry,
  versionsAt,
} from '../parts/serving.mjs';
import { lineThrough } from '../parts/slope.mjs';

const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    every: { type: 'string', default: '5' },
    pause: { type: 'string', default: '20' },
    slack: { type: 'string', default: '1' },
    csv: { type: 'string' },
    svg: { type: 'string' },
  },
});
const seconds = Number(options.seconds);
const catalog = 'soak';
const violations = violationsFound();
const counts = new Map();

/** A row is a figure of /metrics: its unit as drawn, and by how much it may rise in the last two thirds, of its mean there. */
const figures = [
  { name: 'resident memory', metric: 'process_resident_memory_bytes', unit: 'MB', scale: 1e-6, rise: 0.15 },
  { name: 'heap used', metric: 'nodejs_heap_size_used_bytes', unit: 'MB', scale: 1e-6, rise: 0.4, isCollected: true },
  { name: 'handles', metric: 'nodejs_active_handles_total', unit: '', scale: 1, rise: 0.25 },
  // other people's load stands in it: only a rise that no neighbour explains counts
  { name: 'event-loop delay, p99', metric: 'nodejs_eventloop_lag_p99_seconds', unit: 'ms', scale: 1_000, rise: 1 },
];

const first = `${versionsAt(catalog, 'thing.first')}`;
const document = (title) => ({
  title,
  type: 'object',
  required: ['id'],
  properties: { id: { type: 'string', maxLength: 40 } },
});

/** A row is one caller: how often for each of its turns it asks what. */
const callers = {
  'look-up of a version': () => ['GET', `${first}/1`],
  'look-up of the latest': () => ['GET', `${first}/latest`],
  'validation of a good event': () => ['POST', `${first}/latest/validate`, { id: 'x' }],
  'validation of a bad event': () => ['POST', `${first}/1/validate`, { id: 7 }],
  list: (turn) => ['GET', `/v1/catalogs/${catalog}/subjects?limit=20&q=${['thing', 'n1', ''][turn % 3] || 'first'}`],
  check: (turn) => [
    'POST',
    '/v1/check',
    { catalog, candidates: [{ subject: 'thing.first', schema: document(`check ${turn}`) }] },
  ],
  registration: (turn) =>
    turn % 10 === 0
      ? ['POST', versionsAt(catalog, `thing.n${turn % 500}`), document(`number ${turn}`)]
      : ['GET', '/livez'],
  audit: () => ['GET', '/v1/audit?limit=10'],
};

async function call(url, name, requestOf, goesOn) {
  for (let turn = 0; goesOn(); turn += 1) {
    const [method, path, body] = requestOf(turn);
    const answer = await ask(url, method, path, body);
    if (toldToRetry(answer.status, answer.headers, answer.body))
      counts.set('told to come back', (counts.get('told to come back') ?? 0) + 1);
    else if (answer.status < 200 || answer.status >= 300)
      violations.add(
        'every request succeeds',
        `${name}: ${answer.status} ${JSON.stringify(answer.body)} ${answer.error?.cause ?? ''}`,
      );
    counts.set(name, (counts.get(name) ?? 0) + 1);
    await new Promise((resolve) => setTimeout(resolve, Number(options.pause)));
  }
}

async function sample(url, began) {
  const text = await (await fetch(`${url}/metrics`)).text();
  const values = figures.map(
    ({ metric, scale }) => Number(new RegExp(`^${metric} (\\S+)`, 'm').exec(text)?.[1]) * scale,
  );
  return [(Date.now() - began) / 1_000, ...values, loadavg()[0]];
}

/** Warm-up is over after a third. */
function judge(rows) {
  const rest = rows.filter(([at]) => at >= seconds / 3);
  return figures.map(({ name, unit, rise: most, isCollected = false }, index) => {
    const rise = most * Number(options.slack);
    const points = rest.map((row) => [row[0], row[index + 1]]);
    const mean = points.reduce((sum, [, value]) => sum + value, 0) / points.length;
    const { slope, deviation } = lineThrough(points);
    const climbed = slope * (points.at(-1)[0] - points[0][0]);
    const noise = 4 * deviation;
    const fell = points.some(([, value], at) => at > 0 && points[at - 1][1] - value > 0.1 * mean);
    const isFlat = climbed <= Math.max(rise * mean, noise) || (isCollected && !fell);
    const said = `mean ${mean.toFixed(1)} ${unit}, over the last two thirds ${climbed >= 0 ? '+' : ''}${climbed.toFixed(1)} ${unit}, noise ${noise.toFixed(1)}, allowed ${(rise * mean).toFixed(1)}: ${isFlat ? 'flat' : 'rises'}`;
    if (!isFlat) violations.add(`${name}: does not go on rising`, said);
    return [name, said];
  });
}

const place = process.env.DATABASE_URL ? await newDatabase(process.env.DATABASE_URL) : newFolder();
const herald = await startHerald(place.args, { LOG_LEVEL: 'error' });
const rows = [];
try {
  await demand(herald.url, 'PUT', `/v1/catalogs/${catalog}`, plainCatalog(catalog));
  await demand(herald.url, 'POST', first, document('first'));
  const began = Date.now();
  const goesOn = () => Date.now() - began < seconds * 1_000;
  const calling = Object.entries(callers).map(([name, requestOf]) => call(herald.url, name, requestOf, goesOn));
  while (goesOn()) {
    rows.push(await sample(herald.url, began));
    await new Promise((resolve) => setTimeout(resolve, Number(options.every) * 1_000));
  }
  await Promise.all(calling);
} finally {
  await herald.stop();
}
await place.remove();
const head = [
  'seconds',
  ...figures.map(({ name, unit }) => (unit === '' ? name : `${name} (${unit})`)),
  'load of the machine',
];
if (options.csv)
  writeFileSync(
    options.csv,
    `${[head, ...rows.map((row) => row.map((value) => value.toFixed(2)))].map((row) => row.join(',').replaceAll(', p99', ' p99')).join('\n')}\n`,
  );
if (options.svg) writeFileSync(options.svg, plot(head, rows));
conclude(
  `Soak, ${seconds} s`,
  {
    requests: [...counts].map(([name, count]) => `${name} ×${count}`).join(', '),
    ...Object.fromEntries(judge(rows)),
    'load of the machine': `${Math.min(...rows.map((row) => row.at(-1)))} to ${Math.max(...rows.map((row) => row.at(-1)))}`,
  },
  violations,
);
