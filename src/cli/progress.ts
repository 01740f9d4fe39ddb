/** One line on a terminal, redrawn while long work goes on; nothing at all where nobody watches. */
import type { Io } from './io.ts';

export interface Progress {
  step(done: number, total: number): void;
  done(): void;
}

export function progress(io: Io, label: string): Progress {
  if (!io.interactive) return { step: () => undefined, done: () => undefined };
  let drawn = 0;
  return {
    step(done, total) {
      const now = io.now();
      if (now - drawn < 100 && done !== total) return;
      drawn = now;
      io.err(`\r\u001b[2K${label} ${done}/${total}`);
    },
    done: () => io.err('\r\u001b[2K'),
  };
}
