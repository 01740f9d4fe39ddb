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

/** Two workers on two cores, where the default is one. */
const maxWorkers = 2;

export default defineConfig({
  // schemas written in TypeScript import the package by name; tests take the sources, so that they need no build
  resolve: { alias: { 'herald-registry': new URL('../src/index.ts', import.meta.url).pathname } },
  test: {
    root: new URL('..', import.meta.url).pathname,
    testTimeout: 20_000,
    hookTimeout: 60_000,
    projects: [
      // the tests beside the code are pure: they share nothing, so the modules are loaded once for all of them
      {
        extends: true,
        test: {
          name: 'src',
          include: ['src/**/*.test.ts'],
          pool: 'threads',
          isolate: false,
          maxWorkers,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: 'test',
          include: ['test/**/*.test.ts'],
          exclude: alone,
          maxWorkers,
          sequence: { groupOrder: 1 },
        },
      },
      { extends: true, test: { name: 'alone', include: alone, maxWorkers: 1, sequence: { groupOrder: 2 } } },
    ],
  },
});
