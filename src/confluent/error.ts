/** Refusals in the words of Confluent's interface: each a number that clients act upon, and a sentence. */
import type { Fault, FaultCode } from '../errors.ts';
import { isObject, type Json } from '../schema/json.ts';

export class ConfluentError extends Error {
  readonly code: number;
  readonly status: number;

  /** The status is the first three digits of the code, which is how Confluent numbers them. */
  constructor(code: number, message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options);
    this.name = 'ConfluentError';
    this.code = code;
    this.status = Number(String(code).slice(0, 3));
  }
}

export const refusals = {
  subjectNotFound: (subject: string) => new ConfluentError(40401, `Subject '${subject}' not found.`),
  versionNotFound: (version: number) => new ConfluentError(40402, `Version ${version} not found.`),
  schemaNotFound: () => new ConfluentError(40403, 'Schema not found'),
  schemaIdNotFound: (id: string) => new ConfluentError(40403, `Schema ${id} not found`),
  subjectDeleted: (subject: string) =>
    new ConfluentError(40404, `Subject '${subject}' was soft deleted. Set permanent=true to delete permanently`),
  subjectNotDeleted: (subject: string) =>
    new ConfluentError(40405, `Subject '${subject}' was not deleted first before being permanently deleted`),
  versionDeleted: (subject: string, version: number) =>
    new ConfluentError(
      40406,
      `Subject '${subject}' Version ${version} was soft deleted. Set permanent=true to delete permanently`,
    ),
  versionNotDeleted: (subject: string, version: number) =>
    new ConfluentError(
      40407,
      `Subject '${subject}' Version ${version} was not deleted first before being permanently deleted`,
    ),
  noConfig: (subject: string) =>
    new ConfluentError(40408, `Subject '${subject}' does not have subject-level compatibility configured`),
  noMode: (subject: string) =>
    new ConfluentError(40409, `Subject '${subject}' does not have subject-level mode configured`),
  associationNotFound: (resource: string) =>
    new ConfluentError(40410, `Association not found for resource '${resource}'`),
  invalidSchema: (message: string, cause?: unknown) =>
    new ConfluentError(42201, `Invalid schema: ${message}`, { cause }),
  invalidVersion: (version: string) =>
    new ConfluentError(
      42202,
      `The specified version '${version.slice(0, 100)}' is not a valid version id. Allowed values are between [1, 2^31-1] and the string "latest"`,
    ),
  invalidLevel: () =>
    new ConfluentError(
      42203,
      'Invalid compatibility level. Valid values are none, backward, forward, full, backward_transitive, forward_transitive, and full_transitive',
    ),
  invalidMode: () =>
    new ConfluentError(
      42204,
      'Invalid mode. Valid values are READWRITE, READONLY, READONLY_OVERRIDE, IMPORT, and FORWARD',
    ),
  notPermitted: (message: string) => new ConfluentError(42205, message),
  referenced: (subject: string, version: number) =>
    new ConfluentError(
      42206,
      `One or more references exist to the schema {magic=1,keytype=SCHEMA,subject=${subject},version=${version}}. Delete what refers to it first`,
    ),
  invalidSubject: (subject: string) =>
    new ConfluentError(
      42208,
      `The specified subject '${subject.slice(0, 100)}' is not a valid subject: it is empty or too long`,
    ),
  tooLarge: (limit: number) => new ConfluentError(42209, `Schema too large: it may have ${limit} bytes`),
  invalidRuleSet: (message: string) => new ConfluentError(42210, message),
  contextNotEmpty: (context: string) => new ConfluentError(42211, `The specified context '${context}' is not empty`),
  /** Routes that are not there, and bodies that cannot be read, are refused by the framework Confluent stands on. */
  routeNotFound: () => new ConfluentError(404, 'HTTP 404 Not Found'),
  methodNotAllowed: () => new ConfluentError(405, 'HTTP 405 Method Not Allowed'),
  mediaTypeUnsupported: () => new ConfluentError(415, 'HTTP 415 Unsupported Media Type'),
  notJson: (message: string) => new ConfluentError(400, message),
} as const;

/** A row is a fault of the registry that has a code of its own there; every other of status 422 is an invalid schema. */
const codes: Readonly<Partial<Record<FaultCode, number>>> = {
  SCHEMA_TOO_LARGE: 42209,
  BODY_TOO_LARGE: 42209,
  INCOMPATIBLE: 40901,
  UNDECIDED: 40901,
  SUBJECT_RETIRED: 42205,
  IMPORT_CONFLICT: 42205,
  SUBJECT_NAME_INVALID: 42208,
  SUBJECT_NOT_FOUND: 40401,
  VERSION_NOT_FOUND: 40402,
  SCHEMA_NOT_FOUND: 40403,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 40301,
  RATE_LIMITED: 429,
  SUBJECT_LOCKED: 50002,
  KEYS_UNAVAILABLE: 50001,
  STORE_UNAVAILABLE: 50001,
};

export function fromFault(fault: Fault): ConfluentError {
  const code = codes[fault.code] ?? (fault.status < 500 ? 42201 : 50001);
  return new ConfluentError(code, sentence(fault), { cause: fault });
}

/** What was found stands in the message: clients show nothing else. */
function sentence(fault: Fault): string {
  const findings = findingsOf(fault);
  if (findings.length === 0) return fault.message;
  const start =
    fault.code === 'INCOMPATIBLE' || fault.code === 'UNDECIDED'
      ? 'Schema being registered is incompatible with an earlier schema'
      : 'Invalid schema';
  return `${start}: ${findings.join('; ')}`;
}

const maxFindings = 20;

function findingsOf({ details }: Fault): readonly string[] {
  const report = isObject(details.report) ? details.report : {};
  const findings: readonly Json[] = Array.isArray(report.findings) ? report.findings : [];
  const blocking = findings.filter(
    (finding) => isObject(finding) && finding.severity === 'error' && finding.waiver === undefined,
  );
  return blocking.slice(0, maxFindings).map(messageOf);
}

/** `{errorType:"AVRO_FIELD_ADDED", description:"…"}`, as Confluent writes them, with the version and a datum that shows it. */
export function messageOf(finding: Json): string {
  if (!isObject(finding)) return '';
  const { rule, message, hint, against, witness, nextPointer } = finding;
  const value = isObject(witness) ? JSON.stringify(witness.value) : undefined;
  const shown = value !== undefined && value.length <= 500 ? `, witness:'${value}'` : '';
  const encoded =
    isObject(witness) && typeof witness.encoded === 'string' && witness.encoded.length <= 500
      ? `, encoded:'${witness.encoded}'`
      : '';
  const more = typeof hint === 'string' ? ` ${hint}` : '';
  const version = typeof against === 'number' ? `, oldSchemaVersion: ${against}` : '';
  return `{errorType:"${rule}", description:"${String(nextPointer ?? '') === '' ? '' : `#${nextPointer} `}${message}${more}"${version}${shown}${encoded}}`;
}
