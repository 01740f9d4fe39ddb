/** git in a folder, as the command line is given it. */
import { spawn } from 'node:child_process';
import type { GitResult } from '../../src/cli/io.ts';

export function runGit(
  cwd: string,
  env: NodeJS.ProcessEnv,
  args: readonly string[],
  input?: string,
): Promise<GitResult> {
  return new Promise((resolve) => {
    const child = spawn('git', [...args], { cwd, env });
    const chunks: Buffer[] = [];
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
    });
    child.on('close', (code) => resolve({ code: code ?? 1, stdout: Buffer.concat(chunks), stderr }));
    child.stdin.on('error', () => undefined); // as in main.ts: git may end before it has read everything
    child.stdin.end(input ?? '');
  });
}
