import { defineConfig } from 'vitest/config';

export default defineConfig({
  // schemas written in TypeScript import the package by name; tests take the sources, so that they need no build
  resolve: { alias: { 'herald-registry': new URL('../src/index.ts', import.meta.url).pathname } },
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts'],
    root: new URL('..', import.meta.url).pathname,
    testTimeout: 20_000,
    hookTimeout: 60_000,
  },
});
