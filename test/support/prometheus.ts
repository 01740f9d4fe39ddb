/** Prometheus's own programs, where they are installed. TEST_REQUIRES_BROKERS=1 makes a missing one a failure. */
import { spawnSync } from 'node:child_process';

/** `PROMTOOL` names another one. */
export const promtool = process.env.PROMTOOL ?? 'promtool';
export const prometheus = process.env.PROMETHEUS ?? 'prometheus';

export const hasPromtool = (): boolean => isThere(promtool);
export const hasPrometheus = (): boolean => isThere(prometheus);

function isThere(program: string): boolean {
  const answers = spawnSync(program, ['--version']).status === 0;
  if (!answers && process.env.TEST_REQUIRES_BROKERS === '1')
    throw new Error(`${program} is not installed: the tests that ask it would be skipped`);
  return answers;
}
