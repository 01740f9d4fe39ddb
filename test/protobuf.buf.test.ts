/**
 * Side by side with `buf breaking`, category WIRE: each golden of one file, in both directions. Where the two differ the row says who is
 * right and why; a difference without a row, and a row without a difference, fail.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compareProtobuf } from '../src/protobuf/compare.ts';
import { parseProtobuf } from '../src/protobuf/parse.ts';

interface Case {
  readonly name: string;
  readonly previous: string;
  readonly next: string;
  readonly references?: object;
  readonly json?: true;
}

const folder = new URL('./cases/protobuf/', import.meta.url);
const cases: readonly Case[] = readdirSync(folder)
  .flatMap((file): readonly Case[] => JSON.parse(readFileSync(new URL(file, folder), 'utf8')).cases)
  // google/type is not among what buf knows without its registry
  .filter(
    ({ references, json, next }) => references === undefined && json === undefined && !next.includes('google/type'),
  );

const buf = new URL('../node_modules/.bin/buf', import.meta.url).pathname;
let work: string;

beforeAll(() => {
  work = mkdtempSync(join(tmpdir(), 'herald-buf-'));
});
afterAll(() => rmSync(work, { recursive: true, force: true }));

/** Ids of the rules that buf finds broken. */
function bufRules(previous: string, next: string): readonly string[] {
  const config = 'version: v2\nbreaking:\n  use:\n    - WIRE\n';
  for (const [side, text] of [
    ['previous', previous],
    ['next', next],
  ] as const) {
    mkdirSync(join(work, side), { recursive: true });
    writeFileSync(join(work, side, 'buf.yaml'), config);
    writeFileSync(join(work, side, 'm.proto'), text);
  }
  try {
    execFileSync(buf, ['breaking', 'next', '--against', 'previous', '--error-format', 'json'], {
      cwd: work,
      encoding: 'utf8',
      stdio: 'pipe',
    });
    return [];
  } catch (error) {
    const lines = String((error as { stdout?: string }).stdout)
      .trim()
      .split('\n');
    const broken = lines.map((line): string => JSON.parse(line).type);
    if (broken.includes('COMPILE') || broken.length === 0) throw error;
    return [...new Set(broken)].sort();
  }
}

function ours(previous: string, next: string): 'compatible' | 'incompatible' {
  const [before, after] = [parseProtobuf(previous), parseProtobuf(next)];
  if (!before.ok || !after.ok) throw new Error('no .proto file');
  const { verdict } = compareProtobuf(before.document, after.document, { level: 'FULL' });
  return verdict === 'incompatible' ? verdict : 'compatible';
}

/** A row is a golden on which the two differ, and why this project stays with its own answer. */
const differences: Readonly<Record<string, string>> = {
  'a value is removed: its number is kept by readers':
    'ENUM_VALUE_NO_DELETE_UNLESS_NUMBER_RESERVED is about later reuse: nothing stored is misread. A warning here; the reuse itself is a break.',
  'two values change numbers':
    'Herald: 1 was A and is B, and stored messages change their meaning. buf looks for names only in WIRE_JSON.',
  'a message that is an event of its own is removed':
    'Herald: nothing reads what was stored of it. buf leaves messages to the categories FILE and PACKAGE.',
  'the package is renamed':
    'The wire does not carry the package; buf takes every message for a removed one and a new one. A warning here.',
  'a string becomes repeated: a reader of one takes the last':
    'The language guide calls it compatible for text, bytes and messages. A warning here, with the message of which only the last is read.',
  'an unpacked repeated number becomes singular: the last is taken':
    'Without packing it is read as text is: the last is taken. A warning here, with the message.',
  'a default changes': 'Nothing on the wire changes: an absent field is read differently, which is a warning here.',
  'a field is removed and not reserved':
    'FIELD_NO_DELETE_UNLESS_NUMBER_RESERVED is about later reuse: nothing stored is misread. A warning here; the reuse itself is a break.',
  'a reserved number is taken': 'RESERVED_MESSAGE_NO_DELETE is about later reuse. A warning here.',
  'a reservation is dropped': 'RESERVED_MESSAGE_NO_DELETE is about later reuse. A warning here.',
  'a single field moves into a new oneof': 'The language guide calls it safe; FIELD_SAME_ONEOF knows no such case.',
  'a oneof is renamed': 'The wire knows no names of oneofs; FIELD_SAME_ONEOF compares them.',
  'an open enum becomes int32, and back: nothing is cut':
    'The language guide calls enums compatible with int32; FIELD_WIRE_COMPATIBLE_TYPE does not.',
  'a message becomes bytes that hold it':
    'The language guide calls it compatible while the bytes hold the message; a warning here, with bytes that do not.',
  'a message type is replaced by one of the same numbers: the wire knows no names':
    'The wire knows no type names: Herald compares what the two hold; FIELD_WIRE_COMPATIBLE_TYPE compares their names.',
};

describe('buf breaking, WIRE', () => {
  it.each(cases)('$name', ({ name, previous, next }) => {
    const broken = bufRules(previous, next);
    const own = ours(previous, next);
    const differs = broken.length > 0 !== (own === 'incompatible');
    expect([differs, own, broken]).toEqual([Object.hasOwn(differences, name), own, broken]);
  });

  it('has no row for what is the same', () => {
    const names = new Set(cases.map(({ name }) => name));
    expect(Object.keys(differences).filter((name) => !names.has(name))).toEqual([]);
  });
});
