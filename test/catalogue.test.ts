/** What the tables promise is kept: nothing stands in a table that nobody uses, and nothing that no test shows. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { variables } from '../src/config.ts';
import { faults } from '../src/errors.ts';
import { faultsOf } from '../src/http/route.ts';
import { routes } from '../src/http/routes/index.ts';
import { rulesAboutNeighbours } from '../src/policy/ruleset.ts';

const root = new URL('../', import.meta.url).pathname;

function texts(folder: string, wanted: (name: string) => boolean): ReadonlyMap<string, string> {
  return new Map(
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.(ts|json|scenario|mjs)$/.test(name) && wanted(name))
      .map((name) => [join(folder, name), readFileSync(join(root, folder, name), 'utf8')]),
  );
}

const isTest = (name: string) => name.endsWith('.test.ts');
const code = texts('src', (name) => !isTest(name));
const tests = new Map([...texts('src', isTest), ...texts('test', (name) => name !== 'catalogue.test.ts')]);

const naming = (files: ReadonlyMap<string, string>, word: string, but: readonly string[] = []) =>
  [...files].filter(([file, text]) => !but.includes(file) && text.includes(word)).map(([file]) => file);

describe('faults', () => {
  const codes = Object.keys(faults);

  it('are each thrown somewhere', () => {
    expect(codes.filter((fault) => naming(code, `'${fault}'`, ['src/errors.ts']).length === 0)).toEqual([]);
  });

  it('are each shown by a test', () => {
    // the command line prints every code but this one: the scenarios show its sentence
    const unprinted = ['USAGE_INVALID'];
    expect(codes.filter((fault) => naming(tests, fault).length === 0 && !unprinted.includes(fault))).toEqual([]);
  });

  it('have titles that are sentences, and statuses that fit', () => {
    for (const { title, status } of Object.values(faults)) {
      expect(title).toMatch(/^[A-Z].*\.$/);
      expect([400, 401, 403, 404, 405, 409, 410, 413, 415, 421, 422, 429, 500, 502, 503]).toContain(status);
    }
  });
});

describe('routes', () => {
  it('stand in the table that the app is made from', () => {
    const stated = [...code].flatMap(([file, text]) =>
      file.startsWith('src/http/routes/') ? [...text.matchAll(/^ {2}id: '(\w+)',$/gm)].map(([, id]) => id) : [],
    );
    expect(stated.sort()).toEqual(routes.map(({ id }) => id).sort());
  });

  it('declare no fault twice, and none their form brings along', () => {
    for (const record of routes) {
      const { faults: own } = record;
      expect([record.id, new Set(own).size]).toEqual([record.id, own.length]);
      const brought = faultsOf({ ...record, faults: [] });
      expect([record.id, own.filter((fault) => brought.includes(fault) && record.permission !== 'open')]).toEqual([
        record.id,
        [],
      ]);
    }
  });

  it('that write say what the audit log calls it', () => {
    // these ask by POST, since what they ask about is long
    const asking = ['check', 'validatePayload', 'validateEvents'];
    const silent = routes.filter(({ method, action, id }) => method !== 'get' && !action && !asking.includes(id));
    expect(silent.map(({ id }) => id)).toEqual([]);
    for (const { id, method, action } of routes) if (method === 'get') expect([id, action]).toEqual([id, undefined]);
  });

  it('have summaries that are sentences', () => {
    for (const { summary, description } of routes) {
      expect(summary).toMatch(/^[A-Z].*\.$/);
      if (description !== undefined) expect(description).toMatch(/^[A-Z].*\.$/);
    }
  });
});

describe('policy rules', () => {
  it('that read what neighbours say are marked so: of unchanged versions no others are asked', () => {
    const reading = [...code].filter(
      ([file, text]) => file.startsWith('src/policy/rules/') && text.includes('neighbours'),
    );
    expect(reading.map(([file]) => file).sort()).toEqual(
      rulesAboutNeighbours.map(({ id }) => `src/policy/rules/${id}.ts`).sort(),
    );
  });
});

describe('settings', () => {
  it('are each shown by a test of the configuration or of a process', () => {
    expect(variables.filter(({ name }) => naming(tests, name).length === 0).map(({ name }) => name)).toEqual([]);
  });
});
