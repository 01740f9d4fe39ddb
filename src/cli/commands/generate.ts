import type { Command } from '../command.ts';
import { codeOptions, codeUsage } from '../generate/code-options.ts';

export const command: Command = {
  name: 'generate',
  summary: 'writes TypeScript types, validators and JSON Schema from schema files',
  usage: `[PATH…] ${codeUsage}`,
  takes: [0, 1_000],
  options: codeOptions,
  examples: ['herald generate schemas --out src/events', 'herald generate schemas --out src/events --check'],
  // the help needs none of what it does
  run: async (input, io) => (await import('../generate/generate-command.ts')).runGenerate(input, io),
};
