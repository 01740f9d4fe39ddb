import { registryOption } from '../api.ts';
import type { Command } from '../command.ts';
import { codeOptions, codeUsage } from '../generate/code-options.ts';

export const command: Command = {
  name: 'pull',
  summary: 'writes types and schemas of registered versions, pinned in herald.lock.json',
  usage: `[CATALOG/SUBJECT…] ${codeUsage} [--update] [--registry URL]`,
  takes: [0, 1_000],
  options: {
    ...codeOptions,
    update: { type: 'boolean', short: 'u', summary: 'Move what is named, or everything, to its latest version.' },
    registry: registryOption,
  },
  examples: [
    'herald pull choice-sherpa/session.created --out src/events',
    'herald pull --out src/events --update',
    'herald pull choice-sherpa/* --out src/events',
  ],
  // the help needs none of what it does
  run: async (input, io) => (await import('../generate/pull-command.ts')).runPull(input, io),
};
