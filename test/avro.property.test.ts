/**
 * Random pairs of Avro schemas, over so few names and types that they often meet: the verdict is held against `avsc`, which looks at
 * the schemas, and against data made by `avsc` and read one by one.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareAvro } from '../src/avro/compare.ts';
import { avscType } from '../src/avro/confirm.ts';
import { parseAvro } from '../src/avro/parse.ts';
import { unread } from '../src/avro/read.ts';
import { type AvroDocument, type AvroType, branchName } from '../src/avro/type.ts';
import { isArray, isObject, type Json } from '../src/schema/json.ts';

const primitive = fc.constantFrom('null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string');
const defaults: Readonly<Record<string, Json>> = {
  null: null,
  boolean: false,
  int: 0,
  long: 0,
  float: 0,
  double: 0,
  bytes: '',
  string: '',
};

/** A schema without names yet. */
interface Draft {
  readonly kind: string;
  readonly parts?: readonly Draft[];
  readonly symbols?: readonly string[];
  readonly size?: number;
  readonly withDefault?: boolean;
  readonly fields?: readonly {
    readonly name: string;
    readonly of: Draft;
    readonly alias: string | null;
    readonly withDefault: boolean;
  }[];
}

const { draft } = fc.letrec<{ draft: Draft }>((tie) => ({
  draft: fc.oneof(
    { maxDepth: 3, depthSize: 'small', withCrossShrink: true },
    primitive.map((kind) => ({ kind })),
    fc.record({ kind: fc.constantFrom('array', 'map'), parts: fc.tuple(tie('draft')) }),
    fc.record({
      kind: fc.constant('enum'),
      symbols: fc.uniqueArray(fc.constantFrom('A', 'B', 'C'), { minLength: 1 }),
      withDefault: fc.boolean(),
    }),
    fc.record({ kind: fc.constant('fixed'), size: fc.constantFrom(1, 2) }),
    fc.record({ kind: fc.constant('union'), parts: fc.array(tie('draft'), { minLength: 1, maxLength: 3 }) }),
    fc.record({
      kind: fc.constant('record'),
      fields: fc.uniqueArray(
        fc.record({
          name: fc.constantFrom('a', 'b', 'c'),
          of: tie('draft'),
          alias: fc.option(fc.constantFrom('a', 'b', 'c')),
          withDefault: fc.boolean(),
        }),
        { maxLength: 3, selector: ({ name }) => name },
      ),
    }),
    fc.constant({ kind: 'root' }),
  ),
}));

const schema: fc.Arbitrary<Json> = draft.map((of) =>
  named({ kind: 'record', fields: [{ name: 'a', of, alias: null, withDefault: false }] }),
);

/** Names are given in the order of appearance, so that none is defined twice; `R` is the root, and leads back to it. */
function named(root: Draft): Json {
  let count = 0;
  const nameOf = (letter: string) => {
    count += 1;
    return count === 1 ? 'R' : `${letter}${count}`;
  };
  const make = ({ kind, parts = [], symbols = [], size, fields = [], withDefault }: Draft): Json => {
    if (kind === 'root') return ['null', 'R'];
    if (kind === 'union') return union(parts.map(make));
    if (kind === 'array') return { type: kind, items: make(parts[0]!) };
    if (kind === 'map') return { type: kind, values: make(parts[0]!) };
    if (kind === 'fixed') return { type: kind, name: nameOf('F'), size: size! };
    if (kind === 'enum')
      return { type: kind, name: nameOf('E'), symbols, ...(withDefault && { default: symbols[0]! }) };
    if (kind !== 'record') return kind;
    const name = nameOf('R');
    // an alias of a field beside it is refused by avsc even where both schemas are the same
    const names = fields.map((field) => field.name);
    const made = fields.map(({ name: field, of, alias, withDefault: filled }) => {
      const type = make(of);
      const value = typeof type === 'string' ? defaults[type] : undefined;
      return {
        name: field,
        type,
        ...(alias !== null && !names.includes(alias) && { aliases: [alias] }),
        ...(filled && value !== undefined && { default: value }),
      };
    });
    return { type: kind, name, fields: made };
  };
  return make(root);
}

function union(types: readonly Json[]): Json {
  const flat = types.flatMap((type) => (isArray(type) ? type : [type]));
  const key = (type: Json) => (isObject(type) ? (type.name ?? type.type) : type);
  return flat.filter((type, index) => flat.findIndex((other) => key(other) === key(type)) === index);
}

function parsed(value: Json): AvroDocument {
  const made = parseAvro({ value });
  if (!made.ok) throw new Error(JSON.stringify([value, made.problems]));
  return made.document;
}

const options = (): Record<string, unknown> => ({ ignoreNamespaces: true });

function resolves(writer: AvroDocument, reader: AvroDocument): boolean {
  try {
    avscType(reader).createResolver(avscType(writer), options());
    return true;
  } catch {
    return false;
  }
}

