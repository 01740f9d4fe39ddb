/**
 * The gate beside `buf breaking`: `npm run bench:check -- <folder with @bufbuild/buf installed>`. Makes a git repository of 1,000
 * event schemas and 1,000 Protobuf files that say the same, changes some of each, and times whole processes in turn.
 * Both must report the one break that was made; a run that does not is no result.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const files = 1_000;
const rounds = 9;
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
  const began = process.hrtime.bigint();
  const { status, stdout, stderr, error } = spawnSync(command, args, { cwd, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (error) throw error;
  return { ms: Number(process.hrtime.bigint() - began) / 1e6, status, said: stdout + stderr };
}

function write(folder, editOf) {
  for (let number = 0; number < files; number += 1) {
    const made = event(number, editOf(number));
    put(join(folder, `schemas/order.${made.name}.json`), json(made));
    put(join(folder, `proto/bench/${made.name}/v1/event.proto`), proto(made));
  }
}

function repository() {
  const folder = mkdtempSync(join(tmpdir(), 'herald-bench-'));
  put(join(folder, 'schemas/catalog.json'), JSON.stringify(catalog));
  put(join(folder, 'buf.yaml'), 'version: v2\nmodules:\n  - path: proto\nbreaking:\n  use: [FILE]\n');
  write(folder, () => 'none');
  const git = (...args) => run(folder, 'git', ['-c', 'user.name=bench', '-c', 'user.email=bench@example.org', ...args]);
  git('init', '-q', '-b', 'main');
  git('add', '-A');
  git('commit', '-q', '-m', 'base');
  git('checkout', '-q', '-b', 'change');
  return folder;
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** The two commands in turn, the order swapped each round. */
function race(folder) {
  const contestants = [
    { name: 'herald', command: process.execPath, args: [herald, 'check', 'schemas', '--against', 'main'] },
    ...(existsSync(buf) ? [{ name: 'buf', command: buf, args: ['breaking', '--against', '.git#branch=main'] }] : []),
  ].map((row) => ({ ...row, times: [] }));
  for (let round = 0; round <= rounds; round += 1)
    for (const row of round % 2 === 0 ? contestants : contestants.toReversed()) {
      const { ms, status, said } = run(folder, row.command, row.args);
      const found =
        row.name === 'buf'
          ? /event_0500.*note/s.test(said) && status === 100
          : /event_0500.*note/s.test(said) && status === 1;
      if (!found) throw new Error(`${row.name} did not report the break (${status}):\n${said.slice(0, 2_000)}`);
      if (round > 0) row.times.push(ms);
    }
  return contestants;
}

const folder = repository();
const cases = [
  ['10 of 1,000 changed', (number) => (number === 500 ? 'break' : number % 111 === 0 ? 'add' : 'none')],
  ['all 1,000 changed', (number) => (number === 500 ? 'break' : 'add')],
];
console.log(`${cpus().length} × ${cpus()[0].model}, node ${process.version}, load ${loadavg()[0].toFixed(2)}`);
for (const [name, editOf] of cases) {
  write(folder, editOf);
  const [ours, theirs] = race(folder);
  const [own, other] = [ours, theirs].map((row) => row && median(row.times));
  const range = (row) => `${Math.min(...row.times).toFixed(0)}–${Math.max(...row.times).toFixed(0)}`;
  console.log(
    `${name}: herald ${own.toFixed(0)} ms (${range(ours)})` +
      (theirs ? `, buf ${other.toFixed(0)} ms (${range(theirs)}), ratio ${(own / other).toFixed(2)}` : ', no buf'),
  );
}
rmSync(folder, { recursive: true });
