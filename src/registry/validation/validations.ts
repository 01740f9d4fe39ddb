/** Validation that may take long, behind one port: in this thread, or in others that can be ended (threads/work.ts). */
import { Fault } from '../../errors.ts';
import { lru } from '../../lru.ts';
import type { SchemaDocument } from '../../schema/document.ts';
import type { Json } from '../../schema/json.ts';
import { trustedSchema } from '../../schema/parse.ts';
import type { Rejection } from '../../schema/rejection.ts';
import { compileValidator, type EventValidator } from '../../schema/validator.ts';
import type { Requester } from '../requester.ts';
import type { StoredDocument } from '../versions/generation.ts';

export interface ValidationTask {
  /** Names document and formats: what was compiled for it before is used again. */
  readonly key: string;
  /** As its text, which costs next to nothing to hand over; it is parsed where nothing was compiled for it before. */
  readonly stored: StoredDocument;
  readonly formats: 'assert' | 'annotate';
  readonly payloads: readonly Json[];
}

/** Faults: SCHEMA_INVALID; VALIDATION_TOO_COSTLY where the work took too much time or memory; OVERLOADED, RATE_LIMITED, CANCELLED. */
export interface Validations {
  /** Why each payload is refused; empty where it is accepted. */
  validate(task: ValidationTask, requester: Requester): Promise<readonly (readonly Rejection[])[]>;
}

export function compiled(document: SchemaDocument, options: Parameters<typeof compileValidator>[1]): EventValidator {
  const compilation = compileValidator(document, options);
  if (compilation.ok) return compilation.validator;
  const problems = compilation.problems.map(({ rule, pointer, message }) => ({ rule, pointer, message }));
  throw new Fault(
    'SCHEMA_INVALID',
    { problems },
    { message: 'The registered schema cannot be compiled into a validator.' },
  );
}

const maxCompiled = 100;
/** For one event: a fraction of a second, where a recursion doubles with each of its levels. */
const maxReferences = 100_000;

/** Keeps what it compiles. */
export function inlineValidations(): Validations {
  const held = lru<EventValidator>(maxCompiled);
  const validatorOf = ({ key, stored, formats }: ValidationTask) => {
    const { text, dialect, bundle } = stored;
    const validator = held.get(key) ?? compiled(trustedSchema(text, dialect, bundle), { formats, maxReferences });
    held.set(key, validator);
    return validator;
  };
  return {
    validate: async (task) => {
      const validator = validatorOf(task);
      return task.payloads.map((payload) => validator.validate(payload));
    },
  };
}
