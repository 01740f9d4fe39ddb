/**
 * Generated types against real events: `npm run bench:types -- [folder]`, ../shared/corpora where none is given. Every event is
 * given to tsc as a literal of its type, whole and with one thing wrong; a validator and the closed world say what is right.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { modelOf } from '../../dist/codegen/model.js';
import { printModel } from '../../dist/codegen/typescript.js';
import { asWriter } from '../../dist/compat/decide/as-writer.js';
import { compileValidator } from '../../dist/schema/validator.js';
import { documentFrom, readLines } from './read.mjs';

const folder = process.argv.slice(2).find((each) => !each.startsWith('--')) ?? '../shared/corpora';
const shows = process.argv.includes('--show');
if (!existsSync(folder)) {
  console.log(`no corpora at ${folder}: nothing measured (pass the folder as an argument)`);
  process.exit(0);
}

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every copy of `value` with one thing wrong: `[what, copy]`. */
function* mutants(value) {
  for (const [what, change] of changesBelow(value)) {
    const copy = structuredClone(value);
    change(copy);
    yield [what, copy];
  }
}

function* changesBelow(value, into = (root) => root) {
  if (isObject(value)) {
    for (const name of Object.keys(value)) {
      yield ['missing', (root) => delete into(root)[name]];
      yield* leafChanges(value[name], (root, put) => (into(root)[name] = put));
      yield* changesBelow(value[name], (root) => into(root)[name]);
    }
    yield ['extra', (root) => (into(root)['zz extra'] = 1)];
  } else if (Array.isArray(value) && value.length > 0) {
    yield* leafChanges(value[0], (root, put) => (into(root)[0] = put));
    yield* changesBelow(value[0], (root) => into(root)[0]);
  }
}

function* leafChanges(value, put) {
  const other = typeof value === 'string' ? 7 : 'text';
  yield ['wrong type', (root) => put(root, isObject(value) || Array.isArray(value) ? 7 : other)];
  yield ['wrong type', (root) => put(root, isObject(value) ? ['text'] : { zz: 1 })];
  if (typeof value === 'string') yield ['unknown literal', (root) => put(root, `${value}~`)];
}

const counts = {};
const count = (what, key) => {
  counts[what] ??= { tried: 0, refused: 0 };
  counts[what][key] += 1;
};
const work = mkdtempSync(join(tmpdir(), 'herald-types-'));
const lines = new Map();
const started = process.cpuUsage();
let generated = 0;
let longest = 0;
for (const [number, row] of readLines(folder, 'event-payloads').entries()) {
  const { document } = documentFrom(row.schema, row.dialect);
  if (document === undefined) continue;
  const compiled = compileValidator(document);
  if (!compiled.ok) continue;
  const text = printModel(modelOf(document, 'Case'));
  generated += 1;
  longest = Math.max(longest, ...text.split('\n').map((line) => line.length));
  const values = [];
  for (const value of row.valid) {
    if (compiled.validator.validate(value).length > 0) continue;
    const { allowed } = asWriter(document, value);
    values.push([allowed === true ? 'declared members only' : 'undeclared members', value]);
    if (allowed !== true) continue;
    const structural = {
      missing: 'required',
      'wrong type': 'type',
      'unknown literal': 'enum',
      extra: 'additionalProperties',
    };
    for (const [what, copy] of mutants(value)) {
      const found = compiled.validator.validate(copy);
      if (found.length > 0 && found.some(({ keyword }) => keyword === structural[what] || keyword === 'const'))
        values.push([what, copy]);
    }
  }
  const at = join(work, String(number));
  mkdirSync(at);
  writeFileSync(join(at, 'types.ts'), text);
  const program = values.map(([, value], index) => `export const v${index}: Case = ${JSON.stringify(value)};`);
  writeFileSync(join(at, 'values.ts'), `import type { Case } from './types.js';\n${program.join('\n')}\n`);
  values.forEach(([what, value], index) => {
    count(what, 'tried');
    lines.set(`${number}/values.ts:${index + 2}`, { what, id: row.id, value });
  });
}
const spent = process.cpuUsage(started);
writeFileSync(join(work, 'package.json'), '{"type":"module"}');
const compilerOptions = {
  target: 'es2022',
  module: 'nodenext',
  strict: true,
  exactOptionalPropertyTypes: true,
  noEmit: true,
  types: [],
};
writeFileSync(join(work, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['**/*.ts'] }));
const tsc = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));
let output = '';
try {
  execFileSync(process.execPath, [tsc, '-p', work, '--pretty', 'false'], { cwd: work, maxBuffer: 1e9 });
} catch (error) {
  output = error.stdout.toString();
}
const refused = new Map();
for (const line of output.split('\n')) {
  const match = /^(\d+\/\w+\.ts)\((\d+),\d+\): (.*)$/.exec(line);
  if (match) refused.set(`${match[1]}:${match[2]}`, match[3]);
}
for (const key of refused.keys()) {
  const known = lines.get(key);
  if (known === undefined) console.log(`not a value: ${key} ${refused.get(key)}`);
  else count(known.what, 'refused');
}
for (const [key, { what, id, value }] of lines) {
  if (!shows || refused.has(key) === (what !== 'declared members only')) continue;
  console.log(`${what} ${id} ${key} ${refused.get(key) ?? ''} ${JSON.stringify(value).slice(0, 300)}`);
}
console.log(
  `${generated} schemas, longest line ${longest} columns, ${Math.round((spent.user + spent.system) / 1_000)} ms of CPU in all`,
);
for (const [what, { tried, refused: no }] of Object.entries(counts))
  console.log(`${what}: ${tried} tried, ${no} refused (${((100 * no) / tried).toFixed(1)} %)`);
if (process.argv.includes('--keep')) console.log(work);
else rmSync(work, { recursive: true });
