/** The one error of the client. */

/**
 * Codes of the client itself; a registry's own codes (`SUBJECT_NOT_FOUND`, `SUBJECT_RETIRED`, …) come through as they are.
 * REGISTRY_UNREACHABLE: nothing useful answered in time. REGISTRY_ANSWER_INVALID: what answered is no registry.
 * TOKEN_UNAVAILABLE: `token()` threw. USAGE_INVALID: the client was given what it cannot work with.
 * EVENT_INVALID: the event or payload is refused by its schema. EVENT_UNROUTABLE: it does not say what it is.
 */
export type ClientCode =
  | 'REGISTRY_UNREACHABLE'
  | 'REGISTRY_ANSWER_INVALID'
  | 'EVENT_INVALID'
  | 'EVENT_UNROUTABLE'
  | 'SCHEMA_INVALID'
  | 'LOCKFILE_INVALID'
  | 'USAGE_INVALID'
  | 'TOKEN_UNAVAILABLE'
  | 'VALIDATOR_UNAVAILABLE';

export class HeraldError extends Error {
  readonly code: ClientCode | (string & {});
  /** What a program may want to know; never values of an event. */
  readonly details: Readonly<Record<string, unknown>>;
  /** The HTTP status, where the registry refused. */
  readonly status: number | undefined;

  constructor(
    code: ClientCode | (string & {}),
    message: string,
    options: {
      readonly details?: Readonly<Record<string, unknown>>;
      readonly status?: number;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'HeraldError';
    this.code = code;
    this.details = options.details ?? {};
    this.status = options.status;
  }
}

/** Whether trying again later may help: nothing answered, or the registry is in trouble. A refusal is an answer. */
export function isOutage(error: unknown): error is HeraldError {
  if (!(error instanceof HeraldError) || error.code === 'REGISTRY_ANSWER_INVALID') return false;
  if (error.status === undefined) return error.code === 'REGISTRY_UNREACHABLE';
  return error.status >= 500 || error.status === 429 || error.status === 408;
}
