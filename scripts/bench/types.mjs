/**
 * Generated types on real schemas: `npm run bench:types -- [folder]`. Valid events of event-payloads.jsonl and changed copies of
 * them are held against a validator; what it accepts must assign, what it refuses for its structure must not. `tsc` decides.
 * Prints the counts and every case where type and validator differ.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { modelOf } from '../../dist/codegen/model.js';
import { printModel } from '../../dist/codegen/typescript.js';
import { declaredDialect } from '../../dist/schema/dialect.js';
import { compileValidator } from '../../dist/schema/validator.js';

const corpus = join(process.argv[2] ?? '../shared/corpora', 'event-payloads.jsonl');
if (!existsSync(corpus)) {
  console.log(`no corpus at ${corpus}: nothing checked (pass the folder as an argument)`);
  process.exit(0);
}

// what a structural type can say; bounds, patterns and formats it cannot
const structural = new Set(['type', 'required', 'enum', 'const', 'additionalProperties', 'false']);
const mostCopies = 200;

/** Copies of `value` with one thing changed: a member left out or added, a value of another type. */
function* changed(value) {
  if (Array.isArray(value)) {
    for (const [at, item] of value.slice(0, 2).entries())
      for (const other of changed(item)) yield value.with(at, other);
    yield 'text';
  } else if (typeof value === 'object' && value !== null) {
    for (const name of Object.keys(value)) {
      const { [name]: held, ...rest } = value;
      yield rest;
      for (const other of changed(held)) yield { ...value, [name]: other };
    }
    yield { ...value, unheardOf: 1 };
    yield [value];
  } else {
    yield typeof value === 'number' ? 'text' : 12;
    yield typeof value === 'boolean' ? 'text' : true;
    yield null;
    yield {};
    if (typeof value === 'string') yield `${value}_x`;
  }
}

const folder = mkdtempSync(join(tmpdir(), 'herald-types-'));
const compilerOptions = {
  target: 'es2022',
  lib: ['es2022'],
  module: 'nodenext',
  strict: true,
  noEmit: true,
  types: [],
};
writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['**/*.ts'] }));
writeFileSync(join(folder, 'package.json'), '{"type":"module"}');

const count = { schemas: 0, accepted: 0, refused: 0 };
for (const line of readFileSync(corpus, 'utf8').trim().split('\n')) {
  const { schema, valid } = JSON.parse(line);
  const document = { root: schema, dialect: declaredDialect(schema) ?? '2020-12', bundle: new Map() };
  const compiled = compileValidator(document);
  if (!compiled.ok) continue;
  const lines = [
    "import type { Case } from './types.js';",
    'declare function take(value: Case): void;',
    // through a function: a literal that is passed directly may have no members the type does not name
    'declare function same<Value>(value: Value): Value;',
  ];
  for (const event of valid) {
    let copies = 0;
    for (const value of [event, ...changed(event)]) {
      if (copies++ > mostCopies) break;
      const rejections = compiled.validator.validate(value);
      if (rejections.length === 0) {
        lines.push(`take(same(${JSON.stringify(value)}));`);
        count.accepted += 1;
      } else if (rejections.every(({ keyword }) => structural.has(keyword))) {
        lines.push('// @ts-expect-error', `take(${JSON.stringify(value)});`);
        count.refused += 1;
      }
    }
  }
  const place = join(folder, `c${count.schemas++}`);
  mkdirSync(place);
  writeFileSync(join(place, 'types.ts'), printModel(modelOf(document, 'Case')));
  writeFileSync(join(place, 'values.ts'), lines.join('\n'));
}

const compiler = fileURLToPath(new URL('../../node_modules/typescript/bin/tsc', import.meta.url));
const run = spawnSync(process.execPath, [compiler, '-p', folder, '--pretty', 'false'], {
  cwd: folder,
  encoding: 'utf8',
  maxBuffer: 1e9,
});
const complaints = run.stdout.split('\n').filter((each) => /^c\d+\//.test(each));
if (run.status !== 0 && complaints.length === 0)
  throw new Error(`the compiler did not run: ${run.stdout}${run.stderr}`);
const tooWide = complaints.filter((each) => each.includes('TS2578'));
console.log(
  `${count.schemas} schemas, ${count.accepted} accepted values, ${count.refused} refused for their structure`,
);
console.log(`refused by the validator, taken by the type: ${tooWide.length}`);
console.log(`accepted by the validator, not taken by the type: ${complaints.length - tooWide.length}`);
for (const each of complaints) console.log(each.slice(0, 300));
rmSync(folder, { recursive: true });
