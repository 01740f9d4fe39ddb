/**
 * The gate beside `buf breaking`: `npm run bench:check -- <folder with @bufbuild/buf installed>`. Makes git repositories of 1,000 and of
 * 10,000 event schemas and as many Protobuf files that say the same, changes some of each, and times whole processes in turn. Both must
 * report the one break that was made; a run that does not is no result. Processor time and the largest memory come from GNU time, where
 * it is installed; those of what a process starts count with it.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A row is a repository, and how often each process is timed in it, beside once before. */
const sizes = [
  { files: 1_000, rounds: 5 },
  { files: 10_000, rounds: 1 },
];
const gnuTime = '/usr/bin/time';
const herald = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const buf = resolve(process.argv[2] ?? '.', 'node_modules/.bin/buf');

/** One event in both languages. `edit`: what the branch does to it. */
function event(number, edit) {
  const name = `event_${String(number).padStart(4, '0')}`;
  const fields = [
    ['order_id', 'string', 'The order.'],
    ['customer_id', 'string', 'Who ordered.'],
    ['placed_at', 'string', 'When it was placed.'],
    ['currency', 'string', 'The currency of the amounts.'],
    [`total_${number % 7}`, 'number', 'What is to be paid.'],
    ['express', 'boolean', 'Whether it is sent by express.'],
    ['note', edit === 'break' ? 'integer' : 'string', 'What the customer wrote.'],
    ...(edit === 'add' ? [['channel', 'string', 'Where it was placed.']] : []),
  ];
  return { name, fields };
}

const json = ({ name, fields }) =>
  `${JSON.stringify(
    {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: name,
      description: 'An order went a step further.',
      'x-contract': { producer: 'orders', classification: 'internal', orderingKey: '/order_id' },
      type: 'object',
      required: ['order_id', 'placed_at'],
      properties: {
        ...Object.fromEntries(fields.map(([field, type, description]) => [field, { type, description }])),
        address: {
          type: 'object',
          description: 'Where it goes.',
          required: ['street'],
          properties: {
            street: { type: 'string', description: 'Street.' },
            zip: { type: 'string', description: 'Code.' },
          },
        },
        lines: {
          type: 'array',
          description: 'What was ordered.',
          items: {
            type: 'object',
            required: ['sku'],
            properties: {
              sku: { type: 'string', description: 'Article.' },
              count: { type: 'integer', description: 'How many.' },
            },
          },
        },
      },
    },
    null,
    2,
  )}\n`;

const protobufTypes = { string: 'string', number: 'double', boolean: 'bool', integer: 'int64' };

