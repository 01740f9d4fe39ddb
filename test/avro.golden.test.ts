/**
 * The cases of `test/cases/avro`: `lost` was written before and is not read now, `gained` the reverse. `avsc` is asked about each of
 * them, so that a wrong rule and a wrong case cannot agree; where it is known to read what the specification refuses, the case says so.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { compareAvro } from '../src/avro/compare.ts';
import { avscType } from '../src/avro/confirm.ts';
import { avroFindings } from '../src/avro/finding.ts';
import { parseAvro } from '../src/avro/parse.ts';
import { unread } from '../src/avro/read.ts';
import type { AvroDocument } from '../src/avro/type.ts';
import type { Json } from '../src/schema/json.ts';

interface Case {
  readonly name: string;
  readonly previous: Json;
  readonly next: Json;
  readonly references?: Readonly<Record<'previous' | 'next', Readonly<Record<string, Json>> | undefined>>;
  readonly findings: readonly string[];
  readonly lost?: readonly Json[];
  readonly gained?: readonly Json[];
  readonly undecided?: readonly ('backward' | 'forward')[];
  readonly avscReads?: true;
  /** The schema has no datum at all; `avsc` looks at schemas alone. */
  readonly empty?: true;
}

const folder = new URL('./cases/avro/', import.meta.url);
const files = readdirSync(folder).map((file): { readonly file: string; readonly cases: readonly Case[] } => ({
  file,
  cases: JSON.parse(readFileSync(new URL(file, folder), 'utf8')).cases,
}));

function read(value: Json, references: Readonly<Record<string, Json>> = {}): AvroDocument {
  const documents = new Map(Object.entries(references).map(([origin, each]) => [origin, parsed(each, origin)]));
  const made = parseAvro({ value }, { references: documents });
  if (!made.ok) throw new Error(JSON.stringify(made.problems));
  return made.document;
}

function parsed(value: Json, origin: string): AvroDocument {
  const made = parseAvro({ value }, { origin });
  if (!made.ok) throw new Error(JSON.stringify(made.problems));
  return made.document;
}

function avscRefuses(writer: AvroDocument, reader: AvroDocument, datum: Json): boolean {
  const from = avscType(writer);
  const into = avscType(reader);
  const bytes = from.toBuffer(from.fromString(JSON.stringify(datum)));
  const options = (): Record<string, unknown> => ({ ignoreNamespaces: true });
  try {
    into.fromBuffer(bytes, into.createResolver(from, options()));
    return false;
  } catch {
    return true;
  }
}

/** No value is missing from it. */
const wholeSentence = /^(?!.*(undefined|NaN|\[object)).+\.$/s;

describe.each(files)('$file', ({ cases }) => {
  it.each(cases)('$name', (each) => {
    const previous = read(each.previous, each.references?.previous);
    const next = read(each.next, each.references?.next);
    const comparison = compareAvro(previous, next);
    expect(comparison.findings.map(({ rule, nextPointer }) => `${rule} #${nextPointer}`).toSorted()).toEqual(
      each.findings.toSorted(),
    );
    for (const { message } of comparison.findings) expect(message).toMatch(wholeSentence);
    const { backward, forward } = comparison.worlds.closed;
    const expected = (data: readonly Json[] | undefined, way: 'backward' | 'forward') =>
      data ? 'incompatible' : each.undecided?.includes(way) ? 'undecided' : 'compatible';
    expect([backward.verdict, forward.verdict]).toEqual([
      expected(each.lost, 'backward'),
      expected(each.gained, 'forward'),
    ]);
    const sides = [
      { direction: 'backward', writer: previous, reader: next, data: each.lost ?? [] },
      { direction: 'forward', writer: next, reader: previous, data: each.gained ?? [] },
    ] as const;
    for (const { direction, writer, reader, data } of sides) {
      for (const datum of data) {
        expect(unread(writer.type, reader.type, datum)).toBeDefined();
        expect(avscRefuses(writer, reader, datum)).toBe(!each.avscReads);
      }
      for (const finding of comparison.findings.filter(({ breaks }) => breaks.closed.includes(direction))) {
        expect(finding.witness?.confirmedBy).toEqual(each.avscReads ? ['herald'] : ['herald', 'avsc']);
        expect(finding.witness?.encoded).toMatch(/^([0-9a-f]{2})*$/);
      }
      const compatible = data.length === 0 && !each.undecided && !each.empty;
      const options = (): Record<string, unknown> => ({ ignoreNamespaces: true });
      if (compatible) expect(() => avscType(reader).createResolver(avscType(writer), options())).not.toThrow();
    }
  });

  it.each(cases)('$name: against itself nothing is found', (each) => {
    for (const side of ['previous', 'next'] as const) {
      const document = read(each[side], each.references?.[side]);
      expect(compareAvro(document, document)).toMatchObject({ verdict: 'compatible', change: 'none', findings: [] });
    }
  });
});

describe('the table', () => {
  const shown = new Set(
    files.flatMap(({ cases }) => cases.flatMap(({ findings }) => findings.map((each) => each.split(' ')[0]))),
  );

  it('has a case for every finding, and a mirror that exists', () => {
    expect(Object.keys(avroFindings).filter((rule) => !shown.has(rule))).toEqual([]);
    for (const { mirror } of Object.values(avroFindings)) expect(Object.keys(avroFindings)).toContain(mirror);
  });
});
