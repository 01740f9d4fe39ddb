import { defineConfig } from 'vitest/config';

const filesOf = (names: readonly string[]) => names.map((name) => `test/${name}.test.ts`);

/** Tests that measure how long somebody waits: no other file competes for the cores. */
const alone = filesOf([
  'events-example',
  'events-kafka',
  'mapping-process',
  'one-against-others',
  'readyz',
  'sweeper',
  'threads',
  'turns',
]);

/** Tests that drive a browser or processes, and mostly wait for them. */
const processes = filesOf([
  'adversary.process',
  'breaking.process',
  'console.browser',
  'events-kill.process',
  'serve.process',
]);

/** Tests that only take and give values, as those beside the code do, and take longer. */
const values = filesOf([
  'accepted',
  'avro.*',
  'check.neighbours.property',
  'codegen.*',
  'compat.*',
  'finding*',
  'formats',
  'language.*',
  'lint.golden',
  'policy.golden',
  'protobuf.golden',
  'readers.golden',
  'readers.property',
  'schema.*',
  'validators.property',
]);

/** Two workers on two cores, where the default is one. */
const maxWorkers = 2;

const shared = { pool: 'threads', isolate: false, maxWorkers } as const;

export default defineConfig({
  // schemas written in TypeScript import the package by name; tests take the sources, so that they need no build
  resolve: { alias: { 'herald-registry': new URL('../src/index.ts', import.meta.url).pathname } },
  test: {
    root: new URL('..', import.meta.url).pathname,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    projects: [
      // these share nothing, so the modules are loaded once for all of them
      { extends: true, test: { name: 'src', include: ['src/**/*.test.ts'], ...shared, sequence: { groupOrder: 0 } } },
      { extends: true, test: { name: 'values', include: values, ...shared, sequence: { groupOrder: 1 } } },
      {
        extends: true,
        test: {
          name: 'test',
          include: ['test/**/*.test.ts'],
          exclude: [...alone, ...processes, ...values],
          maxWorkers,
          sequence: { groupOrder: 2 },
        },
      },
      { extends: true, test: { name: 'processes', include: processes, maxWorkers, sequence: { groupOrder: 4 } } },
      { extends: true, test: { name: 'alone', include: alone, maxWorkers: 1, sequence: { groupOrder: 3 } } },
    ],
  },
});
