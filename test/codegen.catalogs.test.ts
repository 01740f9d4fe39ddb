/** Everything that is generated from our own catalogs: it compiles together, twice gives the same bytes, and takes whole events. */
import { beforeAll, describe, expect, it } from 'vitest';
import { type ArtifactInput, artifacts } from '../src/codegen/artifacts.ts';
import { folderNames, mapName, mapText } from '../src/codegen/map.ts';
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
