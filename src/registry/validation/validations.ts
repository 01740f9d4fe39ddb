/** Validation that may take long, behind one port: in this thread, or in others that can be ended (threads/work.ts). */
import { Fault } from '../../errors.ts';
import { lru } from '../../lru.ts';
import type { SchemaDocument, SchemaProblem } from '../../schema/document.ts';
import { parseSchema, trustedSchema } from '../../schema/parse.ts';
import type { CompiledSize } from '../../schema/pattern.ts';
import type { Rejection } from '../../schema/rejection.ts';
import { type Compilation, compileValidator } from '../../schema/validator.ts';
import type { Requester } from '../requester.ts';
import type { StoredDocument } from '../versions/generation.ts';
import { type Payloads, rejectionsOf } from './payloads.ts';

export interface ValidationTask {
  /** Names document and formats: what was compiled for it before is used again. */
  readonly key: string;
  /** As its text, which costs next to nothing to hand over; it is parsed where nothing was compiled for it before. */
  readonly stored: StoredDocument;
  readonly formats: 'assert' | 'annotate';
  /** It was not registered: whether it is a schema at all is found out before it is compiled. */
  readonly isUnchecked?: true;
  readonly payloads: Payloads;
}

export interface ValidationResult {
  /** Why each payload is refused; empty where it is accepted. */
  readonly rejections: readonly (readonly Rejection[])[];
  /** Of what was compiled from the schema. */
  readonly size: CompiledSize;
}

/**
 * Faults: SCHEMA_INVALID; VALIDATION_TOO_COSTLY where the work took too much time or memory; OVERLOADED, RATE_LIMITED, CANCELLED; of
 * one event as text, those of `parseJson`.
 */
export interface Validations {
  validate(task: ValidationTask, requester: Requester): Promise<ValidationResult>;
}

type CompiledValidator = Extract<Compilation, { readonly ok: true }>;

export function compiled(document: SchemaDocument, options: Parameters<typeof compileValidator>[1]): CompiledValidator {
  const compilation = compileValidator(document, options);
  if (compilation.ok) return compilation;
  throw notUsable(compilation.problems);
}

function notUsable(problems: readonly SchemaProblem[]): Fault {
  return new Fault(
    'SCHEMA_INVALID',
    { problems: problems.map(({ rule, pointer, message }) => ({ rule, pointer, message })) },
    { message: 'The registered schema cannot be compiled into a validator.' },
  );
}

function documentOf({ stored: { text, dialect, bundle }, isUnchecked }: ValidationTask): SchemaDocument {
  if (!isUnchecked) return trustedSchema(text, dialect, bundle);
  const parsed = parseSchema({ text }, { dialect, bundle });
  if (!parsed.ok) throw notUsable(parsed.problems);
  return parsed.document;
}

const maxCompiled = 100;
/** For one event: a fraction of a second, where a recursion doubles with each of its levels. */
const maxReferences = 100_000;

/** Keeps what it compiles. */
export function inlineValidations(): Validations {
  const held = lru<CompiledValidator>(maxCompiled);
  const compiledFor = (task: ValidationTask) => {
    const { key, formats } = task;
    const made = held.get(key) ?? compiled(documentOf(task), { formats, maxReferences });
    held.set(key, made);
    return made;
  };
  return {
    validate: async (task) => {
      const { validator, size } = compiledFor(task);
      return { rejections: rejectionsOf(task.payloads, validator), size };
    },
  };
}
