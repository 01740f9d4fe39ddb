import { registryOption } from '../api.ts';
import type { Command } from '../command.ts';

export const command: Command = {
  name: 'register',
  summary: 'registers catalogs and schemas; what is there already is left as it is',
  usage: '[PATH…] [--registry URL]',
  takes: [0, 1_000],
  options: { registry: registryOption },
  examples: ['herald register schemas'],
  // the help needs none of what it does
  run: async (input, io) => (await import('../register/register-command.ts')).runRegister(input, io),
};
