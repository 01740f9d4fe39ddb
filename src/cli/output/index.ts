/** One row per output format of `herald check`; read by the command's `--format` and its help. */
import { type Format, type FormatName, formatNames } from './format.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import { json } from './json.ts';
import { junit } from './junit.ts';
import { markdown } from './markdown.ts';
import { sarif } from './sarif.ts';
import { text } from './text.ts';

const byName: Readonly<Record<FormatName, Format>> = { text, json, github, gitlab, sarif, junit, markdown };

export const formats: readonly Format[] = formatNames.map((name) => byName[name]);
