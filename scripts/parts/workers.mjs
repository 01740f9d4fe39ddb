/** Processes that proofs start and kill, so that none of them outlives the proof. */
import { spawn } from 'node:child_process';

/** A worker that ends when this process does, whatever ends it. What it says on standard error is shown. */
export function spawnWorker(script, args) {
  const worker = spawn(process.execPath, [script.pathname, ...args], { stdio: ['pipe', 'ignore', 'inherit'] });
  worker.stdin.on('error', () => {});
  return worker;
}

/** In the worker: standard input ends with whoever holds its other side. */
export function endWithParent() {
  process.stdin.on('end', () => process.exit(0)).on('error', () => process.exit(0));
  process.stdin.resume();
}

/** A proof that takes longer says so and fails, rather than keeping whoever waits for it. */
export function boundBy(seconds) {
  setTimeout(() => {
    process.stderr.write(`Not done after ${seconds} s.\n`);
    process.exit(1);
  }, seconds * 1_000).unref();
}
