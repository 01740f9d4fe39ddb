/** The structured log: a line for each request at debug, for each event and each bug. It never contains payloads, credentials or bound values. */
import { type DestinationStream, type Logger, pino } from 'pino';
import type { RequestRecord } from './app.ts';
import { textLines } from './log-text.ts';

export interface Log {
  request(record: RequestRecord): void;
  bug(error: unknown, correlationId: string): void;
  /** An event an operator should know of. */
  info(message: string, facts?: Readonly<Record<string, string | number>>): void;
  /** Something failed, and the server goes on. */
  warn(message: string, error: unknown): void;
}

export interface LogSettings {
  readonly level: string;
  /** `terminal`: text with colours. */
  readonly form: 'json' | 'text' | 'terminal';
}

/** Lines go to `to`, or to standard error, since standard output is for people. */
export function createLog({ level, form }: LogSettings, to?: DestinationStream): Log {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  // an asynchronous destination would lose lines when the process ends
  const lines = to ?? pino.destination({ fd: 2, sync: true });
  const logger: Logger = pino(options, form === 'json' ? lines : textLines(lines, form === 'terminal'));
  return {
    request: ({ traceId, spanId, ...record }) =>
      // names as OpenTelemetry's log data model has them
      logger[levelOf(record)]({ ...record, trace_id: traceId, span_id: spanId }, 'request'),
    bug: (error, correlationId) => logger.error({ correlationId, error: described(error) }, 'bug'),
    info: (message, facts = {}) => logger.info(facts, message),
    warn: (message, error) => logger.warn({ error: described(error) }, message),
  };
}

/** Why a token was refused is said only here: operators need it at the usual level. */
function levelOf({ status, refused }: Pick<RequestRecord, 'status' | 'refused'>): 'error' | 'info' | 'debug' {
  if (status >= 500) return 'error';
  return refused && refused.reason !== 'missing' ? 'info' : 'debug';
}

const maxCauses = 5;

/** An error without what it may quote: a syntax error's message contains part of the text that was read. */
export function described(error: unknown, depth = 0): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { name: typeof error };
  const frames = (error.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line));
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return {
    name: error.name,
    ...(code !== undefined && { code }),
    ...(error instanceof SyntaxError ? {} : { message: error.message }),
    frames: frames.slice(0, 20).map((line) => line.trim()),
    ...(error.cause !== undefined && depth < maxCauses && { cause: described(error.cause, depth + 1) }),
  };
}