const proto = ({ name, fields }) => `syntax = "proto3";
package bench.${name}.v1;

// An order went a step further.
message Event {
${fields.map(([field, type, text], at) => `  // ${text}\n  ${protobufTypes[type]} ${field} = ${at + 1};`).join('\n')}
  // Where it goes.
  Address address = 20;
  // What was ordered.
  repeated Line lines = 21;
  message Address {
    // Street.
    string street = 1;
    // Code.
    string zip = 2;
  }
  message Line {
    // Article.
    string sku = 1;
    // How many.
    int64 count = 2;
  }
}
`;

const catalog = {
  name: 'bench',
  title: 'Bench',
  names: {
    segments: [
      { name: 'domain', style: 'snake' },
      { name: 'fact', style: 'snake' },
    ],
    major: 'optional',
  },
  envelope: 'cloudevents-1.0',
  classification: { levels: ['public', 'internal'] },
  domains: { order: { owner: 'orders', classification: 'internal', retention: 'P90D' } },
  services: { orders: {} },
  rules: { 'name-states-a-fact': 'off', 'personal-data-tagged': 'off' },
};

function put(path, text) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

function run(cwd, command, args) {
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (error) throw error;
  return { status, said: stdout + stderr };
}

/** A run, with what it took: `ms` by the clock, `cpuMs` of all processors, `peakMb` of memory. */
function measured(cwd, command, args) {
  const began = process.hrtime.bigint();
  const report = join(cwd, '.git/bench-time');
  const timed = existsSync(gnuTime) ? [gnuTime, '-f', '%U %S %M', '-o', report, command] : [command];
  const result = run(cwd, timed[0], [...timed.slice(1), ...args]);
  const ms = Number(process.hrtime.bigint() - began) / 1e6;
  if (timed.length === 1) return { ...result, ms };
  const [user, system, kilobytes] = readFileSync(report, 'utf8').trim().split('\n').at(-1).split(' ').map(Number);
  return { ...result, ms, cpuMs: (user + system) * 1_000, peakMb: kilobytes / 1_024 };
}

function write(folder, files, editOf) {
  for (let number = 0; number < files; number += 1) {
    const made = event(number, editOf(number));
    put(join(folder, `schemas/order.${made.name}.json`), json(made));
    put(join(folder, `proto/bench/${made.name}/v1/event.proto`), proto(made));
  }
}

function repository(files) {
  const folder = mkdtempSync(join(tmpdir(), 'herald-bench-'));
  put(join(folder, 'schemas/catalog.json'), JSON.stringify(catalog));
  put(join(folder, 'buf.yaml'), 'version: v2\nmodules:\n  - path: proto\nbreaking:\n  use: [FILE]\n');
  write(folder, files, () => 'none');
  const git = (...args) => run(folder, 'git', ['-c', 'user.name=bench', '-c', 'user.email=bench@example.org', ...args]);
  git('init', '-q', '-b', 'main');
  git('add', '-A');
  git('commit', '-q', '-m', 'base');
  git('checkout', '-q', '-b', 'change');
  return folder;
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** The two commands in turn, the order swapped each round. */
function race(folder, rounds) {
  const contestants = [
    { name: 'herald', command: process.execPath, args: [herald, 'check', 'schemas', '--against', 'main'] },
    ...(existsSync(buf) ? [{ name: 'buf', command: buf, args: ['breaking', '--against', '.git#branch=main'] }] : []),
  ].map((row) => ({ ...row, runs: [] }));
  for (let round = 0; round <= rounds; round += 1)
    for (const row of round % 2 === 0 ? contestants : contestants.toReversed()) {
      const { said, status, ...took } = measured(folder, row.command, row.args);
      const found =
        row.name === 'buf'
          ? /event_0500.*note/s.test(said) && status === 100
          : /event_0500.*note/s.test(said) && status === 1;
      if (!found) throw new Error(`${row.name} did not report the break (${status}):\n${said.slice(0, 2_000)}`);
      if (round > 0) row.runs.push(took);
    }
  return contestants;
}

const units = [
  ['ms', 'ms'],
  ['cpuMs', 'ms of processors'],
  ['peakMb', 'MB at most'],
];

/** What both took, and the ratio of the medians. */
function* lines(ours, theirs) {
  const over = ({ runs }, field) => runs.map((took) => took[field]);
  const range = (row, field) =>
    `${Math.min(...over(row, field)).toFixed(0)}–${Math.max(...over(row, field)).toFixed(0)}`;
  for (const [field, unit] of units) {
    if (over(ours, field).includes(undefined)) continue;
    const [own, other] = [ours, theirs].map((row) => row && median(over(row, field)));
    yield `  herald ${own.toFixed(0)} ${unit} (${range(ours, field)})${
      theirs ? `, buf ${other.toFixed(0)} (${range(theirs, field)}), ratio ${(own / other).toFixed(2)}` : ', no buf'
    }`;
  }
}

console.log(`${cpus().length} × ${cpus()[0].model}, node ${process.version}, load ${loadavg()[0].toFixed(2)}`);
for (const { files, rounds } of sizes) {
  const folder = repository(files);
  const cases = [
    ['10', (number) => (number === 500 ? 'break' : number % (files / 9) < 1 ? 'add' : 'none')],
    ['all', (number) => (number === 500 ? 'break' : 'add')],
  ];
  for (const [changed, editOf] of cases) {
    write(folder, files, editOf);
    const [ours, theirs] = race(folder, rounds);
    console.log(`${changed} of ${files.toLocaleString('en')} changed, load ${loadavg()[0].toFixed(2)}`);
    for (const line of lines(ours, theirs)) console.log(line);
  }
  rmSync(folder, { recursive: true });
}
