/** What `herald consume infer` makes of real code: which fields it reads, and where all of an event counts as read. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../src/cli/commands/index.ts';
import { openProject } from '../src/cli/infer/compiler.ts';
import { inferred } from '../src/cli/infer/inferred.ts';
import { type Readings, readingsOf } from '../src/cli/infer/readings.ts';
import { run } from '../src/cli/run.ts';
import { testIo } from './support/io.ts';
import { shop as catalog } from './support/shop.ts';

const schema = {
  title: 'OrderPlaced',
  description: 'A customer placed an order.',
  'x-contract': { producer: 'orders', orderingKey: '/id' },
  type: 'object',
  required: ['id', 'amount', 'lines', 'tags', 'buyer'],
  properties: {
    id: { type: 'string' },
    amount: { type: 'integer' },
    kind: { enum: ['gift', 'plain'] },
    tags: { type: 'array', items: { type: 'string' } },
    buyer: {
      type: 'object',
      required: ['name', 'address'],
      properties: { name: { type: 'string' }, address: { $ref: '#/$defs/address' } },
    },
    delivery: { $ref: '#/$defs/address' },
    lines: {
      type: 'array',
      items: {
        type: 'object',
        required: ['sku'],
        properties: { sku: { type: 'string' }, quantity: { type: 'integer' } },
      },
    },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
    payment: {
      oneOf: [
        { type: 'object', required: ['by', 'card'], properties: { by: { const: 'card' }, card: { type: 'string' } } },
        { type: 'object', required: ['by', 'iban'], properties: { by: { const: 'bank' }, iban: { type: 'string' } } },
      ],
    },
    parts: { $ref: '#/$defs/part' },
  },
  $defs: {
    address: {
      type: 'object',
      required: ['city'],
      properties: { city: { type: 'string' }, 'a/b': { type: 'string' } },
    },
    part: {
      type: 'object',
      properties: { name: { type: 'string' }, parts: { type: 'array', items: { $ref: '#/$defs/part' } } },
    },
  },
};

/** Of code that reads fields alone. */
const seen: readonly (readonly [name: string, code: string, reads: readonly string[]])[] = [
  ['a member', 'export const f = (o: OrderPlaced) => o.amount;', ['/amount']],
  ['a member of the event in its envelope', 'export const f = (e: OrderPlacedEvent) => e.data.amount;', ['/amount']],
  ['by a bracket', "export const f = (o: OrderPlaced) => o['amount'];", ['/amount']],
  ['by names that a type lists', "export const f = (o: OrderPlaced, k: 'id' | 'amount') => o[k];", ['/amount', '/id']],
  ['a nested one', 'export const f = (o: OrderPlaced) => o.buyer.address.city;', ['/buyer/address/city']],
  ['taken apart', 'export const f = ({ id, buyer: { name: who } }: OrderPlaced) => id + who;', ['/buyer/name', '/id']],
  ['through a constant', 'export function f(o: OrderPlaced) { const b = o.buyer; return b.name; }', ['/buyer/name']],
  ['of items', 'export const f = (o: OrderPlaced) => o.lines.map((line) => line.sku);', ['/lines/*/sku']],
  [
    'of items in a loop',
    'export function f(o: OrderPlaced) { for (const { sku } of o.lines) g(sku); }',
    ['/lines/*/sku'],
  ],
  ['of one item', 'export const f = (o: OrderPlaced) => o.lines[0]?.quantity;', ['/lines/*/quantity']],
  ['a list of plain values', 'export const f = (o: OrderPlaced) => o.tags.join();', ['/tags']],
  ['how many there are', 'export const f = (o: OrderPlaced) => o.lines.length;', ['/lines']],
  ['a name of a map', 'export const f = (o: OrderPlaced) => o.labels?.red;', ['/labels/red']],
  ['any name of a map', 'export const f = (o: OrderPlaced, k: string) => o.labels?.[k];', ['/labels/*']],
  [
    'a shared definition, wherever it lies',
    "export const f = (a: Address) => a['a/b'];",
    ['/buyer/address/a~1b', '/delivery/a~1b'],
  ],
  ['whether there is one', 'export const f = (o: OrderPlaced) => o.delivery !== undefined;', ['/delivery']],
  [
    'whether there is one, and a field of it',
    'export const f = (o: OrderPlaced) => o.delivery && o.delivery.city;',
    ['/delivery/city'],
  ],
  ['by its name', "export const f = (o: OrderPlaced) => 'kind' in o;", ['/kind']],
  [
    'a choice',
    "export const f = (o: OrderPlaced) => o.payment?.by === 'card' ? o.payment.card : '';",
    ['/payment/by', '/payment/card'],
  ],
  ['what holds itself', 'export const f = (o: OrderPlaced) => o.parts?.parts?.[0]?.name;', ['/parts/parts/*']],
  [
    'passed to a function with its type',
    'const h = (o: OrderPlaced) => o.id; export const f = (o: OrderPlaced) => h(o);',
    ['/id'],
  ],
  [
    'passed as a part of its type',
    "const h = (o: Pick<OrderPlaced, 'id'>) => o.id; export const f = (o: OrderPlaced) => h(o);",
    ['/id'],
  ],
  [
    'kept in a field',
    'export class C { last?: OrderPlaced; keep(o: OrderPlaced) { this.last = o; return this.last.amount; } }',
    ['/amount'],
  ],
  [
    'in an object of its own',
    'export function f(order: OrderPlaced) { const both = { order, n: 1 }; return both.order.id; }',
    ['/id'],
  ],
  ['awaited', 'export async function f(p: Promise<OrderPlaced>) { return (await p).id; }', ['/id']],
  [
    'in a list',
    'export const f = (all: OrderPlaced[]) => all.filter((o) => o.amount > 1).map(({ id }) => id);',
    ['/amount', '/id'],
  ],
  ['by what Herald generates', 'export const f = (o: unknown) => (validate(o) ? o.amount : 0);', ['/amount']],
  ['checked by what Herald generates', 'export function f(o: OrderPlaced) { validate(o); return o.id; }', ['/id']],
];

