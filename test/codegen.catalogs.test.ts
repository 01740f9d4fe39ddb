/** Everything that is generated from our own catalogs: it compiles together, twice gives the same bytes, and takes whole events. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type ArtifactInput, artifacts } from '../src/codegen/artifacts.ts';
import { folderNames } from '../src/codegen/folders.ts';
import { mapName, mapText } from '../src/codegen/map.ts';
import { envelopeText } from '../src/codegen/types.ts';
import { catalogFolder, catalogNames } from './support/catalogs.ts';
import { compile } from './support/compile.ts';
import { loadModule } from './support/module.ts';

async function inputs(): Promise<readonly ArtifactInput[]> {
  const folders = await Promise.all(catalogNames.map(catalogFolder));
  return folders.flatMap(({ catalog, events }) => events.map((event) => ({ catalog, ...event })));
}

describe('generated from our own catalogs', () => {
  let all: readonly ArtifactInput[] = [];
  const files = new Map<string, string>();
  beforeAll(async () => {
    all = await inputs();
    for (const input of all)
      for (const { name, text } of artifacts(input)) files.set(`${input.catalog.name}/${input.subject}/${name}`, text);
    for (const { catalog } of all) {
      const subjects = all.filter((input) => input.catalog.name === catalog.name).map(({ subject }) => subject);
      files.set(`${catalog.name}/${mapName}`, mapText(catalog.name, subjects));
    }
  });

  it('has something to show', () => {
    expect(all.length).toBeGreaterThan(50);
    expect(new Set(all.map(({ catalog }) => catalog.name))).toEqual(new Set(catalogNames));
  });

  it('compiles, declarations and map included, and tells events apart by their type', async () => {
    const uses = `
import type { AnyEvent, Events } from './choice-sherpa/events.js';
import { problems, validateEvent } from './choice-sherpa/session.created/validator.js';
import { redact } from './choice-sherpa/session.created/redact.js';

export function title(event: AnyEvent): string {
  if (event.event_type === 'session.created') return event.payload.title;
  // @ts-expect-error not every event has a title
  return event.payload.title;
}
declare const some: unknown;
if (validateEvent(some)) some satisfies Events['session.created'];
export const first: string | undefined = problems(some)[0]?.instancePointer;
// @ts-expect-error no such level
redact(some, 'secret');
`;
    expect(await compile(new Map([...files, ['uses.ts', uses]]))).toEqual([]);
  }, 60_000);

  it('gives the same bytes again', () => {
    for (const input of all)
      for (const { name, text } of artifacts(structuredClone(input)))
        expect(text).toBe(files.get(`${input.catalog.name}/${input.subject}/${name}`));
  });

  it('gives modules that load without anything beside them', async () => {
    for (const [name, text] of files) {
      if (!name.endsWith('.js')) continue;
      expect(text, name).not.toMatch(/^\s*import\b|\brequire\(/m);
      expect(Object.keys(await loadModule(text)).length, name).toBeGreaterThan(1);
    }
  });
});

describe('modules side by side', () => {
  it('share the envelope, import what is referred to, and tell events apart as modules of their own do', async () => {
    const { catalog, events } = await catalogFolder('choice-sherpa');
    const money = {
      root: {
        title: 'Money',
        type: 'object',
        required: ['amount'],
        properties: { amount: { type: 'number' }, unit: { $ref: '#/$defs/unit' } },
        $defs: { unit: { enum: ['EUR', 'CHF'] } },
      },
      dialect: '2020-12',
      bundle: new Map(),
    } as const;
    const uri = 'herald://choice-sherpa/shared.money/1';
    const root = {
      type: 'object',
      required: ['total'],
      properties: { total: { $ref: uri }, unit: { $ref: `${uri}#/$defs/unit` } },
    };
    const order = { root, dialect: '2020-12', bundle: new Map([[uri, money]]) } as const;
    const all: readonly ArtifactInput[] = [
      ...events.slice(0, 3).map((event) => ({ catalog, ...event })),
      { catalog, subject: 'shared.money', version: 1, document: money, contract: {} },
      { catalog, subject: 'order.placed', document: order, contract: {} },
    ];
    const files = new Map<string, string>([
      ['choice-sherpa/envelope.ts', envelopeText(catalog)],
      [
        'choice-sherpa/events.ts',
        mapText(
          catalog.name,
          all.map(({ subject }) => subject),
        ),
      ],
    ]);
    for (const input of all)
      for (const { name, text } of artifacts(input, { beside: { inputs: all } }))
        files.set(`choice-sherpa/${input.subject}/${name}`, text);
    const placed = files.get('choice-sherpa/order.placed/types.ts') ?? '';
    expect(placed).toContain(
      "import type { Envelope } from '../envelope.js';\nimport type { SharedMoney, Unit } from '../shared.money/types.js';\n",
    );
    expect(placed.split('\n').length).toBeLessThan(20);
    const first = all[0]?.subject ?? '';
    files.set(
      'uses.ts',
      `import type { AnyEvent, Events } from './choice-sherpa/events.js';
import type { OrderPlaced } from './choice-sherpa/order.placed/types.js';
import type { SharedMoney } from './choice-sherpa/shared.money/types.js';
declare const placed: OrderPlaced;
export const total: SharedMoney = placed.total;
export function narrowed(event: AnyEvent): Events['order.placed'] | undefined {
  if (event.event_type === 'order.placed') {
    event.payload.total.amount.toFixed();
    return event;
  }
  // @ts-expect-error another event
  return event.event_type === ${JSON.stringify(first)} ? event : undefined;
}
declare const some: Events['order.placed'];
// @ts-expect-error no member of the envelope
export const extra: Events['order.placed'] = { ...some, payload: placed, nonsense: 1 };
// @ts-expect-error another subject
export const wrong: Events['order.placed'] = { ...some, event_type: 'order.lost' };
`,
    );
    expect(await compile(files)).toEqual([]);
  }, 60_000);

  it('declares another version than the one that stands there itself', async () => {
    const { catalog } = await catalogFolder('choice-sherpa');
    const uri = 'herald://choice-sherpa/shared.money/1';
    const old = {
      root: { type: 'object', properties: { amount: { type: 'number' } } },
      dialect: '2020-12',
      bundle: new Map(),
    } as const;
    const later = {
      root: { type: 'object', properties: { cents: { type: 'number' } } },
      dialect: '2020-12',
      bundle: new Map(),
    } as const;
    const document = {
      root: { properties: { total: { $ref: uri } } },
      dialect: '2020-12',
      bundle: new Map([[uri, old]]),
    } as const;
    const input: ArtifactInput = { catalog, subject: 'order.placed', document, contract: {} };
    const beside = { inputs: [input, { catalog, subject: 'shared.money', version: 2, document: later, contract: {} }] };
    expect(artifacts(input, { beside })[0]?.text).toContain('amount?: number');
  });
});

describe('names in a folder', () => {
  it('keeps subjects apart that differ only in case, whoever else is there', () => {
    const folders = folderNames(['a.fooBar', 'a.foobar', 'b.c']);
    const lower = [...folders.values()].map((folder) => folder.toLowerCase());
    expect(new Set(lower).size).toBe(3);
    expect(folders.get('b.c')).toBe('b.c');
    expect(folderNames(['a.foobar', 'x.y', 'a.fooBar']).get('a.fooBar')).toBe(folders.get('a.fooBar'));
  });

  it('keeps clear of names that Windows or the folder itself has taken', () => {
    const subjects = ['aux.created', 'COM1', 'events.ts', 'asyncapi.json', 'console.opened', 'common'];
    const folders = [...folderNames(subjects).values()];
    expect(folders).toEqual(['_aux.created', '_COM1', '_events.ts', '_asyncapi.json', 'console.opened', 'common']);
  });

  it('maps subjects whose types would be called the same', async () => {
    const types = (name: string) => `export type ${name} = { a: 1 };\nexport type ${name}Event = { type: 1 };\n`;
    const subjects = ['a.b_c', 'a.bC', 'a.b.c', 'a.b.c_event'];
    const files = new Map(
      subjects.map((subject) => [`${subject}/types.ts`, types(subject === 'a.b.c_event' ? 'ABCEvent' : 'ABC')]),
    );
    files.set('events.ts', mapText('shop', subjects));
    files.set(
      'uses.ts',
      "import type { Events } from './events.js';\nconst all: (keyof Events)[] = ['a.b_c', 'a.bC', 'a.b.c', 'a.b.c_event'];\nexport { all };\n",
    );
    expect(await compile(files)).toEqual([]);
  }, 60_000);
});
