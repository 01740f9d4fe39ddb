/** A clock that can be set while a process runs on it: the one of JavaScript, in its main thread. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Run before the program: on SIGUSR2 the clock goes by as many milliseconds wrong as the file says. */
const skewed = (file) => `
import { readFileSync } from 'node:fs';
const True = Date;
let off = 0;
globalThis.Date = class extends True {
  constructor(...given) {
    if (given.length === 0) super(True.now() + off);
    else super(...given);
  }
  static now() {
    return True.now() + off;
  }
};
process.on('SIGUSR2', () => {
  off = Number(readFileSync(${JSON.stringify(file)}, 'utf8'));
});
`;

export function jumpingClock() {
  const folder = mkdtempSync(join(tmpdir(), 'herald-clock-'));
  const file = join(folder, 'milliseconds');
  const program = join(folder, 'clock.mjs');
  writeFileSync(program, skewed(file));
  return {
    flags: ['--import', program],
    jump(pid, milliseconds) {
      writeFileSync(file, String(milliseconds));
      process.kill(pid, 'SIGUSR2');
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
