/** `herald-registry/client`: schemas and validation at run time, in Node, Bun, Deno, browsers and at the edge. */

export type { Abortable } from './abort.ts';
/** Makes a client of a registry; see its example. */
export {
  type Client,
  createClient,
  type EventOf,
  type EventRules,
  type EventTypes,
  type ParsedEvent,
  type ParseOptions,
  type PayloadOf,
  type SubjectOf,
  type UsedVersion,
  type ValidateOptions,
  type ValidationResult,
} from './client.ts';
/** What every method throws. */
export { type ClientCode, HeraldError } from './error.ts';
export type { EventValues } from './event.ts';
export type { Role } from './heartbeat.ts';
export type {
  ClientOptions,
  CompileValidator,
  GeneratedValidator,
  Lock,
  Rejection,
  Runtime,
  Validator,
} from './options.ts';
export type { Schema, Version } from './versions.ts';
