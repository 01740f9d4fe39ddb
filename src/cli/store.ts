/** The database in which services keep their events, for commands that look into it. */
import { Fault } from '../errors.ts';
import type { SqlStore } from '../events/store/sql.ts';
import { type ExitCode, type Input, type OptionRow, text } from './command.ts';
import { misused } from './events/misused.ts';
import type { Io } from './io.ts';

export const databaseOptions = {
  database: {
    type: 'string',
    value: 'URL',
    summary: 'The PostgreSQL the service keeps its events in. Default DATABASE_URL.',
  },
  schema: {
    type: 'string',
    value: 'NAME',
    summary: 'The PostgreSQL schema of its tables. Default: the search path.',
  },
} satisfies Readonly<Record<string, OptionRow>>;

/** The driver and the store are loaded when they are used. */
export async function withStore(input: Input, io: Io, run: (store: SqlStore) => Promise<ExitCode>): Promise<ExitCode> {
  const url = text(input, 'database') ?? io.env.DATABASE_URL;
  if (!url) throw misused('Say where the service keeps its events: --database postgres://… or DATABASE_URL.');
  const [{ default: postgres }, { sqlStore }] = await Promise.all([
    import('postgres'),
    import('../events/store/sql.ts'),
  ]);
  const sql = postgres(url, { max: 1, onnotice: () => {}, connect_timeout: 10 });
  const schema = text(input, 'schema');
  const store = sqlStore(sql, schema === undefined ? {} : { schema });
  try {
    await store.check();
    return await run(store);
  } catch (cause) {
    throw cause instanceof Fault ? cause : unavailable(cause);
  } finally {
    await sql.end({ timeout: 1 });
  }
}

function unavailable(cause: unknown): Fault {
  const message =
    cause instanceof Error && cause.name === 'EventFault' ? cause.message : 'The database does not answer.';
  return new Fault('STORE_UNAVAILABLE', {}, { message, cause });
}
