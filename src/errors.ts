/**
 * Faults: operations that could not be done. Each row is one code, read by the HTTP edge (status), the CLI (exit code) and the
 * README's table. Findings are not faults, and a bug is neither.
 */
import type { Json } from './schema/json.ts';

interface FaultRow {
  readonly status: number;
  /** The CLI's exit code: 1 findings, 2 wrong use or unreadable input, 3 could not decide. */
  readonly exit: 1 | 2 | 3;
  readonly title: string;
}

export const faults = {
  BODY_NOT_JSON: { status: 400, exit: 2, title: 'The body is not JSON.' },
  BODY_TOO_LARGE: { status: 413, exit: 2, title: 'The body is larger than the limit.' },
  MEDIA_TYPE_UNSUPPORTED: { status: 415, exit: 2, title: 'The content type is not one this route reads.' },
  PARAMETER_INVALID: {
    status: 400,
    exit: 2,
    title: 'A parameter or a member of the body does not have the form it must have.',
  },
  CURSOR_INVALID: { status: 400, exit: 2, title: 'The cursor is not one this registry gave out.' },
  ROUTE_NOT_FOUND: { status: 404, exit: 2, title: 'There is no such route.' },
  METHOD_NOT_ALLOWED: { status: 405, exit: 2, title: 'The route does not take this method.' },

  SCHEMA_INVALID: { status: 422, exit: 2, title: 'The document is not a JSON Schema.' },
  SCHEMA_TOO_LARGE: { status: 422, exit: 2, title: 'The schema is larger than the limit.' },
  SCHEMA_TOO_DEEP: { status: 422, exit: 2, title: 'The schema nests deeper than the limit.' },
  SCHEMA_DIALECT_UNKNOWN: { status: 422, exit: 2, title: 'The schema names a dialect this registry does not know.' },
  SCHEMA_REFERENCE_REMOTE: { status: 422, exit: 2, title: 'A $ref leaves the document for the network or the disk.' },
  SCHEMA_REFERENCE_UNRESOLVED: { status: 422, exit: 2, title: 'A $ref points at nothing.' },
  SCHEMA_ILL_FOUNDED: { status: 422, exit: 2, title: 'A $ref leads back to itself without consuming anything.' },
  SCHEMA_NAME_FORBIDDEN: { status: 422, exit: 2, title: 'A property has a name that programs cannot hold safely.' },
  SCHEMA_PATTERN_UNSUPPORTED: {
    status: 422,
    exit: 2,
    title: 'A pattern is invalid, or cannot be matched in linear time.',
  },
  SCHEMA_NUMBER_PRECISION: { status: 422, exit: 2, title: 'A number is beyond what a double can hold.' },
  SCHEMA_TEXT_INVALID: { status: 422, exit: 2, title: 'A string is not well-formed Unicode.' },
  SCHEMA_DUPLICATE_NAME: { status: 422, exit: 2, title: 'A name appears twice in one object.' },
  CONTRACT_INVALID: { status: 422, exit: 2, title: 'The contract does not have the form it must have.' },
  DEFINITION_INVALID: { status: 422, exit: 2, title: 'The event definition cannot become a JSON Schema.' },
  CATALOG_INVALID: { status: 422, exit: 2, title: 'The catalog does not have the form it must have.' },

  SUBJECT_NAME_INVALID: { status: 422, exit: 1, title: 'The subject name is outside the grammar.' },
  PRODUCER_UNKNOWN: { status: 422, exit: 1, title: 'The producer is missing or unknown to the catalog.' },
  PRODUCER_NOT_OWNER: { status: 422, exit: 1, title: 'The producer does not own the domain of the name.' },
  CLASSIFICATION_MISSING: { status: 422, exit: 1, title: 'The event has no classification.' },
  CLASSIFICATION_LOWERED: { status: 422, exit: 1, title: 'A classification was lowered or a tag dropped.' },
  POLICY_REFUSED: { status: 422, exit: 1, title: 'The catalog refuses this version.' },
  INCOMPATIBLE: { status: 409, exit: 1, title: 'The schema breaks stored events or running consumers.' },
  UNDECIDED: { status: 409, exit: 3, title: 'Compatibility could not be proved either way.' },

  CATALOG_NOT_FOUND: { status: 404, exit: 2, title: 'There is no such catalog.' },
  SUBJECT_NOT_FOUND: { status: 404, exit: 2, title: 'There is no such subject.' },
  VERSION_NOT_FOUND: { status: 404, exit: 2, title: 'There is no such version.' },
  SCHEMA_NOT_FOUND: { status: 404, exit: 2, title: 'There is no schema with this id or fingerprint.' },
  ARTIFACT_NOT_FOUND: { status: 404, exit: 2, title: 'There is no artifact of this name.' },
  READING_INVALID: { status: 422, exit: 1, title: 'What a consumer says that it reads cannot be kept.' },
  CONSUMER_NOT_FOUND: { status: 404, exit: 2, title: 'The service is no declared consumer of this subject.' },
  DEPRECATION_NOT_FOUND: { status: 404, exit: 2, title: 'The subject has no deprecation plan.' },
  PROPOSAL_NOT_FOUND: { status: 404, exit: 2, title: 'There is no such proposal.' },
  CANDIDATE_NOT_FOUND: { status: 404, exit: 2, title: 'There is no such candidate.' },
  WEBHOOK_NOT_FOUND: { status: 404, exit: 2, title: 'There is no such webhook.' },
  WAIVER_NOT_FOUND: { status: 404, exit: 2, title: 'There is no such waiver.' },
  FEED_DISABLED: {
    status: 404,
    exit: 2,
    title: 'Signed addresses of calendars need HERALD_FEED_KEY in the configuration.',
  },
  TOKEN_NOT_FOUND: { status: 404, exit: 2, title: 'There is no such API token.' },

  VERSION_IN_USE: { status: 409, exit: 1, title: 'The version is in use and cannot be withdrawn.' },
  SUBJECT_RETIRED: { status: 410, exit: 2, title: 'The subject is retired.' },
  SUBJECT_LOCKED: { status: 503, exit: 3, title: 'The subject is being written by somebody else; try again.' },
  TRANSITION_REFUSED: { status: 409, exit: 1, title: 'The deprecation cannot advance yet.' },
  DEPRECATION_INVALID: { status: 422, exit: 2, title: 'The deprecation plan cannot be carried out.' },
  MAPPING_INVALID: { status: 422, exit: 2, title: 'The mapping to the successor cannot be tried.' },
  MAPPING_REFUTED: { status: 422, exit: 1, title: 'The mapping to the successor does not hold.' },
  MAPPING_TOO_COSTLY: { status: 422, exit: 2, title: 'The mapping takes too much time or memory.' },
  PAIRS_INVALID: { status: 422, exit: 2, title: 'There is no pair of an old and a new event to compare.' },
  PROPOSAL_INVALID: { status: 422, exit: 2, title: 'The proposal cannot be made or decided.' },
  WAIVER_INVALID: { status: 422, exit: 2, title: 'The waiver cannot be given.' },
  WEBHOOK_INVALID: { status: 422, exit: 2, title: 'The webhook cannot be registered.' },
  TOKEN_INVALID: { status: 422, exit: 2, title: 'The API token cannot be made.' },
  IMPORT_INVALID: { status: 422, exit: 2, title: 'The line is not one that a registry exported.' },
  IMPORT_CONFLICT: {
    status: 409,
    exit: 1,
    title: 'The registry already holds something else in the place of the line.',
  },
  EVENT_UNROUTABLE: { status: 422, exit: 2, title: 'The envelope does not say which subject the event belongs to.' },

  HOST_REFUSED: { status: 421, exit: 2, title: 'The request names a host that this registry does not answer for.' },
  ORIGIN_REFUSED: { status: 403, exit: 2, title: 'A page of another origin may not do this.' },
  UNAUTHENTICATED: { status: 401, exit: 2, title: 'The request carries no valid credentials.' },
  FORBIDDEN: { status: 403, exit: 2, title: 'The caller may not do this.' },
  KEYS_UNAVAILABLE: {
    status: 503,
    exit: 3,
    title: 'The keys that tokens are checked with cannot be fetched; try again.',
  },
  VALIDATION_TOO_COSTLY: { status: 422, exit: 3, title: 'The validation takes too much time or memory.' },
  GENERATION_TOO_COSTLY: { status: 422, exit: 3, title: 'Generating this takes too much time or memory.' },
  OVERLOADED: { status: 503, exit: 3, title: 'Too much work is waiting; try again.' },
  CANCELLED: { status: 503, exit: 3, title: 'The work was cancelled: its caller left, or the process is closing.' },
  RATE_LIMITED: { status: 429, exit: 3, title: 'The caller asks too often; try again later.' },

  STORE_UNAVAILABLE: { status: 503, exit: 3, title: 'The database does not answer; try again.' },
  BUS_UNAVAILABLE: { status: 503, exit: 3, title: 'The bus does not answer, or lacks the stream.' },
  BROKER_UNREACHABLE: { status: 503, exit: 3, title: 'The broker does not answer, or refuses to say what it has.' },
  PLAN_STALE: { status: 409, exit: 1, title: 'The plan is not the plan of now.' },
  PLAN_BLOCKED: { status: 409, exit: 1, title: 'The broker cannot be made to agree with the catalog.' },
  ARCHIVE_UNAVAILABLE: { status: 503, exit: 3, title: 'The place of the archive cannot be read or written.' },
  DATA_FOLDER_IN_USE: { status: 503, exit: 3, title: 'Another process is using the data folder.' },
  DATA_FOLDER_UNUSABLE: { status: 503, exit: 2, title: 'The data folder cannot be used.' },
  MIGRATIONS_INVALID: { status: 500, exit: 3, title: 'The migrations do not fit the database.' },
  REGISTRY_UNREACHABLE: { status: 502, exit: 3, title: 'The registry does not answer.' },
  REGISTRY_ANSWER_INVALID: {
    status: 502,
    exit: 3,
    title: 'What answered is not a registry, or not this version of one.',
  },
  INPUT_UNREADABLE: { status: 400, exit: 2, title: 'A file or folder cannot be read.' },
  USAGE_INVALID: { status: 400, exit: 2, title: 'The command is used wrongly.' },
  GIT_UNUSABLE: { status: 400, exit: 2, title: 'The git baseline cannot be read.' },
  CONFIG_INVALID: { status: 500, exit: 2, title: 'The configuration is wrong.' },
  LOCKFILE_INVALID: { status: 400, exit: 2, title: 'The lock file cannot be read.' },
  INTERNAL: { status: 500, exit: 3, title: 'Something went wrong on our side.' },
} as const satisfies Record<string, FaultRow>;

