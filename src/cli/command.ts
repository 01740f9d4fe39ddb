/** What a command is. `run` answers the exit code: 0 clean, 1 findings, 2 wrong use or unreadable input, 3 could not decide. */
import type { Io } from './io.ts';

export interface OptionRow {
  readonly type: 'string' | 'boolean';
  readonly short?: string;
  readonly multiple?: boolean;
  /** What stands for the value in the help text. */
  readonly value?: string;
  readonly summary: string;
}

export type Options = Readonly<Record<string, OptionRow>>;

export interface Input {
  readonly positionals: readonly string[];
  readonly options: Readonly<Record<string, string | boolean | readonly string[] | undefined>>;
}

export type ExitCode = 0 | 1 | 2 | 3;

export interface Command {
  readonly name: string;
  readonly summary: string;
  /** After `herald <name>`, e.g. `[PATH…]`. */
  readonly usage: string;
  /** The minimum and maximum number of positional arguments. */
  readonly takes: readonly [min: number, max: number];
  readonly options: Options;
  /** Lines shown under "Examples". */
  readonly examples: readonly string[];
  run(input: Input, io: Io): Promise<ExitCode>;
}

/** A row of the command table: what `herald --help` needs without loading the command. */
export interface CommandRow {
  readonly name: string;
  readonly summary: string;
  readonly load: () => Promise<Command>;
}

export function text(input: Input, option: string): string | undefined {
  const value = input.options[option];
  return typeof value === 'string' ? value : undefined;
}

/** Of an option that may be given several times. */
export function texts(input: Input, option: string): readonly string[] {
  const value = input.options[option];
  return Array.isArray(value) ? value : [];
}

export function flag(input: Input, option: string): boolean {
  return input.options[option] === true;
}
