import { registryOption } from '../api.ts';
import type { Command } from '../command.ts';
import { formatNames } from '../output/format.ts';

export const command: Command = {
  name: 'check',
  summary: 'says whether schemas break anyone, and whether they follow the rules of their catalog',
  usage: '[PATH…] [--against GIT-REF|FOLDER] [--registry URL] [options]',
  takes: [0, 1_000],
  options: {
    against: {
      type: 'string',
      value: 'GIT-REF|FOLDER',
      summary: 'Compare with the merge base of HEAD and this ref, or with a folder.',
    },
    registry: {
      ...registryOption,
      summary: 'Compare with what this registry holds; --against then says which files are gone.',
    },
    format: {
      type: 'string',
      short: 'f',
      multiple: true,
      value: 'FORMAT[=FILE]',
      summary: `${formatNames.join(', ')}. Default text; with =FILE into a file, and then several.`,
    },
    'fail-on': { type: 'string', value: 'SEVERITY', summary: 'Exit 1 at error (default), warning or info.' },
    consumers: {
      type: 'string',
      multiple: true,
      value: 'PATH',
      summary:
        'Files of consumers (consumers/<service>.json): what they read, and their recorded events as contract tests.',
    },
    envelope: {
      type: 'boolean',
      summary: 'Show the events that prove a break whole, in the envelope of their catalog.',
    },
    types: {
      type: 'boolean',
      summary:
        'With --against: say too whether TypeScript that compiled with the types there compiles with the new ones. Changes no exit code.',
    },
    propose: {
      type: 'string',
      value: 'REASON',
      summary: 'With --registry: leave each refused change with a steward, who approves or rejects it there.',
    },
    link: { type: 'string', value: 'URL', summary: 'With --propose: where the change is discussed.' },
    all: { type: 'boolean', summary: 'Show findings that are older, waived or informational too.' },
  },
  examples: [
    'herald check schemas --against origin/main',
    'herald check schemas --registry https://herald.example --format sarif',
  ],
  // the help needs none of what a check does
  run: async (input, io) => {
    const beginning = (await import('../check/beginning.ts')).begin(input, io);
    try {
      return await (await import('../check/check-command.ts')).runCheckCommand(input, io, beginning);
    } finally {
      await beginning.ended();
    }
  },
};
