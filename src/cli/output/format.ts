/** What an output format is: a pure function from a run to text. One file per format, one row in index.ts. */
import type { Run } from '../check/run.ts';

export interface RenderOptions {
  readonly color: boolean;
  /** Show informational findings and waived ones as well. */
  readonly all: boolean;
}

/** In the order of the help text, which loads no format. */
export const formatNames = ['text', 'json', 'github', 'gitlab', 'sarif', 'junit', 'markdown'] as const;

export type FormatName = (typeof formatNames)[number];

export interface Format {
  readonly name: FormatName;
  readonly summary: string;
  render(run: Run, options: RenderOptions): string;
}
