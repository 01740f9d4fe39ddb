/** Everything that is generated from our own catalogs: it compiles together, twice gives the same bytes, and takes whole events. */
import { readdir, readFile } from 'node:fs/promises';
import { beforeAll, describe, expect, it } from 'vitest';
import { type ArtifactInput, artifacts } from '../src/codegen/artifacts.ts';
import { folderNames, mapName, mapText } from '../src/codegen/map.ts';
import { readCatalog } from '../src/schema/catalog.ts';
import { readContract } from '../src/schema/contract.ts';
import { declaredDialect } from '../src/schema/dialect.ts';
import type { Json } from '../src/schema/json.ts';
import { compile } from './support/compile.ts';
import { loadModule } from './support/module.ts';

const schemas = new URL('../schemas/', import.meta.url);

/** Catalogs whose subjects are JSON files; those written in Zod are covered by their own tests. */
async function inputs(): Promise<readonly ArtifactInput[]> {
  const found: ArtifactInput[] = [];
  for (const name of (await readdir(schemas)).sort()) {
    const files = (await readdir(new URL(`${name}/`, schemas))).filter((file) => file.endsWith('.json')).sort();
    const reading = readCatalog(await json(`${name}/catalog.json`));
    if (!reading.ok) throw new Error(JSON.stringify(reading.problems));
    for (const file of files) {
      if (file === 'catalog.json') continue;
      const root = await json(`${name}/${file}`);
      const document = { root, dialect: declaredDialect(root) ?? '2020-12', bundle: new Map() };
      found.push({
        catalog: reading.catalog,
        subject: file.slice(0, -5),
        document,
        contract: readContract(root).contract,
      });
    }
  }
  return found;
}

async function json(file: string): Promise<Json> {
  return JSON.parse(await readFile(new URL(file, schemas), 'utf8')) as Json;
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

describe('names in a folder', () => {
  it('keeps subjects apart that differ only in case, whoever else is there', () => {
    const folders = folderNames(['a.fooBar', 'a.foobar', 'b.c']);
    const lower = [...folders.values()].map((folder) => folder.toLowerCase());
    expect(new Set(lower).size).toBe(3);
    expect(folders.get('b.c')).toBe('b.c');
    expect(folderNames(['a.foobar', 'x.y', 'a.fooBar']).get('a.fooBar')).toBe(folders.get('a.fooBar'));
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
