/** Random repositories: what the base has, and what a change made of it. */
import fc from 'fast-check';
import { shop } from './shop.ts';

/** A file's text, or where a symbolic link leads. */
export type Node = { readonly text: string } | { readonly link: string };

/** By path from the root. */
export type Files = ReadonlyMap<string, Node>;

export interface ChangedRepository {
  readonly base: Files;
  readonly now: Files;
}

const subjects = ['order.placed', 'order.paid', 'order.placed.v2', 'customer.moved', 'shared'];
const folders = [
  'schemas/shop',
  'schemas/shop',
  'schemas/shop',
  'schemas/shop/deep',
  'schemas/crm',
  'schemas',
  'elsewhere',
];
const fieldNames = ['id', 'orderId', 'order_id', 'email', 'total', 'note', 'placedAt'];

const sound = fc.constantFrom(
  { type: 'string' },
  { type: 'string', description: 'What it is.' },
  { type: 'integer', minimum: 0 },
  { type: ['string', 'null'] },
  { enum: ['a', 'b'] },
  { type: 'string', pattern: '^[a-z]+$' },
  { type: 'object', properties: { id: { type: 'number' }, mail: { type: 'string', 'x-pii': 'email' } } },
);

/** What refers elsewhere, and what no schema may say. */
const doubtful = fc.constantFrom(
  { $ref: '#/$defs/money' },
  { $ref: './shared.json#/$defs/money' },
  { $ref: '../crm/customer.moved.json' },
  { $ref: 'herald://shop/order.paid/1' },
  { $ref: 'herald://crm/customer.moved/1' },
  { type: 'string', pattern: '^(a+)+$' },
  { type: 'strin' },
);

const field = fc.oneof({ weight: 9, arbitrary: sound }, { weight: 1, arbitrary: doubtful });

const contract = fc.oneof(
  { weight: 9, arbitrary: fc.constant({ producer: 'orders', classification: 'internal', orderingKey: '/id' }) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      undefined,
      { producer: 'orders', classification: 'public' },
      { producer: 'nobody', consumers: ['billing', 'billing'] },
      { producer: 4 },
    ),
  },
);

const schema = fc
  .record({
    properties: fc.dictionary(fc.constantFrom(...fieldNames), field, { noNullPrototype: true, maxKeys: 4 }),
    contract,
    title: fc.constantFrom(undefined, 'Order', 'Moved'),
    required: fc.constantFrom(undefined, ['id']),
    defs: fc.constantFrom(undefined, { money: { type: 'integer' } }, { money: { type: 'integer', maximum: 100 } }),
  })
  .map(({ properties, contract: stated, title, required, defs }) => ({
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...(title && { title }),
    ...(stated && { 'x-contract': stated }),
    type: 'object',
    ...(required && { required }),
    properties,
    ...(defs && { $defs: defs }),
  }));

const avro = fc.constantFrom('string', 'long', 'Money').map((type) =>
  JSON.stringify({
    type: 'record',
    name: 'Sent',
    fields: [{ name: 'amount', type }],
  }),
);

const proto = fc
  .constantFrom('string', 'int64')
  .map((type) => `syntax = "proto3";\nmessage Sent {\n  ${type} amount = 1;\n}\n`);

const json = fc.oneof(
  { weight: 20, arbitrary: schema.map((value) => JSON.stringify(value, null, 2)) },
  { weight: 1, arbitrary: schema.map((value) => `\ufeff${JSON.stringify(value)}\n`) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '{',
      'true',
      '[]',
      '{"type":"object","type":"string"}',
      '{"$schema":"https://example.org/none"}',
      '{"type":"object","properties":{"id":{"const":1.00000000000000001}}}',
      '{"$defs":{"money":{"type":"integer"}}}',
      '{"$defs":{"money":{"type":"string"}}}',
      '{"type":"object","x-contract":{"producer":"orders"},"properties":{"sum":{"$ref":"#/nowhere"}}}',
      '{"allOf":[{"$ref":"#"}]}',
      '\ud800',
    ),
  },
);

const yaml = fc.oneof(
  schema.map((value) => `${JSON.stringify(value)}\n`),
  fc.constantFrom('type: object\nproperties:\n  id: {type: string}\n', 'type: object\ntype: string\n', 'a: *b\n'),
);

const rules = fc.constantFrom({}, { 'field-naming': 'error' }, { 'field-type-consistent': 'off' });

const catalogOf = (name: string) =>
  fc
    .record({ level: fc.constantFrom('BACKWARD', 'FULL', 'NONE'), world: fc.constantFrom('open', 'closed'), rules })
    .map(({ level, world, rules: stated }) =>
      JSON.stringify({
        ...shop,
        name,
        title: name,
        domains: { ...shop.domains, customer: { owner: 'billing', classification: 'public', retention: 'P1Y' } },
        level,
        world,
        rules: { 'name-states-a-fact': 'off', 'personal-data-tagged': 'off', ...stated },
      }),
    );

