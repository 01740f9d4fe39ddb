/** `herald generate` with files that no code is made from: all of them are named, as `herald check` does, and nothing is written. */
import { cpSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { commands } from '../src/cli/commands/index.ts';
import { run } from '../src/cli/run.ts';
import { testIo } from './support/io.ts';

it('names every bad file with its place, and writes nothing', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'herald-generate-'));
  cpSync(new URL('../schemas/choice-sherpa/catalog.json', import.meta.url), join(folder, 'catalog.json'));
  cpSync(
    new URL('../schemas/choice-sherpa/session.created.json', import.meta.url),
    join(folder, 'session.created.json'),
  );
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write('session.bad.json', '{"type":"strnig"}');
  write('session.half.json', '{"a":');
  write('session.look.json', '{"type":"object","properties":{"a":{"type":"string","pattern":"^(?!x).*$"}}}');
  const { io, said } = testIo({ cwd: folder });
  expect(await run(['generate', '.', '--out', 'out'], io, commands, '0')).toBe(2);
  for (const place of ['session.bad.json:1:2', 'session.half.json:', 'session.look.json:1:53'])
    expect(said.err).toContain(place);
  expect(said.err).not.toContain('session.created.json');
  expect(existsSync(join(folder, 'out'))).toBe(false);
  rmSync(folder, { recursive: true });
});
