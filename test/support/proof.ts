/** A command of `scripts/proof`, in a short form; what it prints is shown where it does not hold. */
import { spawn } from 'node:child_process';
import { expect } from 'vitest';

export async function proof(name: string, ...args: readonly string[]): Promise<void> {
  const script = new URL(`../../scripts/proof/${name}.mjs`, import.meta.url).pathname;
  const child = spawn(process.execPath, [script, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => {
      printed += chunk.toString();
    });
  // not `close`: whoever inherited its output would keep that from coming
  const code = await new Promise((resolve) => child.once('exit', resolve));
  expect(printed).toMatch(/^Holds\.$/m);
  expect(code, printed).toBe(0);
}
