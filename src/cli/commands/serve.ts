import type { Command } from '../command.ts';

export const command: Command = {
  name: 'serve',
  summary: 'runs a registry: on a folder, or on PostgreSQL',
  usage: '[--port N] [--host ADDRESS] [--data DIR | --database URL [--processes N]] [--load PATH]',
  takes: [0, 0],
  options: {
    port: { type: 'string', short: 'p', value: 'N', summary: 'Default $PORT, else 8080. 0 takes a free one.' },
    host: {
      type: 'string',
      value: 'ADDRESS',
      summary: 'Default 127.0.0.1. Any other needs authentication to be configured.',
    },
    data: {
      type: 'string',
      short: 'd',
      value: 'DIR',
      summary: 'The folder of the embedded database. Default .herald.',
    },
    database: { type: 'string', value: 'URL', summary: 'A PostgreSQL to use instead. Default $DATABASE_URL.' },
    processes: {
      type: 'string',
      value: 'N',
      summary: 'Processes that share the port, for several cores. Default $HERALD_PROCESSES, else 1. Needs PostgreSQL.',
    },
    load: { type: 'string', value: 'PATH', summary: 'Register the catalogs and schemas found here once it runs.' },
  },
  examples: ['herald serve --load schemas', 'herald serve --database postgres://127.0.0.1/herald --port 9000'],
  // the help needs none of what it does
  run: async (input, io) => (await import('../serve/serve-command.ts')).runServe(input, io),
};
