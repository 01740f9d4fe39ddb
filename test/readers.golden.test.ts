/** Goldens of readers: what each sees of a schema, and which edits break it. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { compareDocuments } from '../src/compat/compare.ts';
import { confirm } from '../src/compat/confirm/confirm.ts';
import { prepare } from '../src/compat/decide/decide.ts';
import { project } from '../src/compat/reading/project.ts';
import { compareReader } from '../src/compat/reading/reader.ts';
import { readsOf } from '../src/compat/reading/reads.ts';
import { type Direction, directions, type World, worlds } from '../src/compat/report.ts';
import type { Dialect } from '../src/schema/document.ts';
import { asJson, type Json } from '../src/schema/json.ts';
import { compileValidator } from '../src/schema/validator.ts';
import { documentOf } from './support/document.ts';
import { ajvValidator } from './support/validators.ts';

type Directions = readonly Direction[] | Readonly<Record<World, readonly Direction[]>>;

interface View {
  readonly name: string;
  readonly schema: Json;
  readonly dialect?: Dialect;
  readonly reads: readonly string[];
  readonly sees: Json;
  readonly tied?: readonly string[];
  readonly whole?: string;
}

interface Case {
  readonly name: string;
  readonly previous: Json;
  readonly next: Json;
  readonly reads?: readonly string[];
  readonly requires?: Json;
  readonly whole?: Directions;
  readonly breaks: Directions;
  readonly fields?: Readonly<Record<Direction, readonly string[]>>;
  readonly already?: boolean;
}

const folder = new URL('cases/readers/', import.meta.url);
const files = readdirSync(folder).map((file) => ({
  file,
  json: JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as {
    readonly views?: readonly View[];
    readonly verdicts?: readonly Case[];
  },
}));
const law = JSON.parse(readFileSync(new URL('cases/readers.schema.json', import.meta.url), 'utf8'));

test.each(files)('$file has the form of its schema', ({ json }) => {
  const compiled = compileValidator(documentOf(law));
  if (!compiled.ok) throw new Error(JSON.stringify(compiled.problems));
  expect(compiled.validator.validate(asJson(json))).toEqual([]);
});

describe('what a reader sees', () => {
  test.each(files.flatMap(({ json }) => json.views ?? []))('$name', (view) => {
    const document = documentOf(view.schema, view.dialect);
    const seen = project(document, readsOf(view.reads), { formats: 'assert' });
    const pair = prepare(seen.document, documentOf(view.sees), { confirm });
    const differ = directions.map((direction) => pair.decide(direction, 'open').witness?.value);
    expect(differ).toEqual([undefined, undefined]);
    expect(directions.map((direction) => pair.decide(direction, 'open').verdict)).toEqual(['compatible', 'compatible']);
    expect(seen.ties.map(({ place }) => place.map((name) => `/${name}`).join(''))).toEqual(view.tied ?? []);
    expect(seen.whole).toBe(view.whole);
  });
});

const inWorld = (world: World, stated: Directions): readonly Direction[] =>
  Array.isArray(stated) ? stated : (stated as Readonly<Record<World, readonly Direction[]>>)[world];

describe('whom an edit breaks', () => {
  test.each(files.flatMap(({ json }) => json.verdicts ?? []))('$name', (golden) => {
    const [previous, next] = [documentOf(golden.previous), documentOf(golden.next)];
    const whole = compareDocuments(previous, next, { confirm });
    const requires = golden.requires === undefined ? undefined : documentOf(golden.requires);
    const reading = { ...(golden.reads && { reads: golden.reads }), ...(requires && { requires }) };
    const found = compareReader(previous, next, reading, { formats: 'assert', confirm, whole: whole.worlds });
    for (const world of worlds) {
      const broken = (reports: typeof found.worlds) =>
        directions.filter((direction) => reports[world][direction].verdict === 'incompatible');
      expect({ world, whole: broken(whole.worlds) }).toEqual({
        world,
        whole: inWorld(world, golden.whole ?? golden.breaks),
      });
      expect({ world, reader: broken(found.worlds) }).toEqual({ world, reader: inWorld(world, golden.breaks) });
      for (const direction of directions) {
        const { witness } = found.worlds[world][direction];
        if (witness === undefined) continue;
        const [writer, own] = direction === 'backward' ? [previous, next] : [next, previous];
        const reader = requires ?? project(own, readsOf(golden.reads ?? ['']), { formats: 'assert' }).document;
        expect(ajvValidator(writer, 'assert')(witness.value)).toBe(true);
        expect(ajvValidator(reader, 'assert')(witness.value)).toBe(false);
      }
    }
    if (golden.fields) expect(found.fields).toEqual(golden.fields);
    expect(found.already !== undefined).toBe(golden.already ?? false);
  });
});
