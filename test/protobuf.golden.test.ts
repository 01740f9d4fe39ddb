/**
 * The cases of `test/cases/protobuf`. `lost` is a message of the previous file in bytes, what it says, and what the next file makes of
 * it (null: refused); `gained` the reverse. The bytes are written down in the case and read by `protobufjs`, not by what is tested.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compareProtobuf } from '../src/protobuf/compare.ts';
import { protoFindings } from '../src/protobuf/finding.ts';
import type { ProtoDocument } from '../src/protobuf/model.ts';
import { parseProtobuf } from '../src/protobuf/parse.ts';
import type { Json } from '../src/schema/json.ts';

interface Misread {
  readonly message: string;
  readonly hex: string;
  readonly wrote: Json;
  readonly reads: Json;
}

interface Case {
  readonly name: string;
  readonly previous: string;
  readonly next: string;
  readonly references?: Readonly<Record<'previous' | 'next', Readonly<Record<string, string>>>>;
  readonly json?: true;
  readonly findings: readonly string[];
  readonly lost?: Misread;
  readonly gained?: Misread;
  /** Stated where JSON alone breaks: the bytes are read as before. */
  readonly backward?: 'incompatible';
  readonly forward?: 'incompatible';
  /** Compatible on a condition: a warning shows a message that fails it. */
  readonly shown?: true;
}

const folder = new URL('./cases/protobuf/', import.meta.url);
const files = readdirSync(folder).map((file): { readonly file: string; readonly cases: readonly Case[] } => ({
  file,
  cases: JSON.parse(readFileSync(new URL(file, folder), 'utf8')).cases,
}));

function read(text: string, given: Readonly<Record<string, string>> = {}): ProtoDocument {
  const references = new Map(Object.entries(given).map(([name, each]) => [name, read(each)]));
  const made = parseProtobuf(text, { references });
  if (!made.ok) throw new Error(JSON.stringify(made.problems));
  return made.document;
}

function decode({ root, package: name }: ProtoDocument, message: string, hex: string): Json {
  try {
    const type = root.lookupType(name === '' ? message : `${name}.${message}`);
    const value = type.decode(Buffer.from(hex, 'hex'));
    return JSON.parse(JSON.stringify(type.toObject(value, { enums: String, longs: Number, oneofs: true })));
  } catch {
    return null;
  }
}

/** No value is missing from it. */
const wholeSentence = /^(?!.*(undefined|NaN|\[object)).+\.$/s;

describe.each(files)('$file', ({ cases }) => {
  it.each(cases)('$name', (each) => {
    const previous = read(each.previous, each.references?.previous);
    const next = read(each.next, each.references?.next);
    const { findings, worlds } = compareProtobuf(previous, next, { json: each.json ?? false });
    expect(findings.map(({ rule, nextPointer }) => `${rule} ${nextPointer}`).toSorted()).toEqual(
      each.findings.map((finding) => `PROTO_${finding}`).toSorted(),
    );
    for (const { message } of findings) expect(message).toMatch(wholeSentence);
    const { backward, forward } = worlds.closed;
    expect([backward.verdict, forward.verdict]).toEqual([
      each.lost ? 'incompatible' : (each.backward ?? 'compatible'),
      each.gained ? 'incompatible' : (each.forward ?? 'compatible'),
    ]);
    const sides = [
      { misread: each.lost, writer: previous, reader: next, witness: backward.witness },
      { misread: each.gained, writer: next, reader: previous, witness: forward.witness },
    ];
    for (const { misread, writer, reader, witness } of sides) {
      if (!misread) continue;
      expect(decode(writer, misread.message, misread.hex)).toEqual(misread.wrote);
      expect(decode(reader, misread.message, misread.hex)).toEqual(misread.reads);
      expect(witness?.encoded).toMatch(/^([0-9a-f]{2})*$/);
      const [wrote, reads] = [
        decode(writer, misread.message, witness!.encoded!),
        decode(reader, misread.message, witness!.encoded!),
      ];
      expect(wrote).not.toBeNull();
      expect(reads).not.toEqual(wrote);
    }
    if (each.shown)
      expect(findings.find(({ rule }) => rule.endsWith('_LOSSY'))?.witness?.encoded).toMatch(/^[0-9a-f]+$/);
  });

  it.each(cases)('$name: against itself nothing is found', (each) => {
    for (const side of ['previous', 'next'] as const) {
      const document = read(each[side], each.references?.[side]);
      expect(compareProtobuf(document, document)).toMatchObject({
        verdict: 'compatible',
        change: 'none',
        findings: [],
      });
    }
  });
});

describe('the table', () => {
  const shown = new Set(
    files.flatMap(({ cases }) =>
      cases.flatMap(({ findings }) => findings.map((each) => `PROTO_${each.split(' ')[0]}`)),
    ),
  );

  it('has a case for every finding, and a mirror that exists', () => {
    expect(Object.keys(protoFindings).filter((rule) => !shown.has(rule))).toEqual([]);
    for (const { mirror } of Object.values(protoFindings)) expect(Object.keys(protoFindings)).toContain(mirror);
  });
});
