/** The options that `herald generate` and `herald pull` both take. */
import { formatStyles } from '../../codegen/format-style.ts';
import type { Options } from '../command.ts';

export const codeOptions = {
  out: { type: 'string', short: 'o', value: 'DIR', summary: 'Where to write.' },
  readonly: { type: 'boolean', summary: 'Make every property and array in the types readonly.' },
  formats: {
    type: 'string',
    value: formatStyles.join('|'),
    summary: 'Strings of a checked format: plain (default), or types of their own such as UuidString.',
  },
  asyncapi: { type: 'boolean', summary: 'Write an AsyncAPI 3.0 document of the catalog too.' },
  language: {
    type: 'string',
    multiple: true,
    value: 'NAME',
    summary: 'Types in another language too, such as go; needs quicktype-core.',
  },
  check: { type: 'boolean', summary: 'Write nothing; exit 1 where what is there is stale.' },
} as const satisfies Options;

export const codeUsage = '--out DIR [--readonly] [--formats plain|branded] [--asyncapi] [--language NAME]… [--check]';
