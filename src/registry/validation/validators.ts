/** Compiled validators by schema id, within a bound: the least recently used goes first. */
import { Fault } from '../../errors.ts';
import { trustedSchema } from '../../schema/parse.ts';
import { compileValidator, type EventValidator } from '../../schema/validator.ts';
import type { Reads } from '../ports.ts';
import type { SchemaRecord } from '../records.ts';
import { loadBundle } from '../versions/bundle.ts';

export interface Validators {
  of(reads: Reads, schema: SchemaRecord, formats: 'assert' | 'annotate'): Promise<EventValidator>;
}

export function validatorCache(most: number, bundleLimit: number): Validators {
  const held = new Map<string, Promise<EventValidator>>();
  return {
    of(reads, schema, formats) {
      const key = `${schema.id}:${formats}`;
      const found = held.get(key) ?? compile(reads, schema, formats, bundleLimit);
      held.delete(key);
      held.set(key, found);
      // a database that did not answer must not be remembered as the validator
      found.catch(() => held.delete(key));
      for (const oldest of held.keys()) {
        if (held.size <= most) break;
        held.delete(oldest);
      }
      return found;
    },
  };
}

async function compile(
  reads: Reads,
  schema: SchemaRecord,
  formats: 'assert' | 'annotate',
  bundleLimit: number,
): Promise<EventValidator> {
  const { documents } = await loadBundle(reads, JSON.parse(schema.text), bundleLimit);
  const compiled = compileValidator(trustedSchema(schema.text, schema.dialect, documents), { formats });
  if (compiled.ok) return compiled.validator;
  const problems = compiled.problems.map(({ rule, pointer, message }) => ({ rule, pointer, message }));
  throw new Fault(
    'SCHEMA_INVALID',
    { problems },
    { message: 'The registered schema cannot be compiled into a validator.' },
  );
}