/** Of code in which a value of an event leaves its types. */
const left: readonly (readonly [name: string, code: string, pointer: string, because: RegExp])[] = [
  [
    'written as JSON',
    'export const f = (o: OrderPlaced) => JSON.stringify(o);',
    '',
    /passed to JSON\.stringify as any/,
  ],
  [
    'a part written as JSON',
    'export const f = (o: OrderPlaced) => JSON.stringify(o.buyer);',
    '/buyer',
    /JSON\.stringify/,
  ],
  [
    'written as JSON within an object',
    'export const f = (o: OrderPlaced) => JSON.stringify({ a: { o } });',
    '',
    /passed/,
  ],
  ['logged', 'export const f = (o: OrderPlaced) => console.log("o", o);', '', /console\.log/],
  ['spread', 'export const f = (o: OrderPlaced) => ({ ...o, seen: true });', '', /spread into another object/],
  [
    'the rest is taken',
    'export function f({ id, ...rest }: OrderPlaced) { g(id); return rest; }',
    '',
    /the rest of its fields/,
  ],
  ['a computed name', 'export const f = (o: OrderPlaced, k: string) => o[k];', '', /the name of the field is computed/],
  ['taken as any', 'export const f = (o: OrderPlaced) => (o as any).amuont;', '', /taken as any/],
  ['kept as unknown', 'export function f(o: OrderPlaced) { const u: unknown = o; return u; }', '', /kept as unknown/],
  ['assigned to any', 'let kept: any; export function f(o: OrderPlaced) { kept = o; return kept; }', '', /kept as any/],
  [
    'passed as a type of its own',
    'const h = (m: { amount: number }) => m.amount; export const f = (o: OrderPlaced) => h(o);',
    '',
    /passed to h/,
  ],
  [
    'passed to a generic function',
    'function h<T>(x: T) { g(x); } export const f = (o: OrderPlaced) => h(o);',
    '',
    /takes any type/,
  ],
  [
    'passed in a list to a generic function',
    'function h<T>(x: readonly T[]) { g(x); } export const f = (o: OrderPlaced) => h(o.lines);',
    '/lines/*',
    /takes any type/,
  ],
  ['its keys', 'export const f = (o: OrderPlaced) => Object.keys(o.buyer);', '/buyer', /Object\.keys/],
  ['its names in a loop', 'export function f(o: OrderPlaced) { for (const k in o) g(k); }', '', /./],
  ['returned as unknown', 'export const f = (o: OrderPlaced): unknown => o.buyer;', '/buyer', /passed on as unknown/],
  ['written as text', ['export const f = (o: OrderPlaced) => `$', '{o.buyer}`;'].join(''), '/buyer', /written as text/],
  [
    'taken without a type by a callback',
    'export const f = (o: OrderPlaced) => o.lines.map((l: any) => l.skuu);',
    '/lines/*',
    /l is taken as any/,
  ],
  [
    'taken without a type by a named function',
    'const h = (l: any) => l.x; export const f = (o: OrderPlaced) => o.lines.map(h);',
    '/lines/*',
    /taken as any/,
  ],
  [
    'taken by a rest of any',
    'const h = (...l: any[]) => l; export const f = (o: OrderPlaced) => o.lines.map(h);',
    '/lines/*',
    /taken as any/,
  ],
  [
    'a handler without a type',
    'const on = (h: (o: OrderPlaced) => void) => h; export const f = on((o: any) => o.x);',
    '',
    /taken as any/,
  ],
  ['thrown', 'export function f(o: OrderPlaced) { throw o; }', '', /cannot be followed/],
  [
    'in a property of another type',
    'const h = (x: { o: unknown }) => x; export const f = (o: OrderPlaced) => h({ o });',
    '',
    /unknown/,
  ],
];

