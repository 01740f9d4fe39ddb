/** What a command runs in, where no test says otherwise: no input, no git, no registry, no terminal. */
import type { Io } from '../../src/cli/io.ts';

export interface Said {
  out: string;
  err: string;
}

/** `said` is what it printed so far. */
export function testIo(more: Partial<Io> = {}): { readonly io: Io; readonly said: Said } {
  const said: Said = { out: '', err: '' };
  const io: Io = {
    out: (text) => {
      said.out += text;
    },
    err: (text) => {
      said.err += text;
    },
    input: async () => '',
    cwd: '/',
    env: {},
    fetch: async () => new Response('', { status: 500 }),
    git: async () => ({ code: 127, stdout: Buffer.alloc(0), stderr: '' }),
    now: () => 0,
    interactive: false,
    color: false,
    stopped: async () => {},
    ...more,
  };
  return { io, said };
}
