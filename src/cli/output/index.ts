/** One row per output format of `herald check`; read by the command's `--format` and its help. */
import type { Format } from './format.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import { json } from './json.ts';
import { junit } from './junit.ts';
import { markdown } from './markdown.ts';
import { sarif } from './sarif.ts';
import { text } from './text.ts';

export const formats: readonly Format[] = [text, json, github, gitlab, sarif, junit, markdown];
