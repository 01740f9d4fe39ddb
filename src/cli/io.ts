/** Everything a command may touch of the world. `main.ts` fills it with the process; tests with values. */

export interface GitResult {
  readonly code: number;
  readonly stdout: Buffer;
  readonly stderr: string;
}

export interface Io {
  readonly out: (text: string) => void;
  readonly err: (text: string) => void;
  /** Standard input, read to its end. */
  readonly input: () => Promise<string>;
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly fetch: typeof fetch;
  readonly git: (args: readonly string[], input?: string) => Promise<GitResult>;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Whether standard error is a terminal somebody watches: progress is drawn only then. */
  readonly interactive: boolean;
  readonly color: boolean;
  /** Runs until the process is asked to stop. */
  readonly stopped: () => Promise<void>;
}
