import { defineConfig } from 'vitest/config';

/** Tests that measure how long somebody waits, or drive a browser or many processes: no other file competes for the cores. */
const alone = [
  'breaking.process',
  'console.browser',
  'events-kill.process',
  'mapping-process',
  'one-against-others',
  'readyz',
  'serve.process',
  'sweeper',
  'threads',
  'turns',
].map((name) => `test/${name}.test.ts`);

/** Tests that only take and give values, as those beside the code do, and take longer. */
const values = [
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
  'schema.*',
  'validators.property',
].map((name) => `test/${name}.test.ts`);

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
          exclude: [...alone, ...values],
          maxWorkers,
          sequence: { groupOrder: 2 },
        },
      },
      { extends: true, test: { name: 'alone', include: alone, maxWorkers: 1, sequence: { groupOrder: 3 } } },
    ],
  },
});