/** Edits one side so that many pairs differ in one thing alone. */
const pair = fc.oneof(
  fc.tuple(schema, schema),
  fc.tuple(schema, fc.nat()).map(([one, seed]): [Json, Json] => [one, edited(one, seed)]),
);

function edited(value: Json, seed: number): Json {
  const text = JSON.stringify(value);
  const edits: readonly [RegExp, string][] = [
    [/"int"/, '"long"'],
    [/"long"/, '"int"'],
    [/"string"/, '"bytes"'],
    [/"float"/, '"double"'],
    [/,"default":(null|false|0|"")/, ''],
    [/"symbols":\["(\w)",/, '"symbols":['],
    [/"size":1/, '"size":2'],
    [/\["null",/, '['],
    [/"name":"b"/, '"name":"c"'],
  ];
  const [from, to] = edits[seed % edits.length]!;
  const next: Json = JSON.parse(text.replace(from, to));
  return parseAvro({ value: next }).ok ? next : value;
}

/** In JSON encoding. Deep down it takes the first branch: there it is `null` wherever a record leads back to itself. */
function someDatum(type: AvroType, pick: (below: number) => number, depth: number): Json {
  const inner = (of: AvroType) => someDatum(of, pick, depth + 1);
  switch (type.kind) {
    case 'null':
      return null;
    case 'boolean':
      return pick(2) === 0;
    case 'bytes':
    case 'string':
      return 'x'.repeat(pick(3));
    case 'fixed':
      return 'x'.repeat(type.size);
    case 'enum':
      return type.symbols[pick(type.symbols.length)]!;
    case 'array':
      return Array.from({ length: depth > 6 ? 0 : pick(3) }, () => inner(type.items));
    case 'map':
      return Object.fromEntries(
        Array.from({ length: depth > 6 ? 0 : pick(3) }, (_, index) => [`k${index}`, inner(type.values)]),
      );
    case 'record':
      return Object.fromEntries(type.fields.map((field) => [field.name, inner(field.type)]));
    case 'union': {
      const nothing = type.branches.find(({ kind }) => kind === 'null');
      const branch = depth > 6 && nothing ? nothing : type.branches[pick(type.branches.length)]!;
      return branch.kind === 'null' ? null : { [branchName(branch)]: inner(branch) };
    }
    default:
      return pick(100);
  }
}

describe('the verdict on two Avro schemas', () => {
  it('is what avsc says of the schemas, and every witness is refused', () => {
    let compared = 0;
    let broken = 0;
    fc.assert(
      fc.property(pair, ([previous, next]) => {
        const sides = { previous: parsed(previous), next: parsed(next) };
        const { worlds, findings } = compareAvro(sides.previous, sides.next);
        const ways = [
          ['backward', sides.previous, sides.next],
          ['forward', sides.next, sides.previous],
        ] as const;
        for (const [direction, writer, reader] of ways) {
          const { verdict } = worlds.closed[direction];
          if (verdict === 'undecided') continue;
          compared += 1;
          expect([verdict, resolves(writer, reader)]).toEqual([verdict, verdict === 'compatible']);
          if (verdict !== 'incompatible') continue;
          broken += 1;
          for (const { breaks, witness } of findings)
            if (breaks.closed.length === 1 && breaks.closed[0] === direction) {
              expect(witness?.confirmedBy).toEqual(['herald', 'avsc']);
              expect(unread(writer.type, reader.type, witness!.value)).toBeDefined();
            }
        }
      }),
      { numRuns: 3_000 },
    );
    expect(broken).toBeGreaterThan(compared / 10);
    expect(broken).toBeLessThan((compared * 9) / 10);
  }, 60_000);

  it('is compatible only where every datum is read by both readers', () => {
    let read = 0;
    fc.assert(
      fc.property(pair, fc.infiniteStream(fc.nat()), ([previous, next], numbers) => {
        const pick = (below: number) => (numbers.next().value ?? 0) % below;
        const writer = parsed(previous);
        const reader = parsed(next);
        const { verdict } = compareAvro(writer, reader).worlds.closed.backward;
        if (verdict === 'undecided') return;
        const from = avscType(writer);
        const into = avscType(reader);
        for (let count = 0; count < 5; count += 1) {
          const datum = someDatum(writer.type, pick, 0);
          const problem = unread(writer.type, reader.type, datum);
          if (verdict === 'compatible') {
            read += 1;
            expect(problem).toBeUndefined();
            expect(() =>
              into.fromBuffer(
                from.toBuffer(from.fromString(JSON.stringify(datum))),
                into.createResolver(from, options()),
              ),
            ).not.toThrow();
          }
        }
      }),
      { numRuns: 1_000 },
    );
    expect(read).toBeGreaterThan(500);
  });
});