let folder = '';
let readings: Readings;
async function ask(...args: readonly string[]) {
  const { io, said } = testIo({ cwd: folder });
  return { code: await run([...args], io, commands, '0'), ...said };
}
const imports = (
  depth: string,
) => `import type { Address, OrderPlaced, OrderPlacedEvent } from '${depth}gen/shop/order.placed/types.js';
import { validate } from '${depth}gen/shop/order.placed/validator.js';
declare function g(x: unknown): void;
void validate; type _ = [Address, OrderPlaced, OrderPlacedEvent]; void g;
`;
const write = async (file: string, text: string) => {
  await mkdir(dirname(join(folder, file)), { recursive: true });
  await writeFile(join(folder, file), text);
};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'herald-infer-'));
  await write('schemas/shop/catalog.json', JSON.stringify(catalog));
  await write('schemas/shop/order.placed.json', JSON.stringify(schema));
  expect((await ask('generate', 'schemas', '--out', 'gen')).code).toBe(0);
  await write('package.json', JSON.stringify({ name: 'billing', type: 'module' }));
  await write(
    'tsconfig.json',
    JSON.stringify({
      compilerOptions: {
        strict: true,
        noImplicitAny: false,
        target: 'es2023',
        lib: ['es2023', 'dom'],
        module: 'nodenext',
        moduleResolution: 'nodenext',
        types: [],
      },
      include: ['src', 'gen'],
    }),
  );
  for (const [index, [, code]] of [...seen, ...left].entries())
    await write(`src/case-${index}.ts`, imports('../') + code);
  readings = readingsOf(openProject(folder, 'tsconfig.json'));
}, 120_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const ofCase = (index: number) => {
  const file = `src/case-${index}.ts`;
  const [found] = inferred({ ...readings, readings: readings.readings.filter((one) => one.file === file) });
  return found;
};

describe('fields that code reads', () => {
  test.each(seen.map((row, index) => [...row, index] as const))('%s', (_, __, reads, index) => {
    const found = ofCase(index);
    expect({ reads: found?.reads, whole: found?.because.filter(({ how }) => how === 'whole') }).toEqual({
      reads: [...reads].sort(),
      whole: [],
    });
  });
});

describe('where an event leaves its types, all of it is read, and the line is named', () => {
  test.each(left.map((row, index) => [...row, seen.length + index] as const))(
    '%s',
    (_, __, pointer, because, index) => {
      const whole = ofCase(index)?.because.filter(({ how }) => how === 'whole') ?? [];
      expect(whole.map((one) => one.pointer)).toContain(pointer);
      expect(whole.map((one) => one.because).join('; ')).toMatch(because);
      expect(whole[0]?.line).toBe(5);
    },
  );
});

