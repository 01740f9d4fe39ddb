/** One row per output format of `herald check`; read by the command's `--format` and by whoever lists them all. */
import { type Format, type FormatName, formatNames } from './format.ts';

/** A check loads those it writes. */
const load: Readonly<Record<FormatName, () => Promise<Format>>> = {
  text: async () => (await import('./text.ts')).text,
  json: async () => (await import('./json.ts')).json,
  github: async () => (await import('./github.ts')).github,
  gitlab: async () => (await import('./gitlab.ts')).gitlab,
  sarif: async () => (await import('./sarif.ts')).sarif,
  junit: async () => (await import('./junit.ts')).junit,
  markdown: async () => (await import('./markdown.ts')).markdown,
};

export function loadFormat(name: FormatName): Promise<Format> {
  return load[name]();
}

export function allFormats(): Promise<readonly Format[]> {
  return Promise.all(formatNames.map(loadFormat));
}
