/** What every child does: read its input, wait to be let go, say things one line at a time. */
export function input<T>(): T {
  return JSON.parse(process.argv[2]!) as T;
}

/** Written before the next step, whatever happens to the process then. */
export function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

export async function letGo(): Promise<void> {
  say('ready');
  await new Promise<void>((resolve) => process.stdin.once('data', () => resolve()));
  process.stdin.unref();
}
