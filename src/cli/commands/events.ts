import { Fault } from '../../errors.ts';
import { ddl } from '../../events/store/ddl.ts';
import { type Command, text } from '../command.ts';

export const command: Command = {
  name: 'events',
  summary: 'prints the tables that services keep their outbox and inbox in',
  usage: 'ddl [--schema NAME]',
  takes: [1, 1],
  options: {
    schema: {
      type: 'string',
      value: 'NAME',
      summary: 'The PostgreSQL schema they stand in. Default: the search path.',
    },
  },
  examples: [
    'herald events ddl > migrations/0007_events.sql',
    'herald events ddl --schema events | psql "$DATABASE_URL"',
  ],
  async run(input, io) {
    const [verb = ''] = input.positionals;
    if (verb !== 'ddl')
      throw new Fault('USAGE_INVALID', {}, { message: `"herald events ${verb}" is nothing; there is ddl.` });
    io.out(`${ddl(text(input, 'schema')).join(';\n')};\n`);
    return 0;
  },
};