const waivers = fc
  .constantFrom('order.placed', 'customer.moved')
  .map((subject) =>
    JSON.stringify([{ subject, fingerprint: '0'.repeat(64), author: 'a', reason: 'because', expires: '2026-08-01' }]),
  );

const deprecations = fc.constantFrom('retired', 'announced').map((stage) =>
  JSON.stringify([
    {
      catalog: 'shop',
      subject: 'order.placed',
      stage,
      successor: 'order.paid',
      sunset: '2026-07-01',
      reason: 'because',
    },
  ]),
);

const node = (path: string): fc.Arbitrary<Node> => {
  const text = path.endsWith('.yaml') ? yaml : path.endsWith('.avsc') ? avro : path.endsWith('.proto') ? proto : json;
  return text.map((made) => ({ text: made }));
};

const eventPath = fc
  .tuple(fc.constantFrom(...folders), fc.constantFrom(...subjects), fc.constantFrom('json', 'json', 'json', 'yaml'))
  .map(([folder, subject, ending]) => `${folder}/${subject}.${ending}`);

const event = fc
  .oneof(
    { weight: 9, arbitrary: eventPath },
    { weight: 1, arbitrary: fc.constantFrom('schemas/crm/letter.sent.avsc', 'schemas/crm/parcel.sent.proto') },
  )
  .chain((path) => fc.tuple(fc.constant(path), node(path)));

const settings = fc
  .record({
    shop: catalogOf('shop'),
    crm: fc.option(catalogOf('crm')),
    waivers: fc.option(waivers, { freq: 2 }),
    deprecations: fc.option(deprecations, { freq: 1 }),
  })
  .map((row): [string, Node][] => [
    ['schemas/shop/catalog.json', { text: row.shop }],
    ...(row.crm === null ? [] : [['schemas/crm/catalog.json', { text: row.crm }] as [string, Node]]),
    ...(row.waivers === null ? [] : [['schemas/shop/waivers.json', { text: row.waivers }] as [string, Node]]),
    ...(row.deprecations === null
      ? []
      : [['schemas/shop/deprecations.json', { text: row.deprecations }] as [string, Node]]),
  ]);

const link = fc.constantFrom<[string, Node]>(
  ['schemas/shop/linked', { link: '../../elsewhere' }],
  ['schemas/crm/order.linked.json', { link: '../../elsewhere/order.placed.json' }],
);

type Edit = (files: Map<string, Node>) => void;

const edit: fc.Arbitrary<Edit> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.tuple(fc.nat(20), json).map(
      ([index, text]): Edit =>
        (files) => {
          const events = [...files.keys()].filter((path) => /shop\/.*\..*\.json$/.test(path));
          const path = events[index % events.length];
          if (path !== undefined) files.set(path, { text });
        },
    ),
  },
  {
    weight: 5,
    arbitrary: event.map(
      ([path, made]): Edit =>
        (files) =>
          void files.set(path, made),
    ),
  },
  {
    weight: 2,
    arbitrary: fc.nat(20).map(
      (index): Edit =>
        (files) => {
          const path = [...files.keys()].filter((each) => !each.endsWith('catalog.json'))[index];
          if (path !== undefined) files.delete(path);
        },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.nat(20), eventPath).map(
      ([index, to]): Edit =>
        (files) => {
          const path = [...files.keys()].filter((each) => !each.endsWith('catalog.json'))[index];
          const moved = path === undefined ? undefined : files.get(path);
          // a link that moves leads elsewhere
          if (path === undefined || !moved || 'link' in moved) return;
          files.delete(path);
          files.set(to, moved);
        },
    ),
  },
  {
    weight: 1,
    arbitrary: settings.map(
      (rows): Edit =>
        (files) => {
          for (const [path, made] of rows) files.set(path, made);
        },
    ),
  },
  {
    weight: 1,
    arbitrary: link.map(
      ([path, made]): Edit =>
        (files) =>
          void files.set(path, made),
    ),
  },
);

/** With a target for every link. */
function complete(files: Map<string, Node>): Files {
  if ([...files.values()].some((each) => 'link' in each) && !files.has('elsewhere/order.placed.json'))
    files.set('elsewhere/order.placed.json', { text: '{"type":"object"}' });
  return files;
}

export const changedRepository: fc.Arbitrary<ChangedRepository> = fc
  .record({
    settings,
    events: fc.array(event, { minLength: 3, maxLength: 12 }),
    link: fc.option(link, { freq: 6 }),
    edits: fc.array(edit, { maxLength: 4 }),
  })
  .map(({ settings: rows, events, link: made, edits }) => {
    const base = new Map<string, Node>([...rows, ...events, ...(made ? [made] : [])]);
    complete(base);
    const now = new Map(base);
    for (const change of edits) change(now);
    return { base, now: complete(now) };
  });
