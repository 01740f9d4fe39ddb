/** Real processes: what the store's locks are for cannot be seen from inside one. They run `test/support/children/<name>.ts`. */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';

export interface Ended {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly output: string;
}

export interface Child {
  readonly process: ChildProcess;
  /** What it has said so far, line by line. */
  readonly lines: readonly string[];
  /** Resolves with the first line that starts so; rejects when it ends without. */
  said(start: string): Promise<string>;
  readonly ended: Promise<Ended>;
}

/**
 * Bundled once: dozens of them start at the same moment, and each would compile the sources anew. Two folders below the root, as
 * src/store is, since the store finds its migrations from where it stands.
 */
const bundles = fileURLToPath(new URL(`../../.herald/children-${process.pid}/`, import.meta.url));
process.on('exit', () => rmSync(bundles, { recursive: true, force: true }));

function bundled(name: string): string {
  const outfile = `${bundles}${name}.mjs`;
  if (!existsSync(outfile))
    buildSync({
      entryPoints: [fileURLToPath(new URL(`children/${name}.ts`, import.meta.url))],
      outfile,
      bundle: true,
      packages: 'external',
      platform: 'node',
      format: 'esm',
      logLevel: 'error',
    });
  return outfile;
}

/** Input arrives as its first argument. */
export function startChild(name: string, input: unknown): Child {
  const child = spawn(process.execPath, [bundled(name), JSON.stringify(input)], { stdio: ['pipe', 'pipe', 'pipe'] });
  let output = '';
  const lines: string[] = [];
  const waiting = new Set<() => void>();
  const heard = (text: string) => {
    output += text;
    lines.splice(0, lines.length, ...output.split('\n').slice(0, -1));
    for (const wake of waiting) wake();
  };
  child.stdout.setEncoding('utf8').on('data', heard);
  child.stderr.setEncoding('utf8').on('data', heard);
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code, signal) => resolve({ code, signal, output }));
  });
  const said = (start: string) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const line = lines.find((one) => one.startsWith(start));
        if (line === undefined) return;
        waiting.delete(look);
        resolve(line);
      };
      waiting.add(look);
      look();
      void ended.then(() => reject(new Error(`ended without "${start}": ${output}`)));
    });
  return { process: child, lines, said, ended };
}

/** `count` of them, let go at the same moment once all are ready. */
export async function runTogether(
  name: string,
  count: number,
  input: (index: number) => unknown,
): Promise<readonly Ended[]> {
  const children = Array.from({ length: count }, (_, index) => startChild(name, input(index)));
  await Promise.all(children.map((child) => child.said('ready')));
  for (const child of children) child.process.stdin?.write('go\n');
  const ends = await Promise.all(children.map((child) => child.ended));
  return ends.map((end) => ({ ...end, output: end.output.replace('ready\n', '') }));
}