export type FaultCode = keyof typeof faults;

/** A row makes the sentence of a fault that names what it is about; undefined where the details do not say. */
const sentences: Readonly<Partial<Record<FaultCode, (details: Named) => string | undefined>>> = {
  CATALOG_NOT_FOUND: ({ catalog }) =>
    catalog && `There is no catalog ${catalog}; GET /v1/catalogs lists those there are.`,
  SUBJECT_NOT_FOUND: ({ subject, catalog }) =>
    subject && `There is no subject ${subject}${catalog === undefined ? '' : ` in the catalog ${catalog}`}.`,
  VERSION_NOT_FOUND: ({ subject, version }) => subject && version && `${subject} has no version ${version}.`,
  SCHEMA_NOT_FOUND: ({ key }) => key && `There is no schema with the id or fingerprint ${key}.`,
  CONSUMER_NOT_FOUND: ({ service, subject }) =>
    service && subject && `${service} is not a declared consumer of ${subject}.`,
  DEPRECATION_NOT_FOUND: ({ subject }) => subject && `${subject} has no deprecation plan.`,
  WEBHOOK_NOT_FOUND: ({ id, delivery }) =>
    delivery === undefined
      ? id && `There is no webhook ${id}.`
      : id && `The webhook ${id} has no delivery ${delivery}.`,
  SUBJECT_LOCKED: ({ subject }) => subject && `${subject} is being written by another request; try again.`,
};

