/**
 * The one place where a driver's error becomes ours. Drizzle's message, its `params`, and PostgreSQL's `detail` and `parameters`
 * carry bound values, which may be personal data: nothing of the original leaves but its SQLSTATE and the name of a constraint.
 */
import { DrizzleError, DrizzleQueryError } from 'drizzle-orm/errors';
import { Fault, type FaultCode } from '../errors.ts';

const sqlState = /^[0-9A-Z]{5}$/;

/** SQLSTATEs with a meaning of their own, by exact code or by class (the first two characters). */
const states: Readonly<Record<string, FaultCode>> = {
  '08': 'STORE_UNAVAILABLE',
  '53': 'STORE_UNAVAILABLE',
  '57': 'STORE_UNAVAILABLE',
  '58': 'STORE_UNAVAILABLE',
  '25006': 'STORE_UNAVAILABLE',
  '55000': 'STORE_UNAVAILABLE',
  '28': 'STORE_UNAVAILABLE',
  '3D': 'STORE_UNAVAILABLE',
  '55P03': 'SUBJECT_LOCKED',
  '22003': 'PARAMETER_INVALID',
  '22021': 'PARAMETER_INVALID',
  '22P05': 'PARAMETER_INVALID',
};

/** What an operator should know beside the code, by SQLSTATE. Names and users stay out: they come from a URL with a password. */
const explained: Readonly<Record<string, string>> = {
  '08P01':
    'What answers at DATABASE_URL refuses the settings of a connection, as PgBouncer does: connect to PostgreSQL itself. Herald keeps a pool of its own, of HERALD_CONNECTIONS.',
  '25006': 'The database is read-only: it is a standby, or was set so. Reads go on; writes wait for a primary.',
  '28000': 'The database refuses the user of DATABASE_URL.',
  '28P01': 'The database refuses the user or the password of DATABASE_URL.',
  '3D000': 'The database named in DATABASE_URL does not exist: create it first, for example with createdb.',
  '53300': 'The database has no connection left for this process: lower HERALD_CONNECTIONS, or raise max_connections.',
  '55000': 'The database is not in a state to do this now; try again.',
  '57P03': 'The database is starting or shutting down; try again.',
};

/** What postgres.js and sockets say when there is no connection. */
const connectionCodes =
  /^(CONNECTION_(CLOSED|ENDED|DESTROYED)|CONNECT_TIMEOUT|ECONN(REFUSED|RESET|ABORTED)|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN|ERR_SOCKET_CLOSED|ERR_STREAM_DESTROYED)$/;

const retryable = new Set(['40001', '40P01']);

/** A database error that is a bug, with nothing in it that was bound. */
class StoreError extends Error {
  readonly sqlState: string | undefined;

  constructor(state: string | undefined, constraint: string | undefined) {
    super(`database error ${state ?? 'of unknown kind'}${constraint === undefined ? '' : ` at ${constraint}`}`);
    this.name = 'StoreError';
    this.sqlState = state;
  }
}

/** `error` as it may leave the store: our own errors unchanged, a driver's replaced. */
export function withoutValues(error: unknown): unknown {
  if (error instanceof Fault || error instanceof StoreError || !isDriverError(error)) return error;
  const state = text(error, 'code', sqlState);
  if (isLost(error)) return new Fault('STORE_UNAVAILABLE', { retryable: true });
  const fault = state === undefined ? undefined : (states[state] ?? states[state.slice(0, 2)]);
  if (fault !== undefined)
    return new Fault(
      fault,
      { sqlState: state!, ...(fault === 'PARAMETER_INVALID' ? {} : { retryable: true }) },
      { ...(explained[state!] !== undefined && { message: explained[state!] }) },
    );
  const constraint = text(error, 'constraint_name', /^\w+$/) ?? text(error, 'constraint', /^\w+$/);
  return new StoreError(state, constraint);
}

/** Whether the same work may succeed when it is simply done again. */
export function isSerializationFailure(error: unknown): boolean {
  return error instanceof StoreError && error.sqlState !== undefined && retryable.has(error.sqlState);
}

function isDriverError(error: unknown): boolean {
  return chain(error).some(
    (link) =>
      link instanceof DrizzleQueryError ||
      link instanceof DrizzleError ||
      link.name === 'PostgresError' ||
      ('severity' in link && 'code' in link) ||
      isLost(link),
  );
}

/** No connection: refused, cut, timed out, a socket file that is not there, or an embedded database already closed. */
function isLost(error: unknown): boolean {
  return (
    text(error, 'code', connectionCodes) !== undefined ||
    (text(error, 'code', /^ENOENT$/) !== undefined && text(error, 'syscall', /^connect$/) !== undefined) ||
    chain(error).some((link) => /^PGlite is (closed|closing)$/.test(link.message))
  );
}

/** The first own `key` along the chain of causes whose value is a text of this form. */
function text(error: unknown, key: string, form: RegExp): string | undefined {
  for (const link of chain(error)) {
    const value = Object.getOwnPropertyDescriptor(link, key)?.value;
    if (typeof value === 'string' && form.test(value)) return value;
  }
  return undefined;
}

function chain(error: unknown): readonly Error[] {
  const links: Error[] = [];
  for (let link = error; link instanceof Error && links.length < 10; link = link.cause) links.push(link);
  return links;
}