// the compiler reads the language's library each time
describe('the command', { timeout: 120_000 }, () => {
  const small = async (code: string) => {
    await write('small/small.ts', imports('../') + code);
    await write('tsconfig.small.json', JSON.stringify({ extends: './tsconfig.json', include: ['small'] }));
  };
  const infer = (...args: readonly string[]) =>
    ask('consume', 'infer', '--project', 'tsconfig.small.json', '--service', 'billing', ...args);

  test('prints the file, writes it and keeps what else it says, and then the check holds', async () => {
    await small('export const f = (o: OrderPlaced) => o.amount;');
    const file = { service: 'billing', events: { 'shop/order.placed': { reads: ['/amount'] } } };
    expect(JSON.parse((await infer()).out)).toEqual(file);
    const samples = [{ amount: 1 }];
    await write(
      'consumers/billing.json',
      JSON.stringify({
        critical: true,
        service: 'billing',
        events: { 'shop/order.placed': { reads: ['/id'], samples } },
      }),
    );
    expect(await infer('--write')).toMatchObject({ code: 0, out: 'wrote consumers/billing.json: 1 event\n' });
    expect(await infer('--check')).toMatchObject({ code: 0, err: '' });
    const published = await ask('consume', 'check', 'consumers');
    expect(published.out).toContain('billing reads shop/order.placed: 1 field, 1 sample, critical');
  });

  test('the check fails where the code reads more, by file and line, and says what nobody reads', async () => {
    await small('export const f = (o: OrderPlaced) => o.buyer.name;');
    const { code, out, err } = await infer('--check');
    expect([code, out]).toEqual([
      1,
      '✗ small/small.ts:5 /buyer/name is read of shop/order.placed, and consumers/billing.json does not declare it\n',
    ]);
    expect(err).toContain('no code reads /amount of shop/order.placed, which consumers/billing.json declares');
    await small('export const f = (o: OrderPlaced) => JSON.stringify(o);');
    expect(await infer('--check')).toMatchObject({
      code: 1,
      out: expect.stringContaining('small/small.ts:5 the event: it is passed to JSON.stringify as any is read'),
    });
  });

  test('code that hands an event on reads everything of it, and the command says where', async () => {
    await small('export const f = (o: OrderPlaced) => console.log(o);');
    const { out, err } = await infer('no-file-yet.json');
    expect(JSON.parse(out)).toEqual({ service: 'billing', events: { 'shop/order.placed': {} } });
    expect(err).toContain('  small/small.ts:5 the event: it is passed to console.log as any');
  });

  test('an event of which the code reads nothing is left out, and said', async () => {
    await small('export const f = 1;');
    const { out, err } = await infer('no-file-yet.json');
    expect(JSON.parse(out)).toEqual({ service: 'billing', events: {} });
    expect(err).toContain('no code reads a field of shop/order.placed; it is left out');
  });

  test.each<readonly [string, readonly string[], RegExp]>([
    ['no service', ['--project', 'tsconfig.small.json'], /herald consume infer --service billing/],
    [
      'a project that is not there',
      ['--service', 'billing', '--project', 'nowhere.json'],
      /nowhere\.json cannot be read/,
    ],
    [
      'a project without generated types',
      ['--service', 'billing', '--project', 'tsconfig.plain.json'],
      /types that Herald made/,
    ],
    ['code that does not compile', ['--service', 'billing', '--project', 'tsconfig.bad.json'], /bad\/bad\.ts:1 /],
  ])('%s is refused with the remedy', async (_, args, message) => {
    await write('plain/plain.ts', 'export const a = 1;');
    await write('tsconfig.plain.json', JSON.stringify({ extends: './tsconfig.json', include: ['plain'] }));
    await write('bad/bad.ts', 'export const a: string = 1;');
    await write('tsconfig.bad.json', JSON.stringify({ extends: './tsconfig.json', include: ['bad'] }));
    const { code, err } = await ask('consume', 'infer', ...args);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });
});