type Named = Readonly<Record<string, string | undefined>>;

/** Characters of a name in a sentence. */
const maxNameChars = 200;

/** Texts in quotes, cut where they are long, and numbers. */
function named(details: FaultDetails): Named {
  const shown = (value: Json) => {
    if (typeof value === 'number') return String(value);
    return typeof value === 'string' ? JSON.stringify(value.slice(0, maxNameChars)) : undefined;
  };
  return Object.fromEntries(Object.entries(details).map(([name, value]) => [name, shown(value)]));
}
export type FaultDetails = Readonly<Record<string, Json>>;

/** An operation that could not be done. `details` go to the caller: never put payloads or driver texts there. */
export class Fault extends Error {
  readonly code: FaultCode;
  readonly details: FaultDetails;

  constructor(
    code: FaultCode,
    details: FaultDetails = {},
    options: { readonly message?: string; readonly cause?: unknown } = {},
  ) {
    super(options.message ?? sentences[code]?.(named(details)) ?? faults[code].title, { cause: options.cause });
    this.name = 'Fault';
    this.code = code;
    this.details = details;
  }

  get status(): number {
    return faults[this.code].status;
  }

  get exit(): 1 | 2 | 3 {
    return faults[this.code].exit;
  }
}

export function isFaultCode(code: string): code is FaultCode {
  return Object.hasOwn(faults, code);
}
